// A year of traffic of which the truth is known: the week's rhythm, days and hours that differ,
// noise, and what befalls it.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/rule/surprise.hpp"

namespace tocsin::bench {

/// What is counted.
enum class Counted {
  events,
  errors,  ///< of requests: `Bucket::of`; the level is that of the requests
  gauge,   ///< a value, which chance does not make a whole number
};

struct Kind {
  std::string name;
  double noise = 0.02;  ///< relative variance of a bucket's rate
  double day = 0.08;    ///< relative standard deviation from day to day
  double hour = 0.04;
  int batch = 1;
  bool growth = false;    ///< threefold in the year
  bool outages = false;   ///< real ones, two a month: pages in them are right
  bool bursts = false;    ///< real ones, a threefold hour or two, three a month
  bool gaps = false;      ///< stretches without data, restarts that lose a part of a bucket
  bool restarts = false;  ///< three a day: each loses a part of a bucket, some of them all of two
  bool steps = false;     ///< lasting changes of level, told by people within two hours
  bool ramps = false;     ///< weeks of slow rise and fall
  bool holidays = false;  ///< ten that nobody told of
  Duration bucket = std::chrono::minutes(5);
  Counted counted = Counted::events;

  /// The least level that says something of it, in events (requests) an hour, and the most.
  double from = 3;
  double to = 30'000;
};

[[nodiscard]] const std::vector<Kind>& kinds();

constexpr int kYearDays = 365;
constexpr double kErrorRatio = 0.02;

struct Bucket {
  WallTime end;
  double truth = 0;  ///< what someone knows who knows the season, the level and its changes
  double rate = 0;   ///< with its noise
  double value = 0;  ///< NaN in a gap
  double of = 0;     ///< requests, where errors of them are counted
  bool excused = false;
  bool holiday = false;
};

class Year {
 public:
  Year(const Kind& kind, double per_hour, rule::Side side, const TimeZone& zone,
       std::uint64_t seed);

  [[nodiscard]] const std::vector<Bucket>& buckets() const { return buckets_; }
  /// What chance makes of that rate.
  [[nodiscard]] double draw(double rate);
  [[nodiscard]] double unit() { return std::uniform_real_distribution<>()(random_); }

 private:
  [[nodiscard]] double wobble(double sd);
  [[nodiscard]] std::size_t somewhere();
  void draw_shape();
  [[nodiscard]] double shape(LocalTime local) const;
  template <class Change>
  void over(std::size_t from, std::size_t count, Change change);
  void happen(rule::Side side, const TimeZone& zone);
  void have_outages(rule::Side side);
  void have_bursts(rule::Side side);
  void have_steps();
  void have_ramps();
  void have_holidays(const TimeZone& zone);
  void count_errors();
  void restart(int times);

  Kind kind_;
  std::mt19937_64 random_;
  int per_hour_ = 12;
  double swing_ = 0, second_ = 0, peak_ = 0, weekend_ = 1, norm_ = 1;
  std::vector<Bucket> buckets_;
};

}  // namespace tocsin::bench
