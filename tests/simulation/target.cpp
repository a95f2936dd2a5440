#include "target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace tocsin::simulation {
namespace {

Duration between(Random& random, Duration low, Duration high) {
  return low + Duration(static_cast<Duration::rep>(
                   random.below(static_cast<std::uint64_t>((high - low).count()) + 1)));
}
}  // namespace

SimTarget::SimTarget(const TargetPlan& plan, Random random, const Swarm& swarm)
    : plan_(plan), random_(random), may_flap_(swarm.on(Fault::flapping)) {
  for (std::size_t m = 0; m < plan_.metrics.size(); ++m) {
    const std::size_t disks = plan_.metrics[m].disks;
    for (std::size_t d = 0; d < std::max<std::size_t>(disks, 1); ++d) {
      Series series;
      series.metric = m;
      series.disk = disks > 0 ? static_cast<int>(d) : -1;
      series.next = between(random_, minutes(5), disks > 0 ? hours(160) : hours(24));
      series.counter = plan_.metrics[m].counter ? 1e6 : 0;
      series_.push_back(series);
    }
  }
}

/// Good, between, bad, very bad, exactly the clear value, exactly the threshold.
double SimTarget::value_of(const Series& series) const {
  static constexpr std::array<double, 6> kValues = {10, 45, 60, 90, 40, 50};
  const MetricPlan& metric = plan_.metrics[series.metric];
  const int condition = series.condition;
  if (metric.binary) return condition == 2 || condition == 3 ? 0 : 1;
  const double value = kValues[static_cast<std::size_t>(condition)];
  return metric.falls ? 100 - value : value;
}

void SimTarget::turn(Series& series, Duration at) {
  const bool store = series.disk >= 0;
  const bool was_bad = series.condition != 0 && series.condition != 4;
  if (was_bad && at < series.bad_until && series.flaps) {
    series.condition = 0;
    series.next = at + between(random_, minutes(1), minutes(3));
    return;
  }
  if (!was_bad && at < series.bad_until) {
    series.condition = 2;
    series.next = at + between(random_, minutes(1), minutes(3));
    return;
  }
  if (was_bad && at < series.bad_until) {  // it gets better or worse within one trouble
    series.condition = 1 + static_cast<int>(random_.below(3));
    series.next = at + between(random_, minutes(2), minutes(30));
    return;
  }
  if (was_bad || series.flaps) {
    series.condition = random_.one_in(4) ? 4 : 0;
    series.flaps = false;
    series.bad_until = {};
    series.next =
        at + (random_.one_in(6) ? between(random_, minutes(2), minutes(12))
                                : between(random_, hours(1), store ? hours(160) : hours(40)));
    return;
  }
  if (random_.one_in(8)) {  // near the threshold, but well
    series.condition = 5;
    series.bad_until = at + minutes(5);
    series.next = series.bad_until;
    return;
  }
  const std::uint64_t profile = random_.below(10);
  const Duration lasts = profile < 4   ? between(random_, minutes(1), minutes(7))
                         : profile < 8 ? between(random_, minutes(8), minutes(50))
                                       : between(random_, hours(1), hours(7));
  series.condition = random_.one_in(3) ? 3 : 2;
  series.bad_until = at + lasts;
  series.flaps = may_flap_ && random_.one_in(4);
  if (series.flaps) ++flaps_;
  series.next = series.flaps        ? at + between(random_, minutes(1), minutes(3))
                : random_.one_in(2) ? at + lasts
                                    : at + between(random_, minutes(2), lasts + minutes(2));
}

void SimTarget::live(Series& series, Duration at) {
  if (calm_ && series.next <= at) series.condition = 0;
  while (!calm_ && series.next <= at) turn(series, series.next);
}

void SimTarget::scrape(Duration at, Scrape& scrape, ScrapeSeen& seen) {
  const double elapsed = std::chrono::duration<double>(at - last_).count();
  last_ = at;
  for (Series& series : series_) {
    live(series, at);
    if (!plan_.metrics[series.metric].counter) continue;
    static constexpr std::array<double, 6> kPerSecond = {10, 20, 150, 200, 10, 20};
    series.counter += elapsed * kPerSecond[static_cast<std::size_t>(series.condition)];
  }
  const Answering how = at < how_until_ ? how_ : Answering::well;
  scrape.took = milliseconds(5 + static_cast<long>(random_.below(400)));
  if (how == Answering::slow) {
    scrape.took = plan_.timeout - milliseconds(static_cast<long>(random_.below(3000)));
  }
  seen.target = &plan_;
  seen.tick = at;
  seen.answered = how == Answering::well || how == Answering::slow;
  samples_.clear();
  scrape.body.clear();
  scrape.outcome = ScrapeOutcome::answered;
  if (how == Answering::down) {
    scrape.outcome = ScrapeOutcome::refused;
    scrape.detail = "connection refused";
  } else if (how == Answering::times_out) {
    scrape.outcome = ScrapeOutcome::timed_out;
    scrape.detail = "no complete answer";
    scrape.took = plan_.timeout;
  } else if (how == Answering::garbage) {
    scrape.body = "<!DOCTYPE html><html><body>cpu 99 is not an answer</body></html>\n";
  }
  if (!seen.answered) return;
  for (const Series& series : series_) {
    if (at < series.gone_until) continue;
    const MetricPlan& metric = plan_.metrics[series.metric];
    const double value = metric.counter ? series.counter : value_of(series);
    scrape.body += metric.name;
    if (series.disk >= 0) {
      scrape.body.append("{disk=\"d").append(fmt::format_int(series.disk).c_str()).append("\"}");
    }
    scrape.body += ' ';
    if (metric.counter) {
      fmt::format_to(std::back_inserter(scrape.body), "{}", value);
    } else {
      scrape.body += fmt::format_int(static_cast<int>(value)).c_str();
    }
    scrape.body += '\n';
    samples_.push_back({series.metric, series.disk, value});
  }
  seen.samples = samples_;
}

void SimTarget::lose_series(Duration until) {
  series_[random_.below(series_.size())].gone_until = until;
}

void SimTarget::reset_counters() {
  for (Series& series : series_) series.counter = 0;
}

void SimTarget::go_bad(std::size_t how_many, Duration at, Duration until) {
  for (Series& series : series_) {
    if (how_many == 0) return;
    --how_many;
    series.condition = 2;
    series.bad_until = until;
    series.flaps = false;
    series.next = until;
    live(series, at);
  }
}

void SimTarget::calm(Duration at) {
  calm_ = true;
  how_until_ = at;
  for (Series& series : series_) {
    series.condition = 0;
    series.gone_until = at;
  }
}

}  // namespace tocsin::simulation
