// A maintenance window: it recurs by the calendar of its time zone, and while it is in force it
// withholds what a silence withholds.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/incident/day_rule.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::incident {

struct MaintenanceWindow {
  std::string name;
  Matchers match;
  std::vector<DayRule> days;    ///< any of them
  std::vector<std::string> on;  ///< the days as they were written
  Duration start{};             ///< what clocks show when it begins, since midnight
  Duration lasts{};             ///< elapsed time, also where clocks are put forward or back in it
  TimeZone zone;
  std::string reason;
  std::string author;
};

struct Occurrence {
  WallTime begins;
  WallTime ends;  ///< not in it any more
  friend bool operator==(const Occurrence&, const Occurrence&) = default;
};

/// At a time of day that clocks skip it begins at the change; at one that they show twice, at the
/// first.
[[nodiscard]] std::optional<Occurrence> occurrence_at(const MaintenanceWindow& window, WallTime at);
/// The first that begins later than `after`, if one does within ten years.
[[nodiscard]] std::optional<Occurrence> occurrence_after(const MaintenanceWindow& window,
                                                         WallTime after);
/// The shortest time from one beginning to the next, by days; none where it does not recur.
[[nodiscard]] std::optional<std::chrono::days> shortest_pause(const std::vector<DayRule>& days);

/// "monday, first sunday at 02:30 for 1h (Europe/Berlin)".
[[nodiscard]] std::string recurrence_text(const MaintenanceWindow& window);

}  // namespace tocsin::incident
