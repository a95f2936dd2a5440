// How unlikely a count is: tails of a count that comes in batches and whose rate wavers.
#pragma once

namespace tocsin::rule {

enum class Side { drop, rise };

/// What is expected of a window: a negative binomial of batches.
struct Expected {
  double mean = 0;      ///< events; > 0
  double variance = 0;  ///< events²
  double batch = 1;     ///< events come together by so many; >= 1
};

/// -ln of the chance of seeing `count` or fewer (drop), or `count` or more (rise); 0 where the
/// count is on the other side of the mean. A closed form (Chernoff's exponent with the saddle
/// point's factor), within a few per cent of the exact tail's logarithm.
[[nodiscard]] double surprise(Side side, double count, const Expected& expected);

}  // namespace tocsin::rule
