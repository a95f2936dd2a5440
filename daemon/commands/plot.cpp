#include "commands/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tocsin/base/quantity.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kDotsAcross = 2;  // of a braille character
constexpr std::size_t kDotsDown = 4;
constexpr std::array<Look, kCourseLooks> kLooks = {Look::cyan, Look::odd,  Look::magenta,
                                                   Look::good, Look::blue, Look::bad};

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void include(const Course& course) {
    for (const auto& value : course) {
      if (!value) continue;
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  }
  [[nodiscard]] bool empty() const { return low > high; }
  /// 0 at the low end, 1 at the high one; halved, since the whole may be larger than any number.
  [[nodiscard]] double place(double value) const {
    return high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5;
  }
};

Extent extent_of(std::span<const Course> courses) {
  Extent extent;
  for (const Course& course : courses) extent.include(course);
  return extent;
}

std::string edge(double value) {
  return format_quantity(value, Unit::none);
}

std::array<std::string, 3> edges_of(const Extent& extent) {
  return {edge(extent.high), edge(extent.low / 2 + extent.high / 2), edge(extent.low)};
}

std::size_t axis_width(const std::array<std::string, 3>& labels) {
  return std::max({labels[0].size(), labels[1].size(), labels[2].size()});
}

void append_braille(std::string& out, unsigned dots) {
  const unsigned code = 0x2800U + dots;
  out += static_cast<char>(0xe0U | (code >> 12U));
  out += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
  out += static_cast<char>(0x80U | (code & 0x3fU));
}

class Canvas {
 public:
  Canvas(std::size_t width, std::size_t height)
      : width_(width), height_(height), cells_(width * height) {}

  /// Neighbouring steps are joined; a step without a value parts the line.
  void draw(const Course& course, const Extent& extent, std::size_t number) {
    std::pair<std::size_t, std::size_t> before;
    bool parted = true;
    for (std::size_t step = 0; step < course.size(); ++step) {
      if (course[step]) {
        const auto dot = place(step, course.size(), extent.place(*course[step]));
        join(parted ? dot : before, dot, number);
        before = dot;
      }
      parted = !course[step];
    }
  }

  [[nodiscard]] std::string row(std::size_t y, bool colour) const {
    std::string out;
    for (std::size_t x = 0; x < width_; ++x) {
      const Cell& cell = cells_[y * width_ + x];
      std::string character;
      append_braille(character, cell.dots);
      out += styled(character, course_look(cell.course), colour && cell.dots != 0);
    }
    return out;
  }

 private:
  struct Cell {
    unsigned dots = 0;
    std::size_t course = 0;  ///< the one drawn last
  };

  [[nodiscard]] std::pair<std::size_t, std::size_t> place(std::size_t step, std::size_t steps,
                                                          double height) const {
    const std::size_t right = width_ * kDotsAcross - 1;
    const std::size_t bottom = height_ * kDotsDown - 1;
    const std::size_t x = steps < 2 ? 0 : step * right / (steps - 1);
    const double up = std::round(height * static_cast<double>(bottom));
    return {x, bottom - std::min(bottom, static_cast<std::size_t>(std::max(0.0, up)))};
  }

  void join(std::pair<std::size_t, std::size_t> from, std::pair<std::size_t, std::size_t> to,
            std::size_t number) {
    const auto distance = [](std::size_t a, std::size_t b) { return a > b ? a - b : b - a; };
    const std::size_t count = std::max<std::size_t>(
        {distance(from.first, to.first), distance(from.second, to.second), 1});
    for (std::size_t i = 0; i <= count; ++i) {
      const auto between = [&](std::size_t a, std::size_t b) {
        return (a * (count - i) + b * i + count / 2) / count;
      };
      dot(between(from.first, to.first), between(from.second, to.second), number);
    }
  }

  void dot(std::size_t x, std::size_t y, std::size_t number) {
    // Braille counts its dots down the left column and then the right one; the fourth row came
    // late.
    constexpr unsigned kDots[kDotsDown][kDotsAcross] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    Cell& cell = cells_[y / kDotsDown * width_ + x / kDotsAcross];
    cell.dots |= kDots[y % kDotsDown][x % kDotsAcross];
    cell.course = number;
  }

  std::size_t width_;
  std::size_t height_;
  std::vector<Cell> cells_;
};

}  // namespace

std::size_t plot_margin(std::span<const Course> courses) {
  const Extent extent = extent_of(courses);
  return extent.empty() ? 0 : axis_width(edges_of(extent)) + 2;
}

std::string plot(std::span<const Course> courses, PlotSize size, bool colour) {
  const Extent extent = extent_of(courses);
  if (extent.empty()) return "";
  const auto labels = edges_of(extent);
  const std::size_t margin = axis_width(labels);
  const std::size_t height = std::max<std::size_t>(size.height, 3);
  Canvas canvas(size.width > margin + 4 ? size.width - margin - 2 : 2, height);
  for (std::size_t i = courses.size(); i > 0; --i) canvas.draw(courses[i - 1], extent, i - 1);
  std::string out;
  for (std::size_t y = 0; y < height; ++y) {
    std::string at;
    if (y == 0) at = labels[0];
    if (y == height / 2) at = labels[1];
    if (y == height - 1) at = labels[2];
    out += fmt::format("{:>{}} {}{}\n", at, margin, at.empty() ? "│" : "┤", canvas.row(y, colour));
  }
  return out;
}

std::string sparkline(const Course& course, std::size_t width) {
  constexpr std::array<const char*, 8> kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  Extent extent;
  extent.include(course);
  const std::size_t shown = std::min(width, course.size());
  std::string out;
  for (std::size_t x = 0; x < shown; ++x) {
    // Where several steps share a character, the greatest is seen: a peak must not go unseen.
    std::optional<double> value;
    for (std::size_t i = x * course.size() / shown; i < (x + 1) * course.size() / shown; ++i) {
      if (course[i] && (!value || *course[i] > *value)) value = course[i];
    }
    if (!value) {
      out += ' ';
      continue;
    }
    const double place = extent.place(*value) * static_cast<double>(kBlocks.size() - 1);
    out += kBlocks[static_cast<std::size_t>(std::lround(place))];
  }
  return out;
}

Look course_look(std::size_t number) {
  return kLooks[number % kLooks.size()];
}

}  // namespace tocsin::commands
