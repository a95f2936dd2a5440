#include "thresholds.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "tocsin/expr/unit_of.hpp"

namespace tocsin::config {
namespace {

std::string_view unit_word(Unit unit) {
  switch (unit) {
    case Unit::ratio:
      return "a percentage";
    case Unit::seconds:
      return "a duration";
    case Unit::bytes:
      return "a size";
    case Unit::none:
      break;
  }
  return "a plain number";
}

/// The unit that the quantities of one rule share, none where they do not; a plain number fits all.
/// An override that is at odds with what it inherits is shown, not what it inherits.
std::optional<Unit> shared_unit(const Limit& limit, const Entry& limit_at, const Fields& fields,
                                Report& report) {
  const Entry* clear = fields.find("clear");
  Unit unit = Unit::none;
  bool shared = true;
  const auto join = [&](const std::optional<Quantity>& quantity, Place at) {
    if (!quantity || quantity->unit == Unit::none) return;
    if (unit != Unit::none && unit != quantity->unit) {
      report.error(at, fmt::format("{} beside {}", unit_word(quantity->unit), unit_word(unit)),
                   "the quantities of a rule have one unit");
      shared = false;
      return;
    }
    unit = quantity->unit;
  };
  join(limit.single, {});
  join(limit.warning, limit.warning_at);
  join(limit.critical, limit.critical_at);
  const Result<Quantity> quantity =
      clear != nullptr ? to_quantity(clear->value) : Result<Quantity>(Quantity{});
  const bool at_odds =
      quantity && quantity->unit != Unit::none && unit != Unit::none && quantity->unit != unit;
  if (at_odds && fields.before(limit_at.key, "clear")) {
    report.error(limit_at.value.place,
                 fmt::format("{} beside {}: the rule's `clear` is at {}", unit_word(unit),
                             unit_word(quantity->unit), report.where(clear->value.place)),
                 "the quantities of a rule have one unit: set `clear` here too");
    shared = false;
  } else if (quantity && clear != nullptr) {
    join(*quantity, clear->value.place);
  }
  return shared ? std::optional(unit) : std::nullopt;
}

/// 85 beside 80% is 106 times as much, and surely not meant.
void check_plain(const Limit& limit, const Entry& limit_at, const Entry* clear, Report& report) {
  const auto check = [&report](const std::optional<Quantity>& quantity, Place at) {
    if (!quantity || quantity->unit != Unit::none || std::abs(quantity->value) <= 1) return;
    report.warning(at, "a plain number beside a percentage",
                   fmt::format("80% is 0.8: was `{0}%` meant?", format_number(quantity->value)));
  };
  check(limit.single, limit_at.value.place);
  check(limit.warning, limit.warning_at);
  check(limit.critical, limit.critical_at);
  if (clear == nullptr) return;
  if (const Result<Quantity> quantity = to_quantity(clear->value)) {
    check(*quantity, clear->value.place);
  }
}

void check_order(const Limit& limit, bool above, Report& report) {
  if (!limit.warning || !limit.critical) return;
  const double warning = limit.warning->value;
  const double critical = limit.critical->value;
  if (above ? warning < critical : warning > critical) return;
  report.error(limit.critical_at,
               warning == critical
                   ? "`critical` is the same as `warn`"
                   : fmt::format("`critical` lies {} `warn`", above ? "below" : "above"),
               "a value would be critical before it is worth a warning");
}

/// Where a firing alert becomes well: on the well side of the first threshold.
double read_clear(const Fields& fields, const Entry& limit_at, double first, bool above,
                  Report& report) {
  const Entry* clear = fields.find("clear");
  if (clear == nullptr) return first;
  const Result<Quantity> quantity = to_quantity(clear->value);
  if (!quantity) return first;
  const bool well = above ? quantity->value <= first : quantity->value >= first;
  if (well) return quantity->value;
  // An override moved the threshold past a `clear` that it does not set itself.
  if (clear->value.place.file != limit_at.value.place.file) return first;
  report.error(clear->value.place,
               fmt::format("`clear` lies on the wrong side of `{}`", limit_at.key),
               above ? "it is at or below the threshold" : "it is at or above the threshold");
  return first;
}

rule::Threshold levels(const Limit& limit, const Fields& fields, bool above) {
  rule::Threshold threshold;
  threshold.direction = above ? rule::Direction::above : rule::Direction::below;
  if (limit.single) {
    const bool critical = fields.text("severity") == "critical";
    (critical ? threshold.critical : threshold.warning) = limit.single->value;
  }
  if (limit.warning) threshold.warning = limit.warning->value;
  if (limit.critical) threshold.critical = limit.critical->value;
  return threshold;
}

}  // namespace

std::optional<rule::Threshold> read_threshold(const Fields& fields, Report& report) {
  const Entry* above = fields.find("above");
  const Entry* below = fields.find("below");
  if (above != nullptr && below != nullptr) {
    report.error(
        below->place,
        fmt::format("both `above` and `below`: the other one is at {}", report.where(above->place)),
        "a rule has one threshold; a band is two rules");
    return std::nullopt;
  }
  const Entry* entry = above != nullptr ? above : below;
  if (entry == nullptr) {
    if (const Entry* clear = fields.find("clear")) {
      report.error(clear->place, "`clear` without `above` or `below`");
    }
    return std::nullopt;
  }
  const Result<Limit> limit = to_limit(entry->value);
  if (!limit) return std::nullopt;
  rule::Threshold threshold = levels(*limit, fields, above != nullptr);
  if (!limit->single && fields.has("severity") &&
      fields.place("severity").file == entry->value.place.file) {
    report.error(fields.place("severity"), "`severity` beside { warn, critical }",
                 "the value decides the severity");
  }
  const std::optional<Unit> unit = shared_unit(*limit, *entry, fields, report);
  if (!unit) return threshold;
  threshold.unit = *unit;
  if (*unit == Unit::ratio) check_plain(*limit, *entry, fields.find("clear"), report);
  check_order(*limit, above != nullptr, report);
  const double first = threshold.warning ? *threshold.warning : threshold.critical.value_or(0);
  threshold.clear = read_clear(fields, *entry, first, above != nullptr, report);
  return threshold;
}

Unit read_unit(const Fields& fields, const std::optional<rule::Threshold>& threshold) {
  const std::string word = fields.text("unit");
  if (word == "ratio") return Unit::ratio;
  if (word == "seconds") return Unit::seconds;
  if (word == "bytes") return Unit::bytes;
  if (word == "none") return Unit::none;
  return threshold ? threshold->unit : Unit::none;
}

namespace {

/// Whether the value is something times a hundred.
bool in_hundredths(const expr::Node& node) {
  const expr::Node& inner = expr::bare(node);
  if (const auto* aggregate = std::get_if<expr::Aggregate>(&inner.what)) {
    return in_hundredths(*aggregate->operand);
  }
  const auto* binary = std::get_if<expr::Binary>(&inner.what);
  if (binary == nullptr) return false;
  const auto hundred = [](const expr::Node& side) {
    const auto* number = std::get_if<expr::Number>(&expr::bare(side).what);
    return number != nullptr && number->value == 100;
  };
  switch (binary->op) {
    case expr::BinaryOp::multiply:
      return hundred(*binary->left) || hundred(*binary->right);
    case expr::BinaryOp::add:
    case expr::BinaryOp::subtract:  // 100 - idle * 100
      return in_hundredths(*binary->left) || in_hundredths(*binary->right);
    case expr::BinaryOp::divide:
      return in_hundredths(*binary->left);  // 100 * part / whole
    default:
      return false;
  }
}

}  // namespace

void check_percentage(const Fields& fields, const rule::Rule& rule, Report& report) {
  if (!rule.threshold || rule.threshold->unit != Unit::ratio) return;
  if (!in_hundredths(rule.expression.root())) return;
  report.warning(fields.place(fields.has("above") ? "above" : "below"),
                 "a percentage over an expression that multiplies by 100",
                 "80% is 0.8: leave out the multiplication, or write the threshold without %");
}

namespace {

std::string_view how_to_write(Unit unit) {
  switch (unit) {
    case Unit::bytes:
      return "a size is written \"512MiB\"; for a percentage, divide by the whole";
    case Unit::seconds:
      return "a duration is written \"500ms\"; for a percentage, divide by the whole";
    default:
      return "a ratio is written \"80%\" or 0.8";
  }
}

}  // namespace

void check_unit(const Fields& fields, const rule::Rule& rule, Report& report) {
  if (!rule.threshold || rule.threshold->unit == Unit::none || fields.has("unit")) return;
  const std::optional<Unit> promised = expr::unit_of(rule.expression.root());
  if (!promised || *promised == rule.threshold->unit) return;
  const std::string_view key = fields.has("above") ? "above" : "below";
  const Entry* limit = fields.find(key);
  std::string metrics;
  for (const std::string& name : rule.expression.names()) {
    if (!name.empty() && metrics.empty()) metrics = name;
  }
  report.warning(limit->value.place,
                 fmt::format("{} over an expression that by its names gives {} (`{}`)",
                             unit_word(rule.threshold->unit), unit_word(*promised), metrics),
                 std::string(how_to_write(*promised)));
}

}  // namespace tocsin::config
