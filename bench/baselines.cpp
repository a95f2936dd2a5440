// What a baseline's method pages, and misses, on traffic of which the truth is known: false pages a
// series and year, and the share of injected drops and rises that it finds in time; two
// hand-written rules are judged beside it, on the same traffic. The seeds are fresh in each run.
//
//   build/release/bench/baselines [--seeds N] [--seed S] [--kind NAME] [--level N] [--side
//   drop|rise]
//
// In time: within max(3, k) buckets, k being what someone needs who knows the true rate and how
// much it wavers, for the same evidence, by the normal approximation; injections of which k is
// longer than they last do not count.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "tocsin/rule/baseline.hpp"

using namespace tocsin;
using rule::Baseline;
using rule::Side;

namespace {

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
  bool steps = false;     ///< lasting changes of level, told by people within two hours
  bool ramps = false;     ///< weeks of slow rise and fall
  bool holidays = false;  ///< ten that nobody told of
  Duration bucket = std::chrono::minutes(5);
};

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
  };
  return all;
}

constexpr int kDays = 365;
constexpr int kMeasuredFrom = 14;  ///< days
constexpr int kKnowsFrom = 36;     ///< days: five weeks; what is found before is told apart
constexpr double kBudget = 1.0 / 3;
constexpr int kLongest = 576;  ///< buckets that an injection lasts

struct Bucket {
  WallTime end;
  double truth = 0;  ///< what someone knows who knows the season, the level and its changes
  double rate = 0;   ///< with its noise
  double value = 0;  ///< NaN in a gap
  bool excused = false;
  bool holiday = false;
};

