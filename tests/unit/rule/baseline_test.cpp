// Risk covered: a baseline that learns from incidents, pages on chance, or never comes to judge.
#include "tocsin/rule/baseline.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "tocsin/base/random.hpp"

using namespace tocsin;
using namespace std::chrono_literals;
using rule::Baseline;
using rule::BaselineView;
using rule::Side;

namespace {

constexpr WallTime kMonday(std::chrono::hours(24) * 19723);  // 2024-01-01
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// Counts about a daily rhythm, drawn anew for each bucket.
class Counts {
 public:
  explicit Counts(double per_bucket) : per_bucket_(per_bucket) {}
  [[nodiscard]] double expected(WallTime at) const {
    const double hour =
        std::chrono::duration<double, std::ratio<3600>>(at.time_since_epoch() % 24h).count();
    return per_bucket_ * (1 + 0.6 * std::cos((hour - 15) / 24 * 2 * 3.14159265));
  }
  double draw(WallTime at, double share = 1) {
    // Twelve uniforms make a normal number that is good enough here.
    double normal = -6;
    for (int i = 0; i < 12; ++i) normal += random_.unit();
    const double mean = expected(at) * share;
    return std::max(0.0, std::round(mean + normal * std::sqrt(mean)));
  }

 private:
  double per_bucket_;
  Random random_{7};
};

struct Run {
  explicit Run(double per_bucket, rule::BaselineTuning with = {})
      : baseline(with), counts(per_bucket), tuning(with) {}
  /// The number of buckets in alarm.
  int go(Duration span, double share = 1, Baseline::Teach teach = Baseline::Teach::yes) {
    int alarms = 0;
    for (const auto end = at + span; at < end;) {
      const double value = counts.draw(at, share);
      at += tuning.bucket;
      alarms +=
          baseline.observe(at, zone, value, teach).state == BaselineView::State::alarm ? 1 : 0;
    }
    return alarms;
  }
  Baseline baseline;
  Counts counts;
  rule::BaselineTuning tuning;
  TimeZone zone;
  WallTime at = kMonday;
};

}  // namespace

TEST_CASE("baseline: says nothing in its first two days, whatever happens") {
  Run run(50);
  run.go(24h);
  CHECK(run.go(23h, 0) == 0);
  CHECK(run.baseline.view().state == BaselineView::State::learning);
}

TEST_CASE("baseline: halved, it alarms within half an hour; when all comes back it clears") {
  Run run(50);
  CHECK(run.go(40 * 24h) == 0);
  const auto from = run.at;
  CHECK(run.go(30min, 0.5) > 0);
  const auto view = run.baseline.view();
  REQUIRE(view.state == BaselineView::State::alarm);
  CHECK(view.expected == doctest::Approx(run.counts.expected(from)).epsilon(0.2));
  CHECK(view.seen < 0.7 * view.seen_expected);
  CHECK(view.surprise > std::log(1e5));
  run.go(2h);
  CHECK(run.baseline.view().state == BaselineView::State::well);
  CHECK(run.go(7 * 24h) == 0);
}

TEST_CASE("baseline: a tenth less is no drop of 30 %, however long it lasts") {
  Run run(500);
  run.go(40 * 24h);
  CHECK(run.go(3 * 24h, 0.9) == 0);
}

TEST_CASE("baseline: three expected and none seen is not a drop; a day of none is") {
  Run run(0.25);  // three an hour
  CHECK(run.go(40 * 24h) == 0);
  CHECK(run.go(1h, 0) == 0);
  CHECK(run.go(24h, 0) > 0);
}

TEST_CASE("baseline: does not learn from the incident that it alarms on, nor from silenced hours") {
  Run run(100);
  run.go(40 * 24h);
  auto untouched = run;
  run.go(6h, 0.3);
  run.go(7 * 24h - 6h);
  untouched.go(6h, 0.2, Baseline::Teach::no);
  untouched.go(7 * 24h - 6h);
  // The same hours, a week later.
  const double truth = run.counts.expected(run.at + 5min);
  run.go(5min);
  untouched.go(5min);
  CHECK(run.baseline.view().expected == doctest::Approx(truth).epsilon(0.1));
  CHECK(untouched.baseline.view().expected == doctest::Approx(truth).epsilon(0.1));
}

