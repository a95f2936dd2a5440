// What a series does at each time of the week: up to five weeks of it, slot by slot, with the level
// taken out, so that one bad Monday is one of five.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tocsin/rule/surprise.hpp"

namespace tocsin::rule {

struct ShapeAt {
  double value = 0;    ///< events of a slot at level 1
  int weeks = 0;       ///< that know it; 0: nothing does
  int half = 0;        ///< slots on either side that it is the mean of
  bool daily = false;  ///< by the time of day alone
};

class WeekShape {
 public:
  static constexpr std::size_t kWeeks = 5;

  /// `slots` a week; a multiple of 7.
  explicit WeekShape(std::size_t slots);

  [[nodiscard]] std::size_t slots() const { return slots_; }
  /// Teaches one slot, once within half a week: an hour that clocks show twice counts once.
  /// `serial` counts slots of elapsed time.
  void learn(std::size_t slot, std::int64_t serial, double value);
  /// As smooth as it must be for `enough` events to be behind it, at most `widest` slots on either
  /// side; `scale` is what one event of the shape weighs (level over phi).
  [[nodiscard]] ShapeAt at(Side side, std::size_t slot, double scale, int widest) const;
  /// By the time of day alone, from the days that are known.
  [[nodiscard]] ShapeAt by_day(std::size_t slot, int half) const;
  /// Whether any slot has ever had more than nothing.
  [[nodiscard]] bool has_events() const;
  [[nodiscard]] int weeks_at(std::size_t slot) const;
  /// When the slot was learned last, in `serial`; far in the past where never.
  [[nodiscard]] std::int64_t learned(std::size_t slot) const { return last_[slot]; }

  /// Hands all that it knows to `field`, as spans, to be read or written.
  template <class Field>
  void each_field(Field&& field) {
    field(std::span(history_));
    field(std::span(last_));
  }

 private:
  using Weeks = std::array<float, kWeeks>;  ///< newest first, NaN where nothing is known
  std::size_t slots_;
  std::vector<Weeks> history_;
  std::vector<std::int32_t> last_;
};

}  // namespace tocsin::rule
