// Which targets feed a rule, as far as a configuration tells, and whether their intervals fit the
// rule's ranges and its own interval.
#pragma once

#include <vector>

#include "report.hpp"
#include "rules.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

void check_feeding(const std::vector<ReadRule>& rules, const std::vector<Source>& sources,
                   Report& report);

}  // namespace tocsin::config
