// Risk: a mistake inside a text that has escapes or several lines is shown at the wrong place.
#include "tocsin/config/ir.hpp"

#include <doctest/doctest.h>

using namespace tocsin::config;

namespace {

/// expr = "up{job=\"é\"} + x", its quote at line 4, column 8.
Value escaped() {
  Value value;
  value.kind = Kind::text;
  value.text = "up{job=\"é\"} + x";
  value.place = {0, 4, 8, 20};
  value.stretches = {{0, 4, 9}, {7, 4, 16}, {8, 4, 18}, {10, 4, 19}, {11, 4, 21}};
  return value;
}

}  // namespace

TEST_CASE("a place within a text counts characters, and an escape as it is written") {
  const Value value = escaped();
  CHECK(value.within(0, 2) == Place{0, 4, 9, 2});
  CHECK(value.within(7, 1) == Place{0, 4, 16, 1});
  CHECK(value.within(8, 2) == Place{0, 4, 18, 1});
  CHECK(value.within(15, 1) == Place{0, 4, 25, 1});
}

TEST_CASE("a stretch that reaches over an escape ends before it") {
  CHECK(escaped().within(0, 100) == Place{0, 4, 9, 7});
}

TEST_CASE("what is missing at the end of a text is shown behind it") {
  const Value value = escaped();
  CHECK(value.within(value.text.size(), 1) == Place{0, 4, 26, 1});
  CHECK(value.within(1000, 5) == Place{0, 4, 26, 1});
}

TEST_CASE("a text whose places are unknown is shown whole") {
  Value value = escaped();
  value.stretches.clear();
  CHECK(value.within(3, 2) == value.place);
}
