// Sources that are measured and that no rule looks at: whoever writes one expects to be told.
#pragma once

#include <vector>

#include "records.hpp"
#include "report.hpp"
#include "rules.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

struct JudgingInput {
  const Survey& survey;
  const std::vector<ReadRule>& rules;
  const std::vector<ReadRecord>& records;
  const std::vector<Source>& sources;
};

/// Warns of a source of which no rule or record reads a metric; that it answers, which the packs
/// judge of all of them, says nothing of what it measures. Silent where there are no rules: such a
/// tocsin only measures.
void check_judging(const JudgingInput& input, Report& report);

}  // namespace tocsin::config
