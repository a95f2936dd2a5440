#include "baselines.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "convert.hpp"
#include "expressions.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "zone_values.hpp"

namespace tocsin::config {
namespace {

constexpr double kMostPagesAYear = 366;
constexpr double kLeastPagesAYear = 0.001;
constexpr double kLargestRise = 100;  ///< a hundredfold more
constexpr double kDaysAYear = 365.25;
constexpr Duration kYear = std::chrono::hours(24 * 365);
constexpr Duration kDay = std::chrono::hours(24);

const std::vector<std::string>& members() {
  static const std::vector<std::string> all{"by",   "false_pages", "confidence", "accept_after",
                                            "zone", "of",          "kind"};
  return all;
}

Result<double> read_by(const Value& value, bool drop) {
  const auto quantity = to_quantity(value);
  if (!quantity) return tl::unexpected(quantity.error());
  if (quantity->unit != Unit::ratio && quantity->unit != Unit::none)
    return fail(ErrorCode::invalid, "it is a share, such as \"30%\"");
  const double by = quantity->value;
  if (drop && (by < 0.05 || by > 0.99))
    return fail(ErrorCode::invalid, "a drop is by 5% to 99% of what is normal");
  if (!drop && (by < 0.05 || by > kLargestRise))
    return fail(ErrorCode::invalid,
                "a rise is by 5% to 10000% of what is normal; \"100%\" is twice as much");
  return by;
}

/// "1 per 3y": pages a year.
Result<double> read_false_pages(const Value& value) {
  const auto wrong = [] {
    return fail(ErrorCode::invalid, "it is a number per time, such as \"1 per 3y\"");
  };
  if (value.kind != Kind::text) return wrong();
  const auto per = value.text.find(" per ");
  if (per == std::string::npos) return wrong();
  const auto count = parse_number(trim(std::string_view(value.text).substr(0, per)));
  std::string_view span = trim(std::string_view(value.text).substr(per + 5));
  const auto time = parse_duration(span == "year" ? "1y" : span);
  if (!count || !time || !(*count > 0) || *time <= Duration(0)) return wrong();
  const double a_year =
      *count * static_cast<double>(kYear.count()) / static_cast<double>(time->count());
  if (a_year > kMostPagesAYear || a_year < kLeastPagesAYear)
    return fail(ErrorCode::invalid, "it lies between 1 per 1d and 1 per 1000y");
  return a_year;
}

/// The share of normal days without a page, as pages a year.
Result<double> read_confidence(const Value& value) {
  const auto quantity = to_quantity(value);
  if (!quantity) return tl::unexpected(quantity.error());
  if (quantity->value < 0.9 || quantity->value > 0.99999) {
    return fail(ErrorCode::invalid,
                "it is the share of normal days without a page, \"90%\" to \"99.999%\"");
  }
  return (1 - quantity->value) * kDaysAYear;
}

Result<void> member_fault(std::string_view name, const Value& value, bool drop) {
  const auto check = [](const auto& result) -> Result<void> {
    if (!result) return tl::unexpected(result.error());
    return {};
  };
  if (name == "by") return check(read_by(value, drop));
  if (name == "false_pages") return check(read_false_pages(value));
  if (name == "confidence") return check(read_confidence(value));
  if (name == "accept_after") {
    const auto after = to_duration(value);
    if (after && *after < std::chrono::hours(1))
      return fail(ErrorCode::invalid, "an alarm lasts an hour at least before it is accepted");
    return check(after);
  }
  if (value.kind != Kind::text)
    return fail(ErrorCode::invalid, "expected text, found " + std::string(to_string(value.kind)));
  if (name == "kind" && value.text != "count" && value.text != "gauge")
    return fail(ErrorCode::invalid, "it is \"count\" or \"gauge\"");
  return {};
}

}  // namespace

std::optional<BaselineFault> baseline_fault(std::string_view key, const Value& value) {
  const std::string example = key == "drop" ? "for example drop = { by = \"30%\" }"
                                            : "for example rise = { by = \"100%\" }";
  if (value.kind != Kind::table) {
    return BaselineFault{
        value.place, fmt::format("`{}`: expected a table, found {}", key, to_string(value.kind)),
        example};
  }
  for (const Entry& entry : value.entries) {
    const auto& all = members();
    if (std::find(all.begin(), all.end(), entry.key) == all.end()) {
      return BaselineFault{entry.place, fmt::format("`{}` is no part of `{}`", entry.key, key),
                           did_you_mean(entry.key, all, all_of("parts", all))};
    }
    if (const auto well = member_fault(entry.key, entry.value, key == "drop"); !well) {
      return BaselineFault{entry.value.place, fmt::format("`{}`: {}", entry.key, well.error().text),
                           ""};
    }
  }
  if (value.find("by") == nullptr)
    return BaselineFault{value.place, fmt::format("`{}` needs `by`", key), example};
  if (value.find("false_pages") != nullptr && value.find("confidence") != nullptr) {
    return BaselineFault{value.find("confidence")->place, "both `false_pages` and `confidence`",
                         "they say the same: keep one"};
  }
  return std::nullopt;
}

namespace {

void read_bucket(const Fields& fields, const Entry& entry, rule::BaselineTuning& tuning,
                 Report& report) {
  const auto every = fields.maybe_duration("every");
  if (!every) {
    report.error(entry.place,
                 fmt::format("`{}` without `every`: so long is what it counts", entry.key),
                 "for example every = \"5m\" over increase(…[5m])");
    return;
  }
  const bool fits = *every >= std::chrono::seconds(30) && *every <= std::chrono::hours(1) &&
                    (kDay % *every).count() == 0;
  if (fits) {
    tuning.bucket = *every;
    return;
  }
  report.error(fields.place("every"),
               fmt::format("`every` beside `{}` divides a day, from 30s to 1h", entry.key),
               "for example 1m, 5m, 10m, 15m, 30m");
}

}  // namespace

std::optional<rule::NormalOf> read_normal(const Fields& fields, Report& report) {
  const Entry* drop = fields.find("drop");
  const Entry* rise = fields.find("rise");
  if (drop != nullptr && rise != nullptr) {
    report.error(
        rise->place,
        fmt::format("both `drop` and `rise`: the other one is at {}", report.where(drop->place)),
        "a rule has one baseline: write a rule for each");
    return std::nullopt;
  }
  const Entry* entry = drop != nullptr ? drop : rise;
  if (entry == nullptr || baseline_fault(entry->key, entry->value)) return std::nullopt;
  rule::NormalOf normal;
  auto& tuning = normal.tuning;
  tuning.side = drop != nullptr ? rule::Side::drop : rule::Side::rise;
  const Value& table = entry->value;
  if (const auto by = read_by(table.find("by")->value, drop != nullptr)) tuning.by = *by;
  if (const Entry* pages = table.find("false_pages")) {
    if (const auto a_year = read_false_pages(pages->value)) tuning.false_pages_a_year = *a_year;
  }
  if (const Entry* confidence = table.find("confidence")) {
    if (const auto a_year = read_confidence(confidence->value)) tuning.false_pages_a_year = *a_year;
  }
  if (const Entry* after = table.find("accept_after")) {
    if (const auto duration = to_duration(after->value)) tuning.accept_after = *duration;
  }
  if (const Entry* kind = table.find("kind")) tuning.gauge = kind->value.text == "gauge";
  if (const Entry* zone = table.find("zone")) normal.zone = named_zone(zone->value, report);
  if (const Entry* of = table.find("of")) {
    if (auto parsed = parsed_expression(of->value, report)) normal.of = std::move(*parsed);
  }
  read_bucket(fields, *entry, tuning, report);
  return normal;
}

void check_normal(const Fields& fields, const rule::Rule& rule, Report& report) {
  if (!rule.normal || rule.normal->tuning.gauge) return;
  const Entry* entry = fields.find(fields.has("drop") ? "drop" : "rise");
  const std::string_view text = rule.expression.text();
  const auto rate = text.find("rate(");
  if (rate == std::string_view::npos) return;
  report.warning(entry->place, "a baseline counts events, and the expression gives a rate",
                 fmt::format("write increase(…[{}]), or kind = \"gauge\" where it is no count",
                             format_duration(rule.normal->tuning.bucket)));
}

}  // namespace tocsin::config