TEST_CASE("baseline: a lasting change of level goes on alarming until it is accepted") {
  Run run(100);
  run.go(40 * 24h);
  run.go(24h, 0.5);
  REQUIRE(run.baseline.view().state == BaselineView::State::alarm);
  run.baseline.accept();
  CHECK(run.go(14 * 24h, 0.5) == 0);
  CHECK(run.baseline.view().expected ==
        doctest::Approx(0.5 * run.counts.expected(run.at)).epsilon(0.15));
  CHECK(run.go(2h, 0.2) > 0);
}

TEST_CASE("baseline: a lasting change of level is accepted after the time that the rule names") {
  Run run(100, {.accept_after = 12h});
  run.go(40 * 24h);
  run.go(13h, 0.5);
  CHECK(run.baseline.view().state == BaselineView::State::well);
  CHECK(run.go(7 * 24h, 0.5) == 0);
}

TEST_CASE("baseline: what one day was above others is not kept in the shape of its week") {
  Run run(1000);
  Random days(11);
  double squares = 0;
  int mornings = 0;
  for (int day = 0; day < 120; ++day) {
    const double share = 0.8 + 0.4 * days.unit();
    run.go(1h, share);
    if (day >= 40) {  // before the day is known to be good or bad
      const double off =
          run.baseline.view().expected / run.counts.expected(run.at - run.tuning.bucket) - 1;
      squares += off * off;
      ++mornings;
    }
    run.go(23h, share);
  }
  // Days are 12 % off, the mean of five of them 5 %.
  CHECK(std::sqrt(squares / mornings) < 0.062);
}

TEST_CASE("baseline: stretches without data, NaN and negative counts neither alarm nor teach") {
  Run run(100);
  run.go(40 * 24h);
  for (int i = 0; i < 30; ++i) {
    run.at += 5min;
    CHECK_FALSE(run.baseline.observe(run.at, run.zone, i % 2 == 0 ? kNothing : -5).judged);
  }
  run.at += 3 * 24h;  // nothing at all
  CHECK(run.go(7 * 24h) == 0);
  CHECK(run.go(1h, 0.4) > 0);
}

TEST_CASE("baseline: a restart that loses a part of one bucket is no drop") {
  Run run(1000);
  run.go(40 * 24h);
  for (int i = 0; i < 20; ++i) {
    CHECK(run.go(5min, 0) == 0);
    CHECK(run.go(6h) == 0);
  }
}

TEST_CASE("baseline: a constant zero is neither judged nor a fault") {
  Run run(0);
  CHECK(run.go(40 * 24h) == 0);
  CHECK_FALSE(run.baseline.view().judged);
}

TEST_CASE("baseline: rise is found likewise, and a drop is none of its business") {
  Run run(50, {.side = Side::rise, .by = 1.0});
  CHECK(run.go(40 * 24h) == 0);
  CHECK(run.go(2h, 0.2) == 0);
  CHECK(run.go(15min, 3) > 0);
}

TEST_CASE("baseline: a bucket that came before is not taken again") {
  Run run(50);
  run.go(10 * 24h);
  const auto before = run.baseline.learned();
  for (int i = 0; i < 1000; ++i) run.baseline.observe(run.at - 5min, run.zone, 0);
  CHECK(run.baseline.learned() == before);
  CHECK(run.baseline.view().state == BaselineView::State::well);
}

TEST_CASE("baseline: is bounded, at any bucket") {
  for (const Duration bucket : {Duration(30s), Duration(1min), Duration(5min), Duration(1h)}) {
    CHECK(Baseline({.bucket = bucket}).footprint() < 100 * 1024);
  }
}

TEST_CASE("baseline: what was saved goes on as if nothing had happened") {
  Run run(100);
  run.go(40 * 24h);
  run.go(1h, 0.4);
  auto other = run;
  other.baseline = Baseline(run.tuning);
  REQUIRE(other.baseline.load(run.baseline.save()));
  CHECK(other.baseline.view().state == BaselineView::State::alarm);
  for (int i = 0; i < 2000; ++i) {
    CHECK(run.go(5min) == other.go(5min));
    CHECK(run.baseline.view().expected == other.baseline.view().expected);
  }
}

TEST_CASE("baseline: what was saved by something else is not taken") {
  Run run(100);
  run.go(10 * 24h);
  const auto saved = run.baseline.save();
  Baseline minutes({.bucket = 1min});
  CHECK_FALSE(minutes.load(saved));
  CHECK_FALSE(run.baseline.load(saved.substr(0, saved.size() / 2)));
  CHECK_FALSE(run.baseline.load("nonsense"));
  CHECK(run.baseline.known_for() == 10 * 24h);
}

