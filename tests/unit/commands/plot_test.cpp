// Risk: a picture that shows another course than the values have, or does not fit.
#include "commands/plot.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

using namespace tocsin::commands;

namespace {

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
  }));
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("plot: a line that rises goes from the lower left to the upper right") {
  const Course rising = {0.0, 1.0, 2.0, 3.0};
  const auto rows = lines(plot({&rising, 1}, {.width = 8, .height = 3}, false));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == "  3 ┤⠀⠀⡜");
  CHECK(rows[1].substr(0, 3) == "1.5");
  CHECK(rows[2].substr(0, 7) == "  0 ┤");
}

TEST_CASE("plot: it is as wide and as high as asked for") {
  Course course;
  for (int i = 0; i < 1000; ++i) course.emplace_back(i % 7);
  for (const std::size_t width : {20, 80, 200}) {
    const auto rows = lines(plot({&course, 1}, {.width = width, .height = 9}, false));
    CHECK(rows.size() == 9);
    for (const std::string& row : rows) CHECK(characters(row) <= width);
    CHECK(characters(rows[0]) == width);
  }
}

TEST_CASE("plot: nothing, one value, values that are all the same, and huge ones") {
  CHECK(plot({}, {}, false).empty());
  const Course none = {std::nullopt, std::nullopt};
  CHECK(plot({&none, 1}, {}, false).empty());
  const Course one = {5.0};
  CHECK(lines(plot({&one, 1}, {.width = 20, .height = 3}, false)).size() == 3);
  const Course huge = {-1.7e308, 1.7e308};
  CHECK(lines(plot({&huge, 1}, {.width = 40, .height = 3}, false)).size() == 3);
}

TEST_CASE("plot: a step without a value parts the line") {
  const Course parted = {1.0, std::nullopt, std::nullopt, std::nullopt, 1.0};
  const std::string row = lines(plot({&parted, 1}, {.width = 14, .height = 3}, false)).at(1);
  CHECK(row.find("⠀⠀") != std::string::npos);
}

TEST_CASE("plot: colours only where they are wanted, another for each course") {
  const std::vector<Course> two = {{1.0, 1.0}, {2.0, 2.0}};
  CHECK(plot(two, {}, false).find('\x1b') == std::string::npos);
  const std::string coloured = plot(two, {}, true);
  CHECK(coloured.find("\x1b[36m") != std::string::npos);
  CHECK(coloured.find("\x1b[33m") != std::string::npos);
}

TEST_CASE("sparkline: least and greatest, gaps, and a peak between the characters") {
  CHECK(sparkline({0.0, 7.0, std::nullopt, 3.0}, 10) == "▁█ ▄");
  CHECK(sparkline({0.0, 0.0, 9.0, 0.0}, 2) == "▁█");
  CHECK(sparkline({4.0, 4.0}, 5) == "▅▅");
  CHECK(sparkline({}, 5).empty());
}
