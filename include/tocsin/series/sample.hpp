// One value at one time, and the marker that ends a series.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace tocsin::series {

/// Milliseconds on the store's clock (BootTime).
using Millis = std::int64_t;

struct Sample {
  Millis time = 0;
  double value = 0;
  friend bool operator==(const Sample&, const Sample&) = default;
};

/// A NaN of its own kind, written where a series ends. No arithmetic makes it.
inline constexpr std::uint64_t kStaleBits = 0x7ff0000000000002ULL;

[[nodiscard]] inline double stale_marker() {
  return std::bit_cast<double>(kStaleBits);
}
[[nodiscard]] inline bool is_stale(double value) {
  return std::bit_cast<std::uint64_t>(value) == kStaleBits;
}
/// What a body or a caller calls NaN must not be mistaken for the marker.
[[nodiscard]] inline double plain_nan(double value) {
  return value == value ? value : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace tocsin::series
