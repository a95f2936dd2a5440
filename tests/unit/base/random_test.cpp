#include "tocsin/base/random.hpp"

#include <doctest/doctest.h>

#include <array>

using tocsin::Random;

TEST_CASE("a seed gives the published SplitMix64 sequence") {
  Random random(0);
  CHECK(random.next() == 0xe220a8397b1dcdafULL);
  CHECK(random.next() == 0x6e789e6aa1b965f4ULL);
  CHECK(random.next() == 0x06c45d188009454fULL);
}

TEST_CASE("drawn numbers stay in their bounds and reach all of them") {
  Random random(42);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) CHECK(count > 800);
  CHECK(random.below(1) == 0);
  CHECK(random.below(UINT64_MAX) < UINT64_MAX);
  for (int i = 0; i < 1000; ++i) {
    const double unit = random.unit();
    CHECK(unit >= 0);
    CHECK(unit < 1);
  }
}

TEST_CASE("a bound that does not divide the range favours nobody") {
  // Nearly half of all numbers are drawn again here.
  constexpr std::uint64_t kBound = (std::uint64_t{1} << 63U) + 1;
  Random random(7);
  std::uint64_t low = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t drawn = random.below(kBound);
    CHECK(drawn < kBound);
    CHECK(drawn != 0);
    if (drawn < kBound / 2) ++low;
  }
  CHECK(low > 400);
  CHECK(low < 600);
}

TEST_CASE("one in zero never happens, one in one always") {
  Random random(1);
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(random.one_in(0));
    CHECK(random.one_in(1));
  }
}
