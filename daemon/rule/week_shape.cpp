#include "tocsin/rule/week_shape.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tocsin::rule {
namespace {

constexpr double kLike = 0.3;        ///< weeks, chance apart
constexpr double kDaysAlike = 0.75;  ///< days of one week: working days and others
constexpr double kEnough = 3000;     ///< events over phi: two per cent
constexpr std::int32_t kNever = std::numeric_limits<std::int32_t>::min() / 2;

/// The mean of those in the middle that are like the median: of three and four all but the ends, of
/// five and more likewise. What is farther from the median than `like` times it is left out: two
/// bad weeks of five move nothing, and of good ones little is wasted.
double middle(std::array<double, 7>& values, int count, double like) {
  std::sort(values.begin(), values.begin() + count);
  const int cut = count < 3 ? 0 : 1;
  const auto half = static_cast<std::size_t>(count / 2);
  const double median = count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  double sum = 0;
  int taken = 0;
  for (int i = cut; i < count - cut; ++i) {
    const double value = values[static_cast<std::size_t>(i)];
    if (count > 2 && std::abs(value - median) > like * median) continue;
    sum += value;
    ++taken;
  }
  return taken == 0 ? median : sum / taken;
}

}  // namespace

WeekShape::WeekShape(std::size_t slots) : slots_(slots), history_(slots), last_(slots, kNever) {
  for (auto& weeks : history_) weeks.fill(std::numeric_limits<float>::quiet_NaN());
}

void WeekShape::learn(std::size_t slot, std::int64_t serial, double value) {
  if (serial - last_[slot] < static_cast<std::int64_t>(slots_ / 2)) return;
  auto& weeks = history_[slot];
  std::rotate(weeks.begin(), weeks.end() - 1, weeks.end());
  weeks[0] = static_cast<float>(value);
  last_[slot] = static_cast<std::int32_t>(serial);
}

bool WeekShape::has_events() const {
  return std::any_of(history_.begin(), history_.end(), [](const Weeks& weeks) {
    return std::any_of(weeks.begin(), weeks.end(), [](float value) { return value > 0; });
  });
}

int WeekShape::weeks_at(std::size_t slot) const {
  const auto& weeks = history_[slot];
  return static_cast<int>(
      std::count_if(weeks.begin(), weeks.end(), [](float v) { return !std::isnan(v); }));
}

ShapeAt WeekShape::at(Side side, std::size_t slot, double scale, int widest) const {
  std::array<double, kWeeks> sum{};
  std::array<int, kWeeks> known{};
  const auto take = [&](std::size_t at) {
    for (std::size_t week = 0; week < kWeeks; ++week) {
      const float value = history_[at][week];
      if (std::isnan(value)) continue;
      sum[week] += value;
      ++known[week];
    }
  };
  take(slot);
  ShapeAt shape;
  for (int half = 0;; ++half) {
    if (half > 0) {
      const auto step = static_cast<std::size_t>(half);
      take((slot + step) % slots_);
      take((slot + slots_ - step) % slots_);
    }
    std::array<double, 7> means{};
    int weeks = 0;
    for (std::size_t week = 0; week < kWeeks; ++week) {
      if (known[week] > half) means[static_cast<std::size_t>(weeks++)] = sum[week] / known[week];
    }
    if (weeks > 0) {
      shape = {.value = 0, .weeks = weeks, .half = half};
      if (weeks == 2) {  // the less alarming
        shape.value =
            side == Side::drop ? std::min(means[0], means[1]) : std::max(means[0], means[1]);
      } else {
        const double one_week = std::max(scale, 1e-6) * (2 * half + 1) * means[0];
        shape.value = middle(means, weeks, kLike + 3 / std::sqrt(std::max(one_week, 1.0)));
      }
    }
    const double events = weeks * (2 * half + 1) * shape.value * scale;
    if (half >= widest || (weeks > 0 && events >= kEnough)) return shape;
  }
}

ShapeAt WeekShape::by_day(std::size_t slot, int half) const {
  const std::size_t day = slots_ / 7;
  std::array<double, 7> means{};
  int days = 0;
  for (std::size_t back = 0; back < 7; ++back) {
    const std::size_t centre = (slot + slots_ - back * day) % slots_;
    double sum = 0;
    int known = 0;
    for (int off = -half; off <= half; ++off) {
      const auto at = (centre + slots_ + static_cast<std::size_t>(off + half) -
                       static_cast<std::size_t>(half)) %
                      slots_;
      if (std::isnan(history_[at][0])) continue;
      sum += history_[at][0];
      ++known;
    }
    if (known > half) means[static_cast<std::size_t>(days++)] = sum / known;
  }
  if (days == 0) return {};
  return {.value = middle(means, days, kDaysAlike), .weeks = 1, .half = half, .daily = true};
}

}  // namespace tocsin::rule
