// The rules of one time zone as a value: made of the bytes of its TZif file (RFC 8536), which
// somebody else has read.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin {

/// What a calendar and a clock on the wall of some zone show.
using LocalTime = std::chrono::local_time<Duration>;

class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;
  [[nodiscard]] static Result<TimeZone> from_tzif(std::string name, std::string_view bytes);

  [[nodiscard]] const std::string& name() const { return name_; }
  /// What local clocks are ahead of UTC.
  [[nodiscard]] Duration offset(WallTime at) const;
  [[nodiscard]] LocalTime local(WallTime at) const;
  /// The moment at which clocks show `local`: the first of two where they are put back past it, and
  /// the moment of the change where they are put forward past it.
  [[nodiscard]] WallTime first(LocalTime local) const;

  struct Change {
    WallTime at;
    Duration offset{};  ///< from then on
  };

 private:
  struct Rules {
    Duration before{};            ///< the first change
    std::vector<Change> changes;  ///< by time
  };
  std::string name_ = "UTC";
  std::shared_ptr<const Rules> rules_;
};

/// "2026-03-29 03:00 Europe/Berlin".
[[nodiscard]] std::string format_local(WallTime at, const TimeZone& zone);
/// "10:15:00 UTC+1", "09:15:00 UTC".
[[nodiscard]] std::string format_clock(WallTime at, const TimeZone& zone);
/// "10:15 UTC+1", "09:15 UTC".
[[nodiscard]] std::string format_minute(WallTime at, const TimeZone& zone);
/// The same, with the date before it where the zone's calendar shows another day than `now`.
[[nodiscard]] std::string format_moment(WallTime at, WallTime now, const TimeZone& zone);
/// "2026-03-29".
[[nodiscard]] std::string format_day(WallTime at, const TimeZone& zone);

/// The changes that a POSIX rule ("CET-1CEST,M3.5.0,M10.5.0/3") makes in the years from `first` up
/// to and without `end`; of a zone without summer time none. `standard` is its offset outside of
/// summer time.
struct PosixZone {
  Duration standard{};
  std::vector<TimeZone::Change> changes;
};
[[nodiscard]] Result<PosixZone> posix_zone(std::string_view rule, int first_year, int end_year);

}  // namespace tocsin
