// Risk: a series in a test is another than the one that was written down.
#include "tocsin/series/notation.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <optional>

#include "tocsin/series/sample.hpp"

using namespace tocsin::series;

namespace {

/// One element a number; none where it was left out.
std::vector<std::optional<double>> values(std::string_view text) {
  const auto noted = read_values(text);
  REQUIRE(noted);
  std::vector<std::optional<double>> all(noted->length);
  for (const auto& [number, value] : noted->values) all.at(number) = value;
  return all;
}

using Values = std::vector<std::optional<double>>;
constexpr auto kNone = std::nullopt;

}  // namespace

TEST_CASE("notation: single values, left out or repeated") {
  CHECK(values("") == Values{});
  CHECK(values("3") == Values{3});
  CHECK(values("  1 2.5\t-3 1e3 ") == Values{1, 2.5, -3, 1000});
  CHECK(values("1 _ 2") == Values{1, kNone, 2});
  CHECK(values("_x2 7 _x1") == Values{kNone, kNone, 7, kNone});
  CHECK(values("4x2") == Values{4, 4, 4});
  CHECK(values("0x3") == Values{0, 0, 0, 0});
}

TEST_CASE("notation: a start, a step, and how many more") {
  CHECK(values("1+2x3") == Values{1, 3, 5, 7});
  CHECK(values("5-1x2 9") == Values{5, 4, 3, 9});
  CHECK(values("-1+0.5x2") == Values{-1, -0.5, 0});
  CHECK(values("1e+2+1e1x1") == Values{100, 110});
  CHECK(values("7+1x0") == Values{7});
}

TEST_CASE("notation: what is no number") {
  const auto noted = read_values("NaN stale +Inf");
  REQUIRE(noted);
  REQUIRE(noted->values.size() == 3);
  CHECK(std::isnan(noted->values[0].second));
  CHECK(!is_stale(noted->values[0].second));
  CHECK(is_stale(noted->values[1].second));
  CHECK(std::isinf(noted->values[2].second));
}

TEST_CASE("notation: what is wrong is named with its place") {
  const struct {
    const char* text;
    std::size_t offset;
    std::size_t length;
  } rows[] = {{"1 2 three", 4, 5}, {"1+2", 0, 3},       {"4 1x", 2, 2},
              {"1+2x-3", 0, 6},    {"1+x3", 0, 4},      {"_x", 0, 2},
              {"stalex3", 0, 7},   {"1x2000000", 0, 9}, {"1x999999 1x999999", 9, 8}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto noted = read_values(row.text);
    REQUIRE(!noted);
    CHECK(noted.error().offset == row.offset);
    CHECK(noted.error().length == row.length);
    CHECK(!noted.error().text.empty());
  }
}

TEST_CASE("notation: the values begin behind the series, whatever its labels hold") {
  const auto rest = [](std::string_view line) { return line.substr(end_of_series(line)); };
  CHECK(rest("x 1 2") == "1 2");
  CHECK(rest("x{a=\"b c\"} 1 2") == "1 2");
  CHECK(rest("x{a=\"} 9\",b=\"\\\" 9\"}\t1") == "1");
  CHECK(rest("x{a=\"b\"}") == "");
  CHECK(rest("x{a=\"b") == "");
  CHECK(rest("") == "");
}
