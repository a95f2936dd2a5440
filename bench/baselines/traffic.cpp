#include "baselines/traffic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tocsin::bench {

using rule::Side;

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{
      {.name = "usual"},
      {.name = "calm", .noise = 0.002},
      {.name = "noisy", .noise = 0.05},
      {.name = "batches", .batch = 5},
      {.name = "growth", .growth = true},
      {.name = "outages", .outages = true},
      {.name = "bursts", .bursts = true},
      {.name = "gaps", .gaps = true},
      {.name = "steps", .steps = true},
      {.name = "ramps", .ramps = true},
      {.name = "holidays", .holidays = true},
      {.name = "minutes", .bucket = std::chrono::minutes(1)},
      {.name = "restarts", .restarts = true},
      {.name = "errors", .counted = Counted::errors, .from = 300, .to = 300'000},
      {.name = "gauge", .counted = Counted::gauge, .from = 300, .to = 300},
  };
  return all;
}

Year::Year(const Kind& kind, double per_hour, Side side, const TimeZone& zone, std::uint64_t seed)
    : kind_(kind), random_(seed) {
  per_hour_ = static_cast<int>(std::chrono::hours(1) / kind.bucket);
  draw_shape();
  const int day = 24 * per_hour_;
  buckets_.resize(static_cast<std::size_t>(kYearDays * day));
  double of_day = 1;
  double of_hour = 1;
  WallTime at(std::chrono::hours(24) * 19723);
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (static_cast<int>(i) % day == 0) of_day = wobble(kind.day);
    if (static_cast<int>(i) % per_hour_ == 0) of_hour = wobble(kind.hour);
    auto& bucket = buckets_[i];
    bucket.truth = per_hour / per_hour_ * shape(zone.local(at));
    if (kind.growth)
      bucket.truth *= std::pow(3.0, static_cast<double>(i) / static_cast<double>(buckets_.size()));
    at += kind.bucket;
    bucket.end = at;
    bucket.rate = bucket.truth * of_day * of_hour;
    if (kind.noise > 0)
      bucket.rate *= std::gamma_distribution<>(1 / kind.noise, kind.noise)(random_);
  }
  happen(side, zone);
  if (kind.counted == Counted::errors) count_errors();
  for (auto& bucket : buckets_) {
    if (!std::isnan(bucket.value)) bucket.value = draw(bucket.rate);
  }
  if (kind.gaps) restart(100);
  if (kind.restarts) restart(3 * kYearDays);
}

double Year::draw(double rate) {
  if (rate <= 0) return 0;
  if (kind_.counted == Counted::gauge) return rate;
  return kind_.batch *
         static_cast<double>(std::poisson_distribution<long>(rate / kind_.batch)(random_));
}

double Year::wobble(double sd) {
  return std::exp(std::normal_distribution<>(-sd * sd / 2, sd)(random_));
}

std::size_t Year::somewhere() {
  const auto day = static_cast<std::size_t>(24 * per_hour_);
  return day + static_cast<std::size_t>(unit() * static_cast<double>(buckets_.size() - 4 * day));
}

void Year::draw_shape() {
  swing_ = 0.5 + 0.6 * unit();
  second_ = 0.3 * unit();
  peak_ = 12 + 6 * unit();
  weekend_ = 0.55 + 0.4 * unit();
  double sum = 0;
  for (int i = 0; i < 7 * 96; ++i) sum += shape(LocalTime(std::chrono::minutes(15) * i));
  norm_ = 7 * 96 / sum;
}

double Year::shape(LocalTime local) const {
  const auto since = local.time_since_epoch();
  const double hour =
      std::chrono::duration<double, std::ratio<3600>>(since % std::chrono::hours(24)).count();
  const auto weekday = (since / std::chrono::hours(24) + 3) % 7;  // Monday is 0
  const double phase = 2 * M_PI * (hour - peak_) / 24;
  const double rhythm = std::exp(swing_ * std::cos(phase) + second_ * std::cos(2 * phase));
  return norm_ * rhythm * (weekday >= 5 ? weekend_ : 1);
}

template <class Change>
void Year::over(std::size_t from, std::size_t count, Change change) {
  for (auto i = from; i < std::min(from + count, buckets_.size()); ++i) change(buckets_[i]);
}

