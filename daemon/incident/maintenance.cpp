#include "tocsin/incident/maintenance.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tocsin::incident {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr days kAhead{3653};

local_days day_there(const MaintenanceWindow& window, WallTime at) {
  return std::chrono::floor<days>(window.zone.local(at));
}

bool falls_on_any(const std::vector<DayRule>& rules, year_month_day date) {
  return std::any_of(rules.begin(), rules.end(),
                     [date](const DayRule& rule) { return falls_on(rule, date); });
}

std::optional<Occurrence> occurrence_on(const MaintenanceWindow& window, local_days day) {
  if (!falls_on_any(window.days, year_month_day(day))) return std::nullopt;
  const WallTime begins = window.zone.first(LocalTime(day.time_since_epoch()) + window.start);
  return Occurrence{begins, begins + window.lasts};
}

bool recurs(const std::vector<DayRule>& rules) {
  return !std::all_of(rules.begin(), rules.end(),
                      [](const DayRule& rule) { return std::holds_alternative<OnDate>(rule); });
}

/// The last date that is named; of a window that does not recur.
sys_days last_date(const std::vector<DayRule>& rules) {
  sys_days latest{};
  for (const DayRule& rule : rules)
    latest = std::max(latest, sys_days(std::get<OnDate>(rule).date));
  return latest;
}

}  // namespace

std::optional<Occurrence> occurrence_at(const MaintenanceWindow& window, WallTime at) {
  // A change of the clocks moves a beginning by less than a day.
  const local_days from = day_there(window, at - window.lasts) - days(1);
  for (local_days day = day_there(window, at) + days(1); day >= from; day -= days(1)) {
    const auto found = occurrence_on(window, day);
    if (found && found->begins <= at && at < found->ends) return found;
  }
  return std::nullopt;
}

std::optional<Occurrence> occurrence_after(const MaintenanceWindow& window, WallTime after) {
  const local_days from = day_there(window, after) - days(1);
  local_days until = from + kAhead;
  if (!recurs(window.days)) {
    until = std::min(until, local_days(last_date(window.days).time_since_epoch()));
  }
  for (local_days day = from; day <= until; day += days(1)) {
    const auto found = occurrence_on(window, day);
    if (found && found->begins > after) return found;
  }
  return std::nullopt;
}

std::optional<days> shortest_pause(const std::vector<DayRule>& rules) {
  std::optional<days> shortest;
  std::optional<sys_days> before;
  const auto take = [&](sys_days day) {
    if (before) shortest = std::min(shortest.value_or(day - *before), day - *before);
    before = day;
  };
  if (recurs(rules)) {
    // Every weekday falls on every date of a leap and of a common year within 28 years.
    constexpr sys_days kFrom = sys_days(std::chrono::year(2024) / 1 / 1);
    for (sys_days day = kFrom; day < kFrom + days(28 * 366); day += days(1)) {
      if (falls_on_any(rules, year_month_day(day))) take(day);
    }
    return shortest;
  }
  std::vector<sys_days> dates;
  dates.reserve(rules.size());
  for (const DayRule& rule : rules) dates.emplace_back(std::get<OnDate>(rule).date);
  std::sort(dates.begin(), dates.end());
  dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
  for (const sys_days date : dates) take(date);
  return shortest;
}

std::string recurrence_text(const MaintenanceWindow& window) {
  const auto clock = std::chrono::duration_cast<minutes>(window.start).count();
  return fmt::format("{} at {:02}:{:02} for {} ({})", fmt::join(window.on, ", "), clock / 60,
                     clock % 60, format_duration(window.lasts), window.zone.name());
}

}  // namespace tocsin::incident
