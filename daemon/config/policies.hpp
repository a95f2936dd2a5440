// [policy.*]: who hears of an incident, and when.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// All that are configured, and `default`, which tells the console, where none of that name is.
[[nodiscard]] std::vector<incident::Policy> read_policies(
    const Survey& survey, const std::vector<ReceiverDefinition>& receivers, Report& report);

}  // namespace tocsin::config
