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
#include <random>
#include <string>
#include <vector>

#include "baselines/score.hpp"
#include "baselines/traffic.hpp"
#include "tocsin/rule/baseline.hpp"

using namespace tocsin;
using namespace tocsin::bench;
using rule::Baseline;
using rule::Side;

namespace {

constexpr double kBudget = 1.0 / 3;

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
    const double chance = kind.counted == Counted::gauge ? 0 : kind.batch * m;
    variance += chance + kind.noise * m * m;
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
                       .accept_after = {},
                       .gauge = kind_.counted == Counted::gauge});
    const auto from = static_cast<std::size_t>(kMeasuredFrom) * 24 * hour_;
    const double every = static_cast<double>(buckets.size() - from) / (injections + 1);
    double next_injection = static_cast<double>(from) + every * year.unit();
    bool alarm = false;
    bool was_week = false;
    bool was_hour = false;
    std::size_t accept_at = 0;
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
      const auto view = observe(baseline, bucket, bucket.value);
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
    score_.years +=
        static_cast<double>(buckets.size() - from) / static_cast<double>(24 * hour_) / 365.25;
  }

  bool verbose = false;
  [[nodiscard]] const Score& score() const { return score_; }

 private:
  rule::BaselineView observe(Baseline& baseline, const Bucket& bucket, double value) const {
    const bool ratio = kind_.counted == Counted::errors;
    return baseline.observe(bucket.end, zone_, value, Baseline::Teach::yes,
                            ratio ? std::optional(bucket.of) : std::nullopt);
  }

  [[nodiscard]] bool by_hand(const std::vector<Bucket>& buckets, std::size_t i, double value,
                             bool hour) const {
    if (i < week_ + hour_) return false;
    // Of errors the ratio: of those of now, and of those of then.
    const bool ratio = kind_.counted == Counted::errors;
    const auto share = [&](const Bucket& b, double v) { return ratio ? v / b.of : v; };
    value = share(buckets[i], value);
    double before = share(buckets[i - week_], buckets[i - week_].value);
    if (hour) {
      before = 0;
      double known = 0;
      for (std::size_t back = 0; back < hour_; ++back) {
        const double v = share(buckets[i - week_ - back], buckets[i - week_ - back].value);
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
            observe(copy, buckets[i], value).state == rule::BaselineView::State::alarm)
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
    print_head(side);
    for (const auto& kind : kinds()) {
      if (!only_kind.empty() && kind.name != only_kind) continue;
      for (const double level : {3.0, 30.0, 300.0, 3000.0, 30000.0, 300000.0}) {
        if (only_level != 0 ? level != only_level : level < kind.from || level > kind.to) continue;
        if (kind.counted == Counted::errors && side == Side::drop) continue;
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
