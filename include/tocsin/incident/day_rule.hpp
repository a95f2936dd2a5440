// On which days something recurs, as people write it: "daily", "monday", "first sunday", "day 15",
// "last day", "12-24" (every year), "2026-12-24" (once).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "tocsin/base/result.hpp"

namespace tocsin::incident {

struct Daily {
  friend bool operator==(const Daily&, const Daily&) = default;
};
/// Of each month the 1st to 5th of that weekday, or the last (`nth` is kLast); 0: every week.
struct OnWeekday {
  std::chrono::weekday day;
  unsigned nth = 0;
  friend bool operator==(const OnWeekday&, const OnWeekday&) = default;
};
/// A month that is too short for it has none; kLast is its last day.
struct OnMonthDay {
  unsigned day = 1;
  friend bool operator==(const OnMonthDay&, const OnMonthDay&) = default;
};
/// 29 February is in leap years only.
struct OnYearDay {
  std::chrono::month_day day;
  friend bool operator==(const OnYearDay&, const OnYearDay&) = default;
};
struct OnDate {
  std::chrono::year_month_day date;
  friend bool operator==(const OnDate&, const OnDate&) = default;
};
inline constexpr unsigned kLast = 100;

using DayRule = std::variant<Daily, OnWeekday, OnMonthDay, OnYearDay, OnDate>;

[[nodiscard]] Result<DayRule> parse_day_rule(std::string_view text);
[[nodiscard]] bool falls_on(const DayRule& rule, std::chrono::year_month_day date);

}  // namespace tocsin::incident
