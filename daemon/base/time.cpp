#include "tocsin/base/time.hpp"

#include <algorithm>
#include <limits>

namespace tocsin {

namespace {

/// From one to the other, at least nothing. Stored times are foreign input: their difference may
/// leave the type's range.
template <class Time>
Duration passed(Time from, Time to) {
  constexpr Duration::rep kLongest = std::numeric_limits<Duration::rep>::max() / 8;
  Duration::rep span = 0;
  if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(),
                             &span)) {
    span = from < to ? kLongest : 0;
  }
  return Duration(std::clamp<Duration::rep>(span, 0, kLongest));
}

bool was_set(WallTime calendar) {
  return calendar >=
         WallTime{std::chrono::sys_days{std::chrono::year{2020} / 1 / 1}.time_since_epoch()};
}

}  // namespace

Stamp rebased(Stamp stamp, Stamp last, Now now) {
  const Duration away = was_set(last.wall) ? passed(last.wall, now.wall) : Duration::zero();
  return Stamp{now.boot - passed(stamp.boot, last.boot) - away, std::min(stamp.wall, now.wall)};
}

}  // namespace tocsin
