#include "tocsin/base/time.hpp"

#include <algorithm>
#include <limits>

namespace tocsin {

Stamp rebased(Stamp stamp, Now now) {
  // Stored stamps are foreign input: the difference of two of them may leave the type's range.
  constexpr Duration::rep kLongest = std::numeric_limits<Duration::rep>::max() / 4;
  Duration::rep age = 0;
  if (__builtin_sub_overflow(now.wall.time_since_epoch().count(),
                             stamp.wall.time_since_epoch().count(), &age)) {
    age = stamp.wall < now.wall ? kLongest : 0;
  }
  const Duration bounded(std::clamp<Duration::rep>(age, 0, kLongest));
  return Stamp{now.boot - bounded, std::min(stamp.wall, now.wall)};
}

}  // namespace tocsin
