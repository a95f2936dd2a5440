// Rules without a threshold, whose expression decides by itself what fires.
#pragma once

#include <vector>

#include "records.hpp"
#include "report.hpp"
#include "rules.hpp"

namespace tocsin::config {

/// Warns of one whose expression leaves nothing out, so that whatever it measures fires, however
/// well it is. Shipped rules are left alone.
void check_filters(const std::vector<ReadRecord>& records, const std::vector<ReadRule>& rules,
                   Report& report);

}  // namespace tocsin::config