void Year::happen(Side side, const TimeZone& zone) {
  const auto hour = static_cast<std::size_t>(per_hour_);
  if (kind_.outages) have_outages(side);
  if (kind_.bursts) have_bursts(side);
  if (kind_.gaps) {
    for (int i = 0; i < 50; ++i) {
      over(somewhere(),
           1 + static_cast<std::size_t>(std::pow(unit(), 3) * static_cast<double>(30 * hour)),
           [](Bucket& b) { b.value = std::numeric_limits<double>::quiet_NaN(); });
    }
  }
  if (kind_.steps) have_steps();
  if (kind_.ramps) have_ramps();
  if (kind_.holidays) have_holidays(zone);
}

void Year::have_outages(Side side) {
  const auto hour = static_cast<std::size_t>(per_hour_);
  for (int i = 0; i < 24; ++i) {
    const double left = 0.7 * unit();
    const auto from = somewhere();
    const auto lasts = hour / 2 + static_cast<std::size_t>(unit() * static_cast<double>(8 * hour));
    over(from, lasts, [&](Bucket& b) { b.rate *= left; });
    // Of a drop's pages those within it are right; that it ends is no rise.
    if (side == Side::drop) over(from, lasts + hour, [&](Bucket& b) { b.excused = true; });
  }
}

void Year::have_bursts(Side side) {
  const auto hour = static_cast<std::size_t>(per_hour_);
  for (int i = 0; i < 36; ++i) {
    const double more = 2 + 2 * unit();
    const auto from = somewhere();
    const auto lasts = hour / 2 + static_cast<std::size_t>(unit() * static_cast<double>(2 * hour));
    over(from, lasts, [&](Bucket& b) { b.rate *= more; });
    if (side == Side::rise) over(from, lasts + hour, [&](Bucket& b) { b.excused = true; });
  }
}

void Year::have_steps() {
  const auto hour = static_cast<std::size_t>(per_hour_);
  for (int i = 1; i <= 4; ++i) {
    const double factor = i % 2 == 1 ? 0.5 : 2.2;
    const auto from = buckets_.size() / 5 * static_cast<std::size_t>(i) +
                      static_cast<std::size_t>(unit() * static_cast<double>(48 * hour));
    over(from, buckets_.size(), [&](Bucket& b) { b.rate *= factor, b.truth *= factor; });
    over(from, 36 * hour, [](Bucket& b) { b.excused = true; });
  }
}

void Year::have_ramps() {
  const double period = (50 + 50 * unit()) * 24 * per_hour_;
  const double phase = 2 * M_PI * unit();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    const double factor =
        std::exp(0.5 * std::sin(2 * M_PI * static_cast<double>(i) / period + phase));
    buckets_[i].rate *= factor;
    buckets_[i].truth *= factor;
  }
}

void Year::have_holidays(const TimeZone& zone) {
  const auto hour = static_cast<std::size_t>(per_hour_);
  for (int i = 0; i < 10; ++i) {
    const auto day = 20 + static_cast<std::size_t>(unit() * (kYearDays - 22));
    over(day * 24 * hour, 24 * hour, [&](Bucket& b) {
      const auto weekday = (zone.local(b.end).time_since_epoch() / std::chrono::hours(24) + 3) % 7;
      b.holiday = true;
      if (weekday < 5) b.rate *= 0.5;
    });
  }
}

/// Requests are what the traffic was until now; of them a part fails, on some days and hours more
/// of them.
void Year::count_errors() {
  double of_day = 1;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    auto& bucket = buckets_[i];
    if (static_cast<int>(i) % (24 * per_hour_) == 0) of_day = wobble(kind_.day);
    bucket.of = draw(bucket.rate);
    bucket.truth = bucket.of * kErrorRatio;
    bucket.rate = bucket.truth * of_day;
    if (kind_.noise > 0)
      bucket.rate *= std::gamma_distribution<>(1 / kind_.noise, kind_.noise)(random_);
  }
}

/// What was counted since the last evaluation is gone in part; where the start takes long, of two
/// buckets all.
void Year::restart(int times) {
  for (int i = 0; i < times; ++i) {
    const auto at = somewhere();
    buckets_[at].value *= unit();
    if (kind_.restarts && unit() < 0.1)
      over(at + 1, 2, [](Bucket& b) { b.value = std::numeric_limits<double>::quiet_NaN(); });
  }
}

}  // namespace tocsin::bench
