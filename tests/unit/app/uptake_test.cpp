// Risk: a daemon that forgets its work is fed for ever, or one that works is killed: after a
// suspend, on a slow machine.
#include "app/uptake.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using app::Uptake;

namespace {

const BootTime kBegin{hours(1)};
constexpr Duration kLook = seconds(15);

}  // namespace

TEST_CASE("uptake: work that is not yet due, or only late, or is not there, moves on") {
  Uptake uptake;
  for (int i = 0; i < 4; ++i) {
    CHECK(uptake.moves_on({kBegin + hours(1), std::nullopt}, kBegin + i * kLook));
  }
  CHECK(uptake.moves_on({kBegin}, kBegin + seconds(9)));
  CHECK(uptake.moves_on({kBegin}, kBegin + seconds(9)));
  CHECK(uptake.moves_on({}, kBegin));
}

TEST_CASE("uptake: work that is overdue at two looks and was not begun between stands still") {
  Uptake uptake;
  SUBCASE("the first of two") {
    CHECK(uptake.moves_on({kBegin, kBegin + hours(1)}, kBegin + kLook));
    CHECK_FALSE(uptake.moves_on({kBegin, kBegin + hours(1)}, kBegin + 2 * kLook));
    CHECK_FALSE(uptake.moves_on({kBegin, kBegin + hours(1)}, kBegin + 3 * kLook));
  }
  SUBCASE("the second, while the first goes on") {
    CHECK(uptake.moves_on({kBegin + kLook, kBegin}, kBegin + kLook));
    CHECK_FALSE(uptake.moves_on({kBegin + 2 * kLook, kBegin}, kBegin + 2 * kLook));
  }
  CHECK(uptake.moves_on({kBegin + hours(1), kBegin + hours(1)}, kBegin + 4 * kLook));
}

TEST_CASE("uptake: after a suspend all is overdue for one look") {
  Uptake uptake;
  CHECK(uptake.moves_on({kBegin + seconds(60)}, kBegin));
  CHECK(uptake.moves_on({kBegin + seconds(60)}, kBegin + hours(9)));
  CHECK(uptake.moves_on({kBegin + hours(9) + seconds(60)}, kBegin + hours(9) + kLook));
}

TEST_CASE("uptake: a machine so slow that all is begun too late is left alone") {
  Uptake uptake;
  for (int i = 0; i < 20; ++i) {
    CHECK(uptake.moves_on({kBegin + i * kLook}, kBegin + i * kLook + minutes(2)));
  }
}