class Year {
 public:
  Year(const Kind& kind, double per_hour, Side side, const TimeZone& zone, std::uint64_t seed)
      : kind_(kind), random_(seed) {
    per_hour_ = static_cast<int>(std::chrono::hours(1) / kind.bucket);
    draw_shape();
    const int day = 24 * per_hour_;
    buckets_.resize(static_cast<std::size_t>(kDays * day));
    double of_day = 1;
    double of_hour = 1;
    WallTime at(std::chrono::hours(24) * 19723);
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      if (static_cast<int>(i) % day == 0) of_day = wobble(kind.day);
      if (static_cast<int>(i) % per_hour_ == 0) of_hour = wobble(kind.hour);
      auto& bucket = buckets_[i];
      bucket.truth = per_hour / per_hour_ * shape(zone.local(at));
      if (kind.growth)
        bucket.truth *=
            std::pow(3.0, static_cast<double>(i) / static_cast<double>(buckets_.size()));
      at += kind.bucket;
      bucket.end = at;
      bucket.rate = bucket.truth * of_day * of_hour;
      if (kind.noise > 0)
        bucket.rate *= std::gamma_distribution<>(1 / kind.noise, kind.noise)(random_);
    }
    happen(side, zone);
    for (auto& bucket : buckets_) {
      if (!std::isnan(bucket.value)) bucket.value = draw(bucket.rate);
    }
    if (kind.gaps) restarts();
  }

  [[nodiscard]] const std::vector<Bucket>& buckets() const { return buckets_; }
  [[nodiscard]] double draw(double rate) {
    if (rate <= 0) return 0;
    return kind_.batch *
           static_cast<double>(std::poisson_distribution<long>(rate / kind_.batch)(random_));
  }
  [[nodiscard]] double unit() { return std::uniform_real_distribution<>()(random_); }
  [[nodiscard]] const std::vector<std::size_t>& steps() const { return steps_; }

 private:
  double wobble(double sd) {
    return std::exp(std::normal_distribution<>(-sd * sd / 2, sd)(random_));
  }
  std::size_t somewhere() {
    const auto day = static_cast<std::size_t>(24 * per_hour_);
    return day + static_cast<std::size_t>(unit() * static_cast<double>(buckets_.size() - 4 * day));
  }
  void draw_shape() {
    swing_ = 0.5 + 0.6 * unit();
    second_ = 0.3 * unit();
    peak_ = 12 + 6 * unit();
    weekend_ = 0.55 + 0.4 * unit();
    double sum = 0;
    for (int i = 0; i < 7 * 96; ++i) sum += shape(LocalTime(std::chrono::minutes(15) * i));
    norm_ = 7 * 96 / sum;
  }
  [[nodiscard]] double shape(LocalTime local) const {
    const auto since = local.time_since_epoch();
    const double hour =
        std::chrono::duration<double, std::ratio<3600>>(since % std::chrono::hours(24)).count();
    const auto weekday = (since / std::chrono::hours(24) + 3) % 7;  // Monday is 0
    const double phase = 2 * M_PI * (hour - peak_) / 24;
    const double rhythm = std::exp(swing_ * std::cos(phase) + second_ * std::cos(2 * phase));
    return norm_ * rhythm * (weekday >= 5 ? weekend_ : 1);
  }
  void over(std::size_t from, std::size_t count, auto change) {
    for (auto i = from; i < std::min(from + count, buckets_.size()); ++i) change(buckets_[i]);
  }
  void happen(Side side, const TimeZone& zone) {
    const auto hour = static_cast<std::size_t>(per_hour_);
    if (kind_.outages) {
      for (int i = 0; i < 24; ++i) {
        const double left = 0.7 * unit();
        const auto from = somewhere();
        const auto lasts =
            hour / 2 + static_cast<std::size_t>(unit() * static_cast<double>(8 * hour));
        over(from, lasts, [&](Bucket& b) { b.rate *= left; });
        // Of a drop's pages those within it are right; that it ends is no rise.
        if (side == Side::drop) over(from, lasts + hour, [&](Bucket& b) { b.excused = true; });
      }
    }
    if (kind_.bursts) {
      for (int i = 0; i < 36; ++i) {
        const double more = 2 + 2 * unit();
        const auto from = somewhere();
        const auto lasts =
            hour / 2 + static_cast<std::size_t>(unit() * static_cast<double>(2 * hour));
        over(from, lasts, [&](Bucket& b) { b.rate *= more; });
        if (side == Side::rise) over(from, lasts + hour, [&](Bucket& b) { b.excused = true; });
      }
    }
    if (kind_.gaps) {
      for (int i = 0; i < 50; ++i) {
        over(somewhere(),
             1 + static_cast<std::size_t>(std::pow(unit(), 3) * static_cast<double>(30 * hour)),
             [](Bucket& b) { b.value = std::numeric_limits<double>::quiet_NaN(); });
      }
    }
    if (kind_.steps) {
      for (int i = 1; i <= 4; ++i) {
        const double factor = i % 2 == 1 ? 0.5 : 2.2;
        const auto from = buckets_.size() / 5 * static_cast<std::size_t>(i) +
                          static_cast<std::size_t>(unit() * static_cast<double>(48 * hour));
        steps_.push_back(from);
        over(from, buckets_.size(), [&](Bucket& b) { b.rate *= factor, b.truth *= factor; });
        over(from, 36 * hour, [](Bucket& b) { b.excused = true; });
      }
    }
    if (kind_.ramps) {
      const double period = (50 + 50 * unit()) * 24 * per_hour_;
      const double phase = 2 * M_PI * unit();
      for (std::size_t i = 0; i < buckets_.size(); ++i) {
        const double factor =
            std::exp(0.5 * std::sin(2 * M_PI * static_cast<double>(i) / period + phase));
        buckets_[i].rate *= factor;
        buckets_[i].truth *= factor;
      }
    }
    if (kind_.holidays) {
      for (int i = 0; i < 10; ++i) {
        const auto day = 20 + static_cast<std::size_t>(unit() * (kDays - 22));
        over(day * 24 * hour, 24 * hour, [&](Bucket& b) {
          const auto weekday =
              (zone.local(b.end).time_since_epoch() / std::chrono::hours(24) + 3) % 7;
          b.holiday = true;
          if (weekday < 5) b.rate *= 0.5;
        });
      }
    }
  }
  void restarts() {
    for (int i = 0; i < 100; ++i) {
      auto& bucket = buckets_[somewhere()];
      bucket.value *= unit();
    }
  }

  Kind kind_;
  std::mt19937_64 random_;
  int per_hour_ = 12;
  double swing_ = 0, second_ = 0, peak_ = 0, weekend_ = 1, norm_ = 1;
  std::vector<Bucket> buckets_;
  std::vector<std::size_t> steps_;
};

/// Of an injection: after how many buckets each found it; 0: never.
struct Found {
  int needed = 0;  ///< by who knows the true rate; 0: more than it lasts
  int method = 0;
  int week_ago = 0;
  int week_ago_hour = 0;
};
struct Score {
  double years = 0;
  int false_pages = 0, holiday_pages = 0, true_pages = 0;
  int week_ago = 0, week_ago_hour = 0;
  std::vector<std::vector<Found>> found;  ///< by factor
  std::vector<Found> early;               ///< of the first factor
  double spent = 0;                       ///< seconds, of all buckets of all years
  std::size_t buckets = 0;
  std::vector<int> by_year{};
};

