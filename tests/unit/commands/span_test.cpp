// Risk: a time that is taken for another than was meant.
#include "commands/span.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::commands;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

const WallTime kNow{hours(24 * 20'000)};

Span span(const SpanWords& words, std::size_t points = 100) {
  const auto made = span_of(words, kNow, points);
  REQUIRE_MESSAGE(made.has_value(), made.error().text);
  return *made;
}

std::string refusal(const SpanWords& words) {
  const auto made = span_of(words, kNow, 100);
  return made ? "" : made.error().text;
}

}  // namespace

TEST_CASE("span: a range ends now, or where --to says") {
  CHECK(span({.range = "2h"}).from == kNow - hours(2));
  CHECK(span({.range = "2h"}).to == kNow);
  CHECK(span({.to = "1h", .range = "2h"}).from == kNow - hours(3));
  CHECK(span({.step = "5s"}).from == kNow - hours(1));
}

TEST_CASE("span: times as people write them") {
  CHECK(span({.from = "90m"}).from == kNow - minutes(90));
  CHECK(span({.from = "0", .to = "now", .step = "1w"}).from == WallTime());
  CHECK(span({.from = "1.5", .to = "2"}).from == WallTime(Duration(1500)));
  CHECK(span({.from = "2020-01-01T00:00:00Z"}).from == WallTime(seconds(1'577'836'800)));
}

TEST_CASE("span: the step that nobody gave is a round one, about as many as fit") {
  CHECK(span({.range = "1h"}, 100).step == minutes(1));
  CHECK(span({.range = "1h"}, 120).step == seconds(30));
  CHECK(span({.range = "10s"}, 100).step == seconds(1));
  CHECK(span({.range = "1y"}, 100).step == hours(24 * 4));
}

TEST_CASE("span: what makes no sense is refused with what to write") {
  CHECK(refusal({.from = "yesterday"}).find("write it like") != std::string::npos);
  CHECK(refusal({.step = "0s"}).find("--step") == 0);
  CHECK(refusal({.from = "1h", .range = "1h"}).find("--range and --from") == 0);
  CHECK(refusal({.from = "1h", .to = "2h"}) == "it would end before it begins");
}
