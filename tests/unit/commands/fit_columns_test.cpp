// Risk: a line wider than the terminal, or a column left out that a reader needs more than another.
#include "commands/fit_columns.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tocsin::commands;

namespace {

using Widths = std::vector<std::size_t>;

const Column kId{2};
const Column kName{40};
const Column kBlank{15, true};
const Column kProse{60, false, true};

Column spared(std::size_t width, std::size_t turn) {
  return {width, false, false, turn};
}

std::size_t line_of(const Widths& widths) {
  std::size_t line = 0;
  for (const std::size_t each : widths) line += each > 0 ? each + kColumnGap : 0;
  return line - kColumnGap;
}

}  // namespace

TEST_CASE("fit columns: what has room is whole, blank columns too") {
  CHECK(fit_columns(std::vector{kId, kBlank, kName}, 61) == Widths{2, 15, 40});
  CHECK(fit_columns(std::vector<Column>{}, 80).empty());
}

TEST_CASE("fit columns: a blank column goes before anything is cut") {
  CHECK(fit_columns(std::vector{kId, kBlank, kName}, 60) == Widths{2, 0, 40});
  CHECK(fit_columns(std::vector{kBlank, kName}, 30)[0] > 0);
}

TEST_CASE("fit columns: prose wraps before another column is cut") {
  CHECK(fit_columns(std::vector{kId, kName, kProse}, 80) == Widths{2, 40, 34});
  CHECK(fit_columns(std::vector{kId, kName, kProse}, 60) == Widths{2, 30, 24});
}

TEST_CASE("fit columns: the widest is cut, the first last") {
  CHECK(fit_columns(std::vector{kName, kName, Column{20}}, 80) == Widths{40, 18, 18});
  CHECK(fit_columns(std::vector{kName, kName, kName}, 60) == Widths{32, 12, 12});
  CHECK(fit_columns(std::vector{kName, kName, kName}, 52) == Widths{24, 12, 12});
}

TEST_CASE("fit columns: a time or a figure is spared rather than cut") {
  const Column time{19, false, false, std::nullopt, true};
  CHECK(fit_columns(std::vector{kName, time, kName}, 59) == Widths{24, 19, 12});
  const Column spare{19, false, false, 0, true};
  CHECK(fit_columns(std::vector{kName, spare, kName}, 56) == Widths{40, 0, 14});
}

TEST_CASE("fit columns: those that can be spared go by their turn, and leave their room") {
  const std::vector columns{kName, spared(12, 1), spared(12, 0), spared(12, 2)};
  CHECK(fit_columns(columns, 66) == Widths{24, 12, 12, 12});
  CHECK(fit_columns(columns, 65) == Widths{37, 12, 0, 12});
  CHECK(fit_columns(columns, 50) == Widths{36, 0, 0, 12});
  CHECK(fit_columns(columns, 30) == Widths{30, 0, 0, 0});
}

TEST_CASE("fit columns: in the narrowest terminal a few letters stay, and the rightmost go") {
  CHECK(fit_columns(std::vector{kName, kName, kName}, 40) == Widths{12, 12, 12});
  CHECK(fit_columns(std::vector{kName, kName, kName}, 24) == Widths{7, 7, 6});
  CHECK(fit_columns(std::vector{kName, kName, kName, kName}, 20) == Widths{6, 5, 5, 0});
  const Widths many = fit_columns(std::vector<Column>(10, kName), 20);
  CHECK(many == Widths{6, 5, 5, 0, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("fit columns: no line is wider than the terminal") {
  const std::vector columns{kName, kBlank, kProse, spared(12, 0), kProse, kName, spared(14, 1)};
  for (std::size_t width = 20; width < 250; ++width)
    CHECK_MESSAGE(line_of(fit_columns(columns, width)) <= width, width);
}
