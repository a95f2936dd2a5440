// [source.*] as targets.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// `host` is the host's name, the instance of its own targets.
[[nodiscard]] std::vector<Source> read_sources(const Survey& survey, const std::string& host,
                                               Report& report);

}  // namespace tocsin::config