double quantile_of_evidence() {
  const double p = kBudget / 365.25 / 288;
  double low = 0;
  double high = 10;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(middle / std::sqrt(2.0)) / 2 > p ? low : high) = middle;
  }
  return low;
}

int needed(const std::vector<Bucket>& buckets, std::size_t from, double factor, const Kind& kind) {
  static const double z = quantile_of_evidence();
  double mean = 0;
  double variance = 0;
  for (int k = 1; k <= kLongest && from + static_cast<std::size_t>(k) <= buckets.size(); ++k) {
    const double m = buckets[from + static_cast<std::size_t>(k) - 1].truth;
    mean += m;
    variance += kind.batch * m + kind.noise * m * m;
    const double all = variance + (kind.day * kind.day + kind.hour * kind.hour) * mean * mean;
    if (std::abs(1 - factor) * mean >= z * std::sqrt(all)) return k;
  }
  return 0;
}

class Trial {
 public:
  Trial(const Kind& kind, double level, Side side, std::vector<double> factors,
        const TimeZone& zone)
      : kind_(kind), level_(level), side_(side), factors_(std::move(factors)), zone_(zone) {
    score_.found.resize(factors_.size());
    week_ = static_cast<std::size_t>(std::chrono::hours(24 * 7) / kind.bucket);
    hour_ = static_cast<std::size_t>(std::chrono::hours(1) / kind.bucket);
  }

