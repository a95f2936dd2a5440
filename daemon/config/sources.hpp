// [source.*] as targets.
#pragma once

#include <string_view>
#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

class Fields;

/// What all kinds share. The configuration's labels stand above job and instance.
[[nodiscard]] Target read_target(const Fields& fields, std::string name, Labels labels,
                                 Report& report);
[[nodiscard]] std::string_view to_string(IpProtocol protocol);
/// `host` is the host's name, the instance of its own targets.
[[nodiscard]] std::vector<Source> read_sources(const Survey& survey, const std::string& host,
                                               Report& report);

}  // namespace tocsin::config
