// Risk: a daemon that forgets its work is fed for ever, or one that works is killed: after a
// suspend, on a slow machine.
#include "app/uptake.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using app::Uptake;

namespace {

const BootTime kStart{hours(1)};
constexpr Duration kLook = seconds(15);

}  // namespace

TEST_CASE("uptake: work that is not yet due, or only late, or is not there, moves on") {
  Uptake uptake;
  for (int i = 0; i < 4; ++i) {
    CHECK(uptake.moves_on({kStart + hours(1), std::nullopt}, kStart + i * kLook));
  }
  CHECK(uptake.moves_on({kStart}, kStart + seconds(9)));
  CHECK(uptake.moves_on({kStart}, kStart + seconds(9)));
  CHECK(uptake.moves_on({}, kStart));
}

TEST_CASE("uptake: work that is overdue at two looks and was not begun between stands still") {
  Uptake uptake;
  SUBCASE("the first of two") {
    CHECK(uptake.moves_on({kStart, kStart + hours(1)}, kStart + kLook));
    CHECK_FALSE(uptake.moves_on({kStart, kStart + hours(1)}, kStart + 2 * kLook));
    CHECK_FALSE(uptake.moves_on({kStart, kStart + hours(1)}, kStart + 3 * kLook));
  }
  SUBCASE("the second, while the first goes on") {
    CHECK(uptake.moves_on({kStart + kLook, kStart}, kStart + kLook));
    CHECK_FALSE(uptake.moves_on({kStart + 2 * kLook, kStart}, kStart + 2 * kLook));
  }
  CHECK(uptake.moves_on({kStart + hours(1), kStart + hours(1)}, kStart + 4 * kLook));
}

TEST_CASE("uptake: after a suspend all is overdue for one look") {
  Uptake uptake;
  CHECK(uptake.moves_on({kStart + seconds(60)}, kStart));
  CHECK(uptake.moves_on({kStart + seconds(60)}, kStart + hours(9)));
  CHECK(uptake.moves_on({kStart + hours(9) + seconds(60)}, kStart + hours(9) + kLook));
}

TEST_CASE("uptake: a machine so slow that all is begun too late is left alone") {
  Uptake uptake;
  for (int i = 0; i < 20; ++i) {
    CHECK(uptake.moves_on({kStart + i * kLook}, kStart + i * kLook + minutes(2)));
  }
}
