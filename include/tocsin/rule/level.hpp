// How many times the week's shape a series is at now: the level of the week, and what the last day
// and the last hours say of the next one. Pure, a few kilobytes; learned hour by hour, from hours
// that are clean.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "tocsin/rule/dispersion.hpp"
#include "tocsin/rule/surprise.hpp"

namespace tocsin::rule {

class Level {
 public:
  /// `side`: the one that people are paged for.
  explicit Level(Side side) : side_(side) {}

  /// Expected in the hour that comes at this hour of the day.
  [[nodiscard]] double at(std::size_t hour_of_day) const;
  /// Of about a week, whatever the day.
  [[nodiscard]] double weekly() const { return weekly_; }

  struct Hour {
    double seen = 0;
    double shape = 0;  ///< what was expected of it at level 1
    std::size_t of_day = 0;
    double buckets = 0;      ///< that an hour has
    std::uint32_t late = 0;  ///< hours that have passed since, of which nothing is learned yet
  };
  void learn(const Hour& hour, const Dispersion& dispersion);
  /// More than usual is no drop: nobody is asked whether it may be learned. A burst of some hours
  /// is not; a day of hours that are far on that side is a new level.
  void note_other_side(double seen, double expected, double phi);
  /// The last hours are no burst on the side that nobody is paged for.
  [[nodiscard]] bool steady() const;
  /// All that is known of it is that it is now so many times what it was.
  void change(double times);

  /// Calls `field` with each number that it has learned, in an order that stays.
  template <class Field>
  void each_field(Field&& field) {
    field(weekly_);
    field(now_);
    field(day_);
    field(week_);
    field(hours_);
    field(regression_);
    field(regression_at_);
    field(leads_);
    field(other_side_);
    field(other_side_hours_);
    field(learned_);
  }

 private:
  /// Over some span: events as seen, and at level 1.
  struct Sums {
    double seen = 0;
    double shape = 0;
  };
  /// Of the last day and the last hours above the week: logarithms.
  struct Lead {
    float day = 0;
    float hours = 0;
  };
  /// What the last hours and the last day say of the next: ln(level / week) by regression on
  /// ln(hours / week) and ln(day / week).
  struct Regression {
    float dd = 0, dh = 0, hh = 0, dy = 0, hy = 0;
    void note(const Lead& lead, double off, double weight, double memory);
    /// Drawn towards `prior` as if by so much evidence.
    [[nodiscard]] Lead solve(const Lead& prior, double strength) const;
  };

  Side side_;
  double weekly_ = 1;
  double now_ = 1;
  Sums day_;
  Sums week_;
  Sums hours_;
  Regression regression_;
  std::array<Regression, 24> regression_at_{};  ///< by the hour of the day
  std::array<Lead, 32> leads_{};                ///< after each of the last hours
  Sums other_side_;                             ///< hours in a row that are far on that side
  std::uint32_t other_side_hours_ = 0;
  std::uint32_t learned_ = 0;  ///< hours
};

}  // namespace tocsin::rule
