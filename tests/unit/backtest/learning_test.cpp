// Risks: a daemon that is taught what was never measured, or of a series that the rule does not
// read; an outage of the past that becomes normal; a gap that costs the whole past.
#include "tocsin/backtest/learning.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "support/engine_bench.hpp"
#include "tocsin/rule/baseline.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

constexpr WallTime kBegin(std::chrono::hours(24) * 19723);  // a Monday

config::EngineConfig with_a_pupil() {
  auto config = usual_config();
  rule::Rule pupil;
  pupil.name = "SignupsDrop";
  pupil.expression = parse("sum(signups)");
  pupil.normal.emplace();
  pupil.normal->tuning.by = 0.3;
  pupil.every = 5min;
  config.rules = {pupil};
  return config;
}

double usual(WallTime at) {
  const auto bucket = at.time_since_epoch() / Duration(5min);
  return 100 + static_cast<double>(bucket * 7 % 11) - 5;
}

/// One column, a value each five minutes; NaN: no line.
template <class Value>
backtest::Recording column(std::string name, Duration span, Value value) {
  backtest::Recording recording;
  backtest::ChunkWriter ticks;
  backtest::ChunkWriter samples;
  for (WallTime at = kBegin; at < kBegin + span; at += 5min) {
    const double here = value(at);
    if (std::isnan(here)) continue;
    ticks.add({at.time_since_epoch().count(), 1});
    samples.add({at.time_since_epoch().count(), here});
  }
  backtest::RecordedTarget target;
  target.spec.name = "csv";
  target.spec.every = 5min;
  target.spec.honor_labels = true;
  target.up = ticks.take();
  recording.targets.push_back(std::move(target));
  recording.series.push_back({0, Labels{{"__name__", std::move(name)}}, samples.take()});
  recording.calendar.push_back({0, 0});
  backtest::put_on_grid(recording, usual_config().host);
  return recording;
}

backtest::Lesson only_lesson(const backtest::Recording& recording) {
  auto learned = backtest::learn(backtest::learners(with_a_pupil(), {}), recording, {});
  REQUIRE(learned.lessons.size() == 1);
  return std::move(learned.lessons[0]);
}

rule::Baseline baseline_of(const backtest::Lesson& lesson) {
  rule::Baseline baseline(with_a_pupil().rules[0].normal->tuning);
  REQUIRE(baseline.load(lesson.learned.state));
  return baseline;
}

}  // namespace

TEST_CASE("learning: a series that the rule reads and a column of its name teach the same") {
  const auto series = only_lesson(column("signups", 8 * 24h, usual));
  const auto named = only_lesson(column("SignupsDrop", 8 * 24h, usual));
  CHECK(series.trouble == "");
  CHECK(named.trouble == "");
  CHECK(named.learned.meaning == series.learned.meaning);
  CHECK(named.known_for > 7 * 24h);
  CHECK(named.taught > named.known_for - 26h);
  REQUIRE(named.newest);
  CHECK(*named.newest == kBegin + 8 * 24h - 5min);
  CHECK(baseline_of(named).view().expected == doctest::Approx(100).epsilon(0.05));
}

TEST_CASE(
    "learning: an outage of some hours teaches nothing, and a gap costs no more than itself") {
  const auto troubled = only_lesson(column("signups", 9 * 24h, [](WallTime at) {
    const auto into = at - kBegin;
    if (into % 1h == 10min) return std::nan("");  // and so each time that it starts anew
    return into > 8 * 24h && into < 8 * 24h + 5h ? 10 : usual(at);
  }));
  CHECK(troubled.trouble == "");
  CHECK(troubled.taught > 6 * 24h);
  CHECK(troubled.taught < 8 * 24h + 2h);
  CHECK(baseline_of(troubled).view().expected == doctest::Approx(100).epsilon(0.05));
}

TEST_CASE("learning: what lasts is the new level, and an alarm at the end is not handed on") {
  const auto lasting = only_lesson(column("signups", 28 * 24h, [](WallTime at) {
    return at - kBegin > 18 * 24h ? usual(at) / 2 : usual(at);
  }));
  CHECK(baseline_of(lasting).view().state == rule::BaselineView::State::well);
  CHECK(baseline_of(lasting).view().expected == doctest::Approx(50).epsilon(0.1));
  const auto late = only_lesson(column("signups", 28 * 24h, [](WallTime at) {
    return at - kBegin > 28 * 24h - 3h ? usual(at) / 2 : usual(at);
  }));
  CHECK(baseline_of(late).view().state == rule::BaselineView::State::well);
  CHECK(late.remark.find("in alarm") != std::string::npos);
}

TEST_CASE("learning: only rules with a baseline do") {
  auto config = with_a_pupil();
  rule::Rule other;
  other.name = "High";
  other.expression = parse("signups > 1");
  config.rules.push_back(other);
  CHECK(backtest::learners(config, {}).rules.size() == 1);
  CHECK(backtest::learners(config, {"High"}).rules.empty());
  CHECK(only_lesson(column("logins", 3 * 24h, usual)).trouble ==
        "no series of it are there: it reads signups; there are logins");
}
