// An alert's last hour as bars of characters.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "receivers/wording.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kChartWidth = 30;
constexpr std::size_t kBandWidth = 15;  ///< of each of its four rows
constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

struct Range {
  double least = 0;
  double most = 0;
};

/// `least` is above `most` where there is no value.
Range range_of(const std::vector<double>& values) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Range range{kInfinity, -kInfinity};
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    range.least = std::min(range.least, value);
    range.most = std::max(range.most, value);
  }
  return range;
}

/// Of a chart in which one sees on which side of the limit the values are; a limit that is further
/// from them than they are from each other would leave their course flat, and stays out of it.
Range with_limit(Range range, std::optional<double> limit) {
  if (!limit || !std::isfinite(*limit) || range.least > range.most) return range;
  const double away = std::max(range.least - *limit, *limit - range.most);
  const double span = range.most - range.least;
  if (span > 0 && away > span) return range;
  return {std::min(range.least, *limit), std::max(range.most, *limit)};
}

std::string bars(const std::vector<double>& values, std::size_t width, Range range) {
  const std::size_t columns = std::min(width, values.size());
  if (columns < 2 || range.least > range.most) return "";
  std::string out;
  for (std::size_t column = 0; column < columns; ++column) {
    // A column shows the greatest of the values that share it: peaks are what matters.
    double top = -std::numeric_limits<double>::infinity();
    const std::size_t end = (column + 1) * values.size() / columns;
    for (std::size_t i = column * values.size() / columns; i < end; ++i) {
      if (std::isfinite(values[i])) top = std::max(top, values[i]);
    }
    if (!std::isfinite(top)) {
      out += "·";
      continue;
    }
    const double height =
        range.most > range.least ? (top - range.least) / (range.most - range.least) : 0.5;
    out += kBars.at(std::min<std::size_t>(7, static_cast<std::size_t>(height * 8)));
  }
  return out;
}

}  // namespace

std::string sparkline(const std::vector<double>& values, std::size_t width,
                      std::optional<double> limit) {
  return bars(values, width, with_limit(range_of(values), limit));
}

std::string chart_of(const NoticeAlert& alert) {
  const NoticeBand& band = alert.band;
  if (band.expected.empty()) return sparkline(alert.recent, kChartWidth, alert.limit);
  Range range{0, 0};
  for (const auto* values : {&alert.recent, &band.expected, &band.upper})
    range.most = std::max(range.most, range_of(*values).most);
  const auto drawn = [&range](const std::vector<double>& values) {
    return bars(values, kBandWidth, range);
  };
  if (drawn(alert.recent).empty()) return "";
  return fmt::format("saw {}  expected {}  usual {} to {}", drawn(alert.recent),
                     drawn(band.expected), drawn(band.lower), drawn(band.upper));
}

}  // namespace tocsin::receivers
