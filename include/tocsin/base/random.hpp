// Randomness that is given, never taken: seeded by the caller, the same on every machine
// (SplitMix64, Steele, Lea, Flood 2014).
#pragma once

#include <cstdint>

namespace tocsin {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();
  /// True once in `denominator` on average; never for 0.
  bool one_in(std::uint64_t denominator) { return denominator != 0 && below(denominator) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace tocsin
