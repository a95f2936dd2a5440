// Courses over time as characters: a plot of braille dots, and one line of blocks.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "commands/table.hpp"

namespace tocsin::commands {

/// One value for each step, none where there is no finite one.
using Course = std::vector<std::optional<double>>;

struct PlotSize {
  std::size_t width = 80;  ///< of the whole, with the values at the left
  std::size_t height = 12;
};

/// All courses on one canvas, each in a colour of its own where `colour`; the values at the left.
/// "" where no course has a value.
[[nodiscard]] std::string plot(std::span<const Course> courses, PlotSize size, bool colour);
/// How many characters of the width the values at the left take.
[[nodiscard]] std::size_t plot_margin(std::span<const Course> courses);

/// ▁ is the course's least value and █ its greatest; a space where there is none.
[[nodiscard]] std::string sparkline(const Course& course, std::size_t width);

/// So many courses have a colour of their own.
inline constexpr std::size_t kCourseLooks = 6;
/// The colour of course number `number`.
[[nodiscard]] Look course_look(std::size_t number);

}  // namespace tocsin::commands
