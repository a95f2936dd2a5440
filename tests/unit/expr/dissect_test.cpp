// Risk: a reason that is not the one why the rule fires.
#include "tocsin/expr/dissect.hpp"

#include <doctest/doctest.h>

#include "tocsin/base/quantity.hpp"

using namespace tocsin;
using namespace tocsin::expr;

namespace {

struct DissectWorld {
  series::Store store;
  series::FeedSets feeds;

  DissectWorld() {
    store.keep_for(hours(24));
    for (int minute = 1; minute <= 3; ++minute) {
      for (int i = 0; i < 7; ++i) {
        store.append(TargetId{1}, BootTime(minutes(minute)),
                     Labels({{"__name__", "m"}, {"i", std::to_string(i)}}), i * minute);
      }
    }
  }

  std::vector<Part> parts(std::string_view text, const DissectBounds& bounds = {}) {
    const auto expression = Expression::parse(text);
    REQUIRE(expression.has_value());
    Moment moment;
    moment.at = BootTime(minutes(3));
    return dissect(*expression, store, feeds, moment, bounds);
  }
};

double scalar_of(const Part& part) {
  const auto* vector = std::get_if<Vector>(&part.value);
  return vector == nullptr ? std::get<double>(part.value) : vector->at(0).value;
}

}  // namespace

TEST_CASE("dissect: each node with its text, its depth and its own value") {
  DissectWorld world;
  const auto parts = world.parts("sum(increase(m[2m])) / (count(m) + scalar(sum(m)))");
  std::vector<std::pair<std::size_t, std::string>> shape;
  for (const Part& part : parts) shape.emplace_back(part.depth, part.text);
  CHECK(shape == std::vector<std::pair<std::size_t, std::string>>{
                     {0, "sum(increase(m[2m])) / (count(m) + scalar(sum(m)))"},
                     {1, "sum(increase(m[2m]))"},
                     {2, "increase(m[2m])"},
                     {3, "m[2m]"},
                     {1, "count(m) + scalar(sum(m))"},
                     {2, "count(m)"},
                     {3, "m"},
                     {2, "scalar(sum(m))"},
                     {3, "sum(m)"},
                     {4, "m"}});
  CHECK(scalar_of(parts[5]) == 7);
  CHECK(scalar_of(parts[7]) == 63);
  CHECK(parts[3].count == 7);
  CHECK(parts[3].samples == 14);
  CHECK(parts[6].count == 7);
  CHECK(std::get<Vector>(parts[6].value).size() == 5);
}

TEST_CASE("dissect: a node that fails says why, and those below it still have their values") {
  DissectWorld world;
  const auto parts = world.parts("m * on() m");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].error.find("several series") == 0);
  CHECK(parts[1].error.empty());
  CHECK(parts[1].count == 7);
}

TEST_CASE("dissect: bounded in parts, and in what all of them read") {
  DissectWorld world;
  std::string text = "m";
  for (int i = 0; i < 50; ++i) text += " + m";
  CHECK(world.parts(text, {.parts = 10}).size() == 10);
  DissectBounds few;
  few.limits.samples = 20;
  const auto parts = world.parts("m + m + m", few);
  CHECK(parts.back().error.find("more than 20 samples") != std::string::npos);
}

TEST_CASE("dissect: what stands on several lines is told on one") {
  CHECK(expr::on_one_line("  sum by (job) (\n  a{b=\"x  y\\\" # z\"}\t)  # remark\n\n/ b ") ==
        "sum by (job) ( a{b=\"x  y\\\" # z\"} ) / b");
  CHECK(expr::on_one_line("a{b=`\\`}\n+ 1") == "a{b=`\\`} + 1");
  CHECK(expr::on_one_line("a # to the end") == "a");
  CHECK(expr::on_one_line("").empty());
}
