// Labels by which expressions choose among series of which all labels are known: a slip in one of
// them, and nothing is found, without a word.
#pragma once

#include <vector>

#include "records.hpp"
#include "report.hpp"
#include "rules.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// Warns of a matcher on a metric of the table whose label the metric does not have: of any where
/// tocsin's own sources alone can give it, of one that is nearly a right one elsewhere too (whose
/// endpoint is scraped may add labels to names that are ours as well). And of labels of `equal`
/// that are nearly one that the expression has.
void check_selector_labels(const std::vector<ReadRecord>& records,
                           const std::vector<ReadRule>& rules, const std::vector<Source>& sources,
                           Report& report);

}  // namespace tocsin::config