  void run(std::uint64_t seed, int injections) {
    Year year(kind_, level_, side_, zone_, seed);
    const auto& buckets = year.buckets();
    Baseline baseline({.side = side_,
                       .by = side_ == Side::drop ? 0.3 : 1.0,
                       .false_pages_a_year = kBudget,
                       .bucket = kind_.bucket,
                       .accept_after = {}});
    const auto from = static_cast<std::size_t>(kMeasuredFrom) * 24 * hour_;
    const double every = static_cast<double>(buckets.size() - from) / (injections + 1);
    double next_injection = static_cast<double>(from) + every * year.unit();
    bool alarm = false;
    bool was_week = false;
    bool was_hour = false;
    std::size_t accept_at = 0;
    const int pages_before = score_.false_pages;
    const auto begin = std::chrono::steady_clock::now();
    double spent_in_injections = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      const auto& bucket = buckets[i];
      if (static_cast<double>(i) >= next_injection) {
        next_injection += every;
        const auto start = std::chrono::steady_clock::now();
        if (!alarm) inject(year, baseline, i);
        spent_in_injections +=
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      }
      const auto view = baseline.observe(bucket.end, zone_, bucket.value);
      if (accept_at != 0 && i >= accept_at) {
        baseline.accept();
        accept_at = 0;
      }
      if (verbose && i % hour_ == 0 && i >= from && view.judged) {
        static double n = 0, d1 = 0, d2 = 0;
        const double off = std::log(view.expected / bucket.truth);
        n += 1, d1 += off, d2 += off * off;
        if (static_cast<long>(n) % 1000 == 0) {
          fmt::print(
              "# {} bias {:.3f} rms {:.3f} slow {:.4f} phi {:.2f} (true {:.2f}) batch {:.2f}\n",
              i / 24 / hour_, d1 / n, std::sqrt(d2 / n), std::sqrt(baseline.dispersion().slow()),
              baseline.dispersion().phi(view.expected), 1 + kind_.noise * view.expected,
              baseline.dispersion().batch());
          n = d1 = d2 = 0;
        }
      }
      const bool now_alarm = view.state == rule::BaselineView::State::alarm;
      if (now_alarm && !alarm) {
        if (i >= from) {
          if (bucket.excused)
            ++score_.true_pages;
          else if (bucket.holiday)
            ++score_.holiday_pages;
          else {
            ++score_.false_pages;
            if (verbose)
              fmt::print(
                  "# false at day {:.3f} expected {:.1f} seen {:.1f} of {:.1f} +- {:.1f} in {} "
                  "truth {:.1f} s {:.1f}\n",
                  static_cast<double>(i) / 24 / static_cast<double>(hour_), view.expected,
                  view.seen, view.seen_expected, view.seen_sd, view.buckets, bucket.truth,
                  view.surprise);
          }
        }
        if (kind_.steps && bucket.excused) accept_at = i + 2 * hour_;
      }
      alarm = now_alarm;
      if (i >= from) {
        const bool week = by_hand(buckets, i, bucket.value, false);
        const bool hourly = by_hand(buckets, i, bucket.value, true);
        if (!bucket.excused && !bucket.holiday) {
          score_.week_ago += week && !was_week ? 1 : 0;
          score_.week_ago_hour += hourly && !was_hour ? 1 : 0;
        }
        was_week = week;
        was_hour = hourly;
      }
    }
    score_.spent +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() -
        spent_in_injections;
    score_.buckets += buckets.size();
    score_.by_year.push_back(score_.false_pages - pages_before);
    score_.years +=
        static_cast<double>(buckets.size() - from) / static_cast<double>(24 * hour_) / 365.25;
  }

  bool verbose = false;
  [[nodiscard]] const Score& score() const { return score_; }

 private:
  [[nodiscard]] bool by_hand(const std::vector<Bucket>& buckets, std::size_t i, double value,
                             bool hour) const {
    if (i < week_ + hour_) return false;
    double before = buckets[i - week_].value;
    if (hour) {
      before = 0;
      double known = 0;
      for (std::size_t back = 0; back < hour_; ++back) {
        const double v = buckets[i - week_ - back].value;
        if (!std::isnan(v)) before += v, ++known;
      }
      before /= known;
    }
    return side_ == Side::drop ? value < 0.5 * before : value > 3 * before;
  }

  void inject(Year& year, const Baseline& baseline, std::size_t from) {
    const auto& buckets = year.buckets();
    const auto last = std::min(buckets.size(), from + kLongest);
    if (std::any_of(buckets.begin() + static_cast<std::ptrdiff_t>(from),
                    buckets.begin() + static_cast<std::ptrdiff_t>(last),
                    [](const Bucket& b) { return b.excused || b.holiday || std::isnan(b.value); }))
      return;
    for (std::size_t f = 0; f < factors_.size(); ++f) {
      Found found;
      found.needed = needed(buckets, from, factors_[f], kind_);
      auto copy = baseline;
      const int in_time = std::max(3, found.needed);
      for (auto i = from; i < last; ++i) {
        const double value = year.draw(buckets[i].rate * factors_[f]);
        const int count = static_cast<int>(i - from) + 1;
        if (found.method == 0 &&
            copy.observe(buckets[i].end, zone_, value).state == rule::BaselineView::State::alarm)
          found.method = count;
        if (found.week_ago == 0 && by_hand(buckets, i, value, false)) found.week_ago = count;
        if (found.week_ago_hour == 0 && by_hand(buckets, i, value, true))
          found.week_ago_hour = count;
        if (found.method != 0 && count >= in_time) break;
      }
      if (verbose && found.needed > 0 && (found.method == 0 || found.method > in_time))
        fmt::print("# missed {} at day {:.2f} needed {} took {} truth {:.1f} rate {:.1f}\n",
                   factors_[f], static_cast<double>(from) / 24 / static_cast<double>(hour_),
                   found.needed, found.method, buckets[from].truth, buckets[from].rate);
      if (from >= static_cast<std::size_t>(kKnowsFrom) * 24 * hour_)
        score_.found[f].push_back(found);
      else if (f == 0)
        score_.early.push_back(found);
    }
  }

  Kind kind_;
  double level_;
  Side side_;
  std::vector<double> factors_;
  const TimeZone& zone_;
  std::size_t week_ = 0, hour_ = 0;
  Score score_;
};

using Which = int Found::*;

double within(const std::vector<Found>& all, Which which, int buckets) {
  if (all.empty()) return 0;
  return static_cast<double>(
             std::count_if(all.begin(), all.end(),
                           [&](const Found& f) { return f.*which > 0 && f.*which <= buckets; })) /
         static_cast<double>(all.size());
}

std::string in_time(const std::vector<Found>& all, Which which) {
  int possible = 0;
  int done = 0;
  for (const auto& f : all) {
    if (f.needed == 0) continue;
    ++possible;
    if (f.*which > 0 && f.*which <= std::max(3, f.needed)) ++done;
  }
  return possible == 0 ? "-" : fmt::format("{:.3f}", static_cast<double>(done) / possible);
}

std::string rank(const std::vector<Found>& all, Which which, double share,
                 bool possible_only = false) {
  std::vector<int> values;
  for (const auto& f : all) {
    if (possible_only && f.needed == 0) continue;
    values.push_back(f.*which == 0 ? kLongest + 1 : f.*which);
  }
  if (values.empty()) return "-";
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at > kLongest ? fmt::format(">{}", kLongest) : fmt::format("{}", *at);
}

