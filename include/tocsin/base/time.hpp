// Two clocks, kept apart by type. Neither type has a now(): the loop reads the clocks once a turn
// and hands both readings down, so that everything below it can run on any clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin {

using Duration = std::chrono::milliseconds;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

[[nodiscard]] constexpr double in_seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

/// CLOCK_BOOTTIME: counts suspend, never steps, starts anew with each boot.
struct BootClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady =
      true;  // NOLINT(readability-identifier-naming): the standard's name
};

/// CLOCK_REALTIME, UTC, milliseconds since the Unix epoch. May step either way.
struct WallClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  using time_point = std::chrono::time_point<WallClock>;
  static constexpr bool is_steady =
      false;  // NOLINT(readability-identifier-naming): the standard's name
};

using BootTime = BootClock::time_point;
using WallTime = WallClock::time_point;

/// One moment on both clocks.
struct Now {
  BootTime boot{};
  WallTime wall{};
  friend bool operator==(const Now&, const Now&) = default;
};

/// A moment that is kept. Elapsed time is measured in `boot`; `wall` is for people and for reboots.
using Stamp = Now;

/// The same moment seen from the next boot, whose clock reads `now`. `last` is the last moment that
/// is known of the boot before: up to it that boot's clock counts, from there on the calendar,
/// never negatively. A calendar from before 2020 was not set and counts nothing.
[[nodiscard]] Stamp rebased(Stamp stamp, Stamp last, Now now);

/// "90s", "1m30s", "1h", "100ms", "2d", "1w", "1y" (365 days). Units descend and occur once each.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);
/// The shortest form that parse_duration reads back: 90s becomes "1m30s", zero "0s".
[[nodiscard]] std::string format_duration(Duration duration);
/// For people: at most two units, rounded: "4 min", "1 h 05 min", "30 s", "2 d 3 h".
[[nodiscard]] std::string humanize_duration(Duration duration);
/// RFC 3339 in UTC: "2025-12-31T09:15:00Z" (milliseconds only when they are not zero).
[[nodiscard]] std::string format_rfc3339(WallTime time);
/// RFC 3339 with any offset.
[[nodiscard]] Result<WallTime> parse_rfc3339(std::string_view text);
/// "09:15:00 UTC".
[[nodiscard]] std::string format_clock(WallTime time);
/// The same; on another day than `now`'s behind its day: "2025-12-31 09:15:00 UTC".
[[nodiscard]] std::string format_moment(WallTime time, WallTime now);

}  // namespace tocsin
