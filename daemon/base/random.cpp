#include "tocsin/base/random.hpp"

#include "tocsin/base/check.hpp"

namespace tocsin {

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

std::uint64_t Random::below(std::uint64_t bound) {
  TOCSIN_CHECK(bound > 0);
  // The lowest (2^64 mod bound) numbers would make some remainders likelier than others.
  const std::uint64_t surplus = (0 - bound) % bound;
  std::uint64_t drawn = next();
  while (drawn < surplus) drawn = next();
  return drawn % bound;
}

double Random::unit() {
  return static_cast<double>(next() >> 11U) * 0x1p-53;
}

}  // namespace tocsin