void print(const Kind& kind, double level, Side side, const Score& score) {
  const auto line = [&](std::string_view who, int pages, Which which) {
    const auto& f = score.found;
    const std::string pages_text = fmt::format("{:.2f}", pages / score.years);
    if (side == Side::drop) {
      fmt::print("| {} | {} | {} | {} | {} | {:.3f} | {} ({}) | {}, {} | {:.3f} / {} | {:.3f} |\n",
                 kind.name, level, who, pages_text,
                 which == &Found::method && kind.holidays
                     ? fmt::format("{:.1f}", score.holiday_pages / score.years)
                     : "",
                 within(f[0], which, 3), in_time(f[0], which),
                 rank(f[0], &Found::needed, 0.5, true), rank(f[0], which, 0.5),
                 rank(f[0], which, 0.95), within(f[1], which, 3), in_time(f[1], which),
                 within(f[2], which, 3));
    } else {
      fmt::print("| {} | {} | {} | {} | {:.3f} / {} | {}, {} |\n", kind.name, level, who,
                 pages_text, within(f[0], which, 3), in_time(f[0], which), rank(f[0], which, 0.5),
                 rank(f[0], which, 0.95));
    }
  };
  line("the method", score.false_pages, &Found::method);
  if (side == Side::drop && kind.name == "usual") {
    fmt::print("| {} | {} | days {} to {} | | | {:.3f} | {} ({}) | {}, {} | | |\n", kind.name,
               level, kMeasuredFrom, kKnowsFrom, within(score.early, &Found::method, 3),
               in_time(score.early, &Found::method), rank(score.early, &Found::needed, 0.5, true),
               rank(score.early, &Found::method, 0.5), rank(score.early, &Found::method, 0.95));
  }
  line("offset 1w", score.week_ago, &Found::week_ago);
  line("avg1h", score.week_ago_hour, &Found::week_ago_hour);
  std::fflush(stdout);
}

TimeZone berlin() {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  auto zone = TimeZone::from_tzif("Europe/Berlin", bytes);
  return zone ? *zone : TimeZone();
}

}  // namespace

int main(int argc, char** argv) {
  int seeds = 4;
  int injections = 40;
  std::uint64_t seed = std::random_device{}();
  std::string only_kind;
  std::string only_side;
  double only_level = 0;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto next = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (option == "--seeds") seeds = std::stoi(next());
    if (option == "--seed") seed = std::stoull(next());
    if (option == "--kind") only_kind = next();
    if (option == "--side") only_side = next();
    if (option == "--level") only_level = std::stod(next());
    if (option == "--injections") injections = std::stoi(next());
    if (option == "--verbose") verbose = true;
  }
  const auto zone = berlin();
  fmt::print("seed {}, {} simulated years each; budget one false page in three years\n", seed,
             seeds);
  double spent = 0;
  std::size_t buckets = 0;
  for (const auto side : {Side::drop, Side::rise}) {
    if (!only_side.empty() && (only_side == "drop") != (side == Side::drop)) continue;
    fmt::print("{}", side == Side::drop
                         ? "\n| drop by 30 % | events/h | who | false/yr | on holidays/yr | 50 %: "
                           "in 3 | 50 %: in time (median k) | 50 % median, p95 buckets | 80 %: in "
                           "3 / in time | 30 %: in 3 |\n|---|---|---|---|---|---|---|---|---|---|\n"
                         : "\n| rise by 100 % | events/h | who | false/yr | threefold: in 3 / in "
                           "time | median, p95 buckets |\n|---|---|---|---|---|---|\n");
    for (const auto& kind : kinds()) {
      if (!only_kind.empty() && kind.name != only_kind) continue;
      for (const double level : {3.0, 30.0, 300.0, 3000.0, 30000.0}) {
        if (only_level != 0 && level != only_level) continue;
        Trial trial(kind, level, side,
                    side == Side::drop ? std::vector{0.5, 0.2, 0.7} : std::vector{3.0}, zone);
        trial.verbose = verbose;
        for (int i = 0; i < seeds; ++i)
          trial.run(seed * 1000003 + static_cast<std::uint64_t>(i), injections);
        print(kind, level, side, trial.score());
        spent += trial.score().spent;
        buckets += trial.score().buckets;
      }
    }
  }
  const Baseline baseline({});
  const Baseline minutes({.bucket = std::chrono::minutes(1), .accept_after = {}});
  fmt::print(
      "\n{:.2f} µs a bucket (the hand-written rules included); {} KB a rule of 5 min, {} KB of 1 "
      "min\n",
      spent / static_cast<double>(buckets) * 1e6, baseline.footprint() / 1024,
      minutes.footprint() / 1024);
}
