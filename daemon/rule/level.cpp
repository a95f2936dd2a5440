#include "tocsin/rule/level.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::rule {
namespace {

constexpr double kHalfLifeHours = 2;
constexpr double kHalfLifeDay = 36;       ///< hours
constexpr double kHalfLifeWeek = 7 * 24;  ///< hours
constexpr double kUsual = 0.35;           ///< an hour that is farther off is an event of its own
constexpr double kFar = 1.2;
constexpr double kTellingHour =
    10;  ///< events over phi: an hour of fewer tells nothing of the level
constexpr std::uint32_t kNewLevelHours = 24;
constexpr std::uint32_t kNoBurst = 3;     ///< so many hours far off are not how it wavers
constexpr double kFollowMemory = 0.9995;  ///< an hour
constexpr double kFollowPrior = 20;
constexpr double kFollowAtMemory = 0.99;  ///< a day
constexpr double kFollowAtPrior = 3;

}  // namespace

void Level::change(double times) {
  weekly_ = now_ = std::clamp(now_ * times, 1e-3, 1e3);
  hours_ = day_ = week_ = other_side_ = {};
  other_side_hours_ = 0;
  leads_.fill({});
}

bool Level::steady() const {
  return other_side_hours_ < kNoBurst;
}

void Level::note_other_side(double seen, double expected, double phi) {
  const bool can_be_told = expected >= kTellingHour * phi;
  if (!can_be_told) return;
  const bool far = side_ == Side::drop ? seen > kFar * expected : seen < expected / kFar;
  if (!far) {
    other_side_ = {};
    other_side_hours_ = 0;
    return;
  }
  other_side_.seen += seen;
  other_side_.shape += expected;
  if (++other_side_hours_ < kNewLevelHours) return;
  change(other_side_.seen / other_side_.shape);
}

void Level::learn(const Hour& hour, const Dispersion& dispersion) {
  const double expected = hour.shape * now_;  // as it is known now, not when the hour was judged
  const double phi = dispersion.phi(expected / hour.buckets);
  const double reach = std::max(kUsual * expected, 2 * std::sqrt(phi * expected));
  const double taken = std::clamp(hour.seen, expected - reach, expected + reach);
  const auto weekly = [&] { return (week_.seen + 10 * phi * now_) / (week_.shape + 10 * phi); };

  const auto lead = leads_[(learned_ - hour.late - 1) % leads_.size()];
  const double off =
      std::clamp(std::log(std::max(taken, 0.5) / (hour.shape * weekly())), -0.5, 0.5);
  const double weight = 1 / (phi / expected + 0.01);
  // An event of its own says nothing of the next hour.
  const bool usual = std::abs(hour.seen - expected) < reach;
  if (usual) {
    regression_.note(lead, off, weight, kFollowMemory);
    regression_at_[hour.of_day].note(lead, off, weight, kFollowAtMemory);
  }

  const auto add = [&](Sums& sums, double half_life) {
    const double kept = std::exp2(-1 / half_life);
    sums.seen = sums.seen * kept + taken;
    sums.shape = sums.shape * kept + hour.shape;
  };
  if (usual) add(hours_, kHalfLifeHours);
  add(day_, kHalfLifeDay);
  add(week_, kHalfLifeWeek);
  weekly_ = weekly();
  const auto lead_of = [&](const Sums& sums) {
    return static_cast<float>(
        std::log((sums.seen + 100 * phi * weekly_) / (sums.shape + 100 * phi) / weekly_));
  };
  leads_[learned_++ % leads_.size()] = {lead_of(day_), lead_of(hours_)};
  now_ = at(hour.of_day);
}

double Level::at(std::size_t hour_of_day) const {
  if (learned_ == 0) return now_;
  const auto& last = leads_[(learned_ - 1) % leads_.size()];
  const auto follow =
      regression_at_[hour_of_day].solve(regression_.solve({0.5, 0}, kFollowPrior), kFollowAtPrior);
  return std::clamp(weekly_ * std::exp(follow.day * last.day + follow.hours * last.hours), 1e-3,
                    1e3);
}

void Level::Regression::note(const Lead& lead, double off, double weight, double memory) {
  const auto add = [&](float& sum, double a, double b) {
    sum = static_cast<float>(sum * memory + weight * a * b);
  };
  add(dd, lead.day, lead.day);
  add(dh, lead.day, lead.hours);
  add(hh, lead.hours, lead.hours);
  add(dy, lead.day, off);
  add(hy, lead.hours, off);
}

Level::Lead Level::Regression::solve(const Lead& prior, double strength) const {
  const double a = dd + strength;
  const double b = hh + strength;
  const double x = dy + strength * prior.day;
  const double y = hy + strength * prior.hours;
  const double det = a * b - static_cast<double>(dh) * dh;
  return {static_cast<float>((x * b - y * dh) / det), static_cast<float>((y * a - x * dh) / det)};
}

}  // namespace tocsin::rule
