// `drop` and `rise`: what a rule asks of its baseline.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fields.hpp"
#include "report.hpp"
#include "tocsin/rule/rule.hpp"

namespace tocsin::config {

struct BaselineFault {
  Place place;
  std::string text;
  std::string hint;
};
/// What is wrong with the table of `drop` or `rise`, whatever else the rule says.
[[nodiscard]] std::optional<BaselineFault> baseline_fault(std::string_view key, const Value& value);

/// `drop` or `rise`, held against the rule's other keys.
[[nodiscard]] std::optional<rule::NormalOf> read_normal(const Fields& fields, Report& report);
/// And against its expression.
void check_normal(const Fields& fields, const rule::Rule& rule, Report& report);

}  // namespace tocsin::config