TEST_CASE("baseline: serials that no learning leads to are not taken") {
  Run run(100);
  run.go(10 * 24h);
  const auto saved = run.baseline.save();
  const auto digits = saved.rfind(' ') + 1;
  int taken = 0;
  for (std::size_t at = digits; at + 8 < saved.size(); at += 997) {
    auto broken = saved;
    broken.replace(at, 8, "________");  // no digits: too short
    CHECK_FALSE(Baseline(run.tuning).load(broken));
    broken.replace(at, 8, "////////");
    Baseline other(run.tuning);
    if (!other.load(broken)) continue;
    ++taken;
    // Whatever is in it, the next bucket is judged in no time.
    other.observe(run.at + 5min, run.zone, 10);
  }
  CHECK(taken > 0);
}

TEST_CASE(
    "baseline: an alarm that is dismissed is raised anew by what comes then, and only by that") {
  Run run(100);
  run.go(20 * 24h);
  REQUIRE(run.go(2h, 0.3) > 0);
  run.baseline.dismiss();
  CHECK(run.baseline.view().state == BaselineView::State::well);
  auto goes_on = run;
  CHECK(run.go(6h) == 0);
  CHECK(goes_on.go(1h, 0.3) > 0);
  CHECK(goes_on.go(6h) < 12);  // what was dismissed has not become normal
  CHECK_FALSE(run.baseline.expects_nothing());
  CHECK(run.baseline.newest() == run.at);
}

TEST_CASE("baseline: its last buckets are shown with what was expected of them") {
  Run run(100);
  CHECK(run.baseline.recent(12).empty());
  run.go(10min);
  CHECK(run.baseline.recent(12).size() == 2);
  run.go(20 * 24h);
  const auto points = run.baseline.recent(12);
  REQUIRE(points.size() == 12);
  CHECK(points.back().expected == run.baseline.view().expected);
  CHECK(points.back().lower == doctest::Approx(run.baseline.view().lower));
  CHECK(points.back().upper == doctest::Approx(run.baseline.view().upper));
  run.baseline.observe(run.at + 15min, run.zone, 7);
  const auto after = run.baseline.recent(3);
  CHECK(std::isnan(after[0].value));
  CHECK(std::isnan(after[1].expected));
  CHECK(after[2].value == 7);
}

TEST_CASE("baseline: nothing but zeros is known for what it is") {
  Baseline zeros({});
  const TimeZone zone;
  for (WallTime at = kMonday; at < kMonday + 10 * 24h; at += 5min) zeros.observe(at, zone, 0);
  CHECK(zeros.expects_nothing());
}

TEST_CASE("baseline: a ratio is judged by its parts: few requests and no error are no drop") {
  const rule::BaselineTuning tuning{.side = Side::rise, .by = 1.0, .bucket = 1min};
  Baseline baseline(tuning);
  Counts requests(1000);
  Counts errors(1);
  const TimeZone zone;
  WallTime at = kMonday;
  const auto go = [&](Duration span, double share, double ratio) {
    int alarms = 0;
    for (const auto end = at + span; at < end; at += 1min) {
      const double of = requests.draw(at, share);
      const double value = std::round(
          ratio * of + (static_cast<double>(at.time_since_epoch().count() / 60000 * 7 % 5) - 2));
      alarms +=
          baseline.observe(at + 1min, zone, std::max(0.0, value), Baseline::Teach::yes, of).state ==
          BaselineView::State::alarm;
    }
    return alarms;
  };
  CHECK(go(30 * 24h, 1, 0.01) == 0);
  CHECK(go(2h, 4, 0.01) == 0);  // four times the requests, and as many more errors
  CHECK(go(10min, 0.2, 0.05) > 0);
}

TEST_CASE("baseline: a gauge far below one is judged by how it wavers") {
  Run run(10000, {.gauge = true});
  const auto go = [&](Duration span, double share) {
    int alarms = 0;
    for (const auto end = run.at + span; run.at < end;) {
      const double value = run.counts.draw(run.at, share) / 1e5;
      run.at += 5min;
      alarms += run.baseline.observe(run.at, run.zone, value).state == BaselineView::State::alarm;
    }
    return alarms;
  };
  CHECK(go(40 * 24h, 1) == 0);
  CHECK(go(20min, 0.5) > 0);
  CHECK(run.baseline.view().expected < 1);
}
