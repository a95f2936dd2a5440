// `above`, `below` and `clear` of a rule, and the units that they are written in.
#pragma once

#include <optional>

#include "fields.hpp"
#include "report.hpp"
#include "tocsin/rule/rule.hpp"

namespace tocsin::config {

[[nodiscard]] std::optional<rule::Threshold> read_threshold(const Fields& fields, Report& report);
[[nodiscard]] Unit read_unit(const Fields& fields, const std::optional<rule::Threshold>& threshold);
/// A percentage over an expression that already multiplies by 100 is a factor of 100 off.
void check_percentage(const Fields& fields, const rule::Rule& rule, Report& report);
/// "80%" over what by its metric's name is in bytes is a slip.
void check_unit(const Fields& fields, const rule::Rule& rule, Report& report);

}  // namespace tocsin::config
