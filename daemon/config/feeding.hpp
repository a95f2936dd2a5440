// Which targets feed a rule or a record, as far as a configuration tells, and whether their
// intervals fit its ranges and its own interval.
#pragma once

#include <vector>

#include "records.hpp"
#include "report.hpp"
#include "rules.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

void check_feeding(const std::vector<ReadRecord>& records, const std::vector<ReadRule>& rules,
                   const std::vector<Source>& sources, Report& report);

}  // namespace tocsin::config
