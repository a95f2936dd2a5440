// [rule.*] and what [override.*] changes of them.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

/// A rule with the tables that it was made of, for checks that look beyond it.
struct ReadRule {
  rule::Rule rule;
  Place place;  ///< of its name
  std::vector<const Value*> tables;
  bool parsed = false;  ///< its expression is good
};

/// Every rule that is enabled. References to other rules are checked here.
[[nodiscard]] std::vector<ReadRule> read_rules(const Survey& survey,
                                               const std::vector<incident::Policy>& policies,
                                               Report& report);

}  // namespace tocsin::config
