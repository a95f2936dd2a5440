// Risk covered: an alert that fires too early, too late, never, or gets well on no evidence.
#include "tocsin/rule/machine.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/stamps.hpp"

using namespace tocsin;
using testing::at;
using namespace std::chrono_literals;

namespace {

rule::Rule above(double threshold) {
  rule::Rule rule;
  rule.name = "R";
  rule.threshold =
      rule::Threshold{rule::Direction::above, threshold, std::nullopt, threshold, Unit::none};
  return rule;
}

/// Evaluates once a minute.
struct Minutes {
  rule::Rule rule;
  Alert alert{};
  Duration now{};

  std::optional<rule::Transition> value(double v) {
    return step(rule::judge(rule, alert.state, v));
  }
  std::optional<rule::Transition> unknown() {
    return step({rule::Verdict::unknown, Severity::warning, std::nullopt, AlertReason::no_data});
  }
  std::optional<rule::Transition> missing() {
    return step({rule::Verdict::missing, Severity::warning, std::nullopt, AlertReason::missing});
  }
  std::optional<rule::Transition> step(const rule::Judgement& judgement) {
    const auto transition = rule::advance(alert, rule, judgement, 1min, at(now));
    now += 1min;
    return transition;
  }
};

}  // namespace

TEST_CASE("rule: without `for` a breach fires at once, and only strictly beyond the threshold") {
  Minutes m{above(80)};
  CHECK_FALSE(m.value(80));
  const auto fired = m.value(80.1);
  REQUIRE(fired);
  CHECK(fired->to == AlertState::firing);
  CHECK(fired->reason == AlertReason::breached);
  CHECK(m.value(80)->reason == AlertReason::well_again);
}

TEST_CASE("rule: pending becomes firing once `for` has elapsed, counted from the first breach") {
  Minutes m{above(80)};
  m.rule.hold = rule::HoldFor{2min};
  CHECK(m.value(90)->to == AlertState::pending);
  CHECK_FALSE(m.value(90));
  const auto fired = m.value(90);
  REQUIRE(fired);
  CHECK(fired->to == AlertState::firing);
  CHECK(fired->reason == AlertReason::held_long_enough);
  CHECK(m.alert.breach_since.boot == at(0min).boot);
}

TEST_CASE("rule: one good evaluation ends a pending breach") {
  Minutes m{above(80)};
  m.rule.hold = rule::HoldFor{2min};
  m.value(90);
  const auto ended = m.value(10);
  REQUIRE(ended);
  CHECK(ended->to == AlertState::inactive);
  CHECK(ended->reason == AlertReason::breach_ended);
}

TEST_CASE("rule: unknown neither advances `for` nor resets it") {
  Minutes m{above(80)};
  m.rule.hold = rule::HoldFor{2min};
  m.value(90);               // minute 0, held 0
  CHECK_FALSE(m.unknown());  // minute 1
  CHECK_FALSE(m.value(90));  // minute 2, held 1: the unknown minute does not count
  CHECK(m.value(90)->to == AlertState::firing);
}

TEST_CASE("rule: a gap longer than twice the interval starts `for` anew") {
  Minutes m{above(80)};
  m.rule.hold = rule::HoldFor{2min};
  m.value(90);
  m.unknown();
  m.unknown();
  CHECK_FALSE(m.value(90));
  CHECK(m.alert.state == AlertState::pending);
  CHECK(m.alert.reason == AlertReason::gap_too_long);
  CHECK_FALSE(m.value(90));
  CHECK(m.value(90)->to == AlertState::firing);
}

TEST_CASE(
    "rule: a pending alert of which nothing is heard any more does not stay pending for ever") {
  Minutes m{above(80)};
  m.rule.hold = rule::HoldFor{10min};
  m.value(90);
  m.unknown();
  m.unknown();
  const auto ended = m.unknown();
  REQUIRE(ended);
  CHECK(ended->reason == AlertReason::gap_too_long);
}

TEST_CASE("rule: three bad of five fires, also with good ones in between") {
  Minutes m{above(80)};
  m.rule.hold = rule::BadOf{3, 5};
  m.value(90);
  m.value(10);
  CHECK(m.alert.state == AlertState::pending);
  m.value(90);
  CHECK_FALSE(m.value(10));
  CHECK(m.value(90)->to == AlertState::firing);
  CHECK_FALSE(m.value(90));
  CHECK_FALSE(m.value(10));  // still three of the last five
  CHECK(m.alert.state == AlertState::firing);
  CHECK(m.value(10)->to == AlertState::inactive);
}

TEST_CASE("rule: after a gap, `bad of` needs as many good evaluations as without it") {
  Minutes m{above(80)};
  m.rule.hold = rule::BadOf{3, 5};
  for (int i = 0; i < 5; ++i) m.value(90);
  REQUIRE(m.alert.state == AlertState::firing);
  m.now += 17min;
  CHECK_FALSE(m.value(10));
  CHECK_FALSE(m.value(10));
  CHECK(m.value(10)->to == AlertState::inactive);
}

TEST_CASE(
    "rule: between `clear` and the threshold a firing alert stays, an inactive one does not "
    "begin") {
  Minutes m{above(80)};
  m.rule.threshold->clear = 70;
  CHECK_FALSE(m.value(75));
  m.value(90);
  CHECK_FALSE(m.value(75));
  CHECK(m.alert.state == AlertState::firing);
  CHECK(m.alert.reason == AlertReason::between_thresholds);
  CHECK(m.value(70)->to == AlertState::inactive);
}

TEST_CASE(
    "rule: keep_firing_for holds the alert in clearing, and a breach takes it back to firing") {
  Minutes m{above(80)};
  m.rule.keep_firing_for = 2min;
  m.value(90);
  CHECK(m.value(10)->to == AlertState::clearing);
  CHECK(m.value(90)->reason == AlertReason::breached_again);
  m.value(10);
  CHECK_FALSE(m.value(10));
  const auto well = m.value(10);
  REQUIRE(well);
  CHECK(well->reason == AlertReason::stayed_well);
}

TEST_CASE("rule: a gap longer than twice the interval starts `keep_firing_for` anew") {
  auto rule = above(80);
  rule.keep_firing_for = 3min;
  Minutes m{rule};
  CHECK(m.value(81)->to == AlertState::firing);
  CHECK(m.value(10)->to == AlertState::clearing);
  m.now += 17min;
  CHECK_FALSE(m.value(10));
  CHECK_FALSE(m.value(10));
  CHECK_FALSE(m.value(10));
  CHECK(m.value(10)->reason == AlertReason::stayed_well);
}

TEST_CASE("rule: no data keeps a firing alert for as long as it lasts, and says so") {
  Minutes m{above(80)};
  m.value(90);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(m.unknown());
  CHECK(m.alert.state == AlertState::firing);
  CHECK(m.alert.no_data);
  CHECK(m.value(10)->to == AlertState::inactive);
  CHECK_FALSE(m.alert.no_data);
}

TEST_CASE("rule: a series that is gone closes after `missing_for`, without evidence") {
  Minutes m{above(80)};
  m.rule.missing_for = 3min;
  m.value(90);
  CHECK_FALSE(m.missing());
  CHECK_FALSE(m.missing());
  CHECK_FALSE(m.missing());
  const auto gone = m.missing();
  REQUIRE(gone);
  CHECK(gone->reason == AlertReason::missing_too_long);
}

TEST_CASE("rule: on_missing overrides what a missing series means") {
  Minutes keep{above(80)};
  keep.rule.on_missing = rule::OnMissing::keep;
  keep.value(90);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(keep.missing());

  Minutes clear{above(80)};
  clear.rule.on_missing = rule::OnMissing::clear;
  clear.value(90);
  CHECK(clear.missing()->reason == AlertReason::missing_means_well);

  Minutes fire{above(80)};
  fire.rule.on_missing = rule::OnMissing::fire;
  fire.value(10);
  CHECK(fire.missing()->reason == AlertReason::missing_means_breach);
}

TEST_CASE("rule: NaN is no value, neither breach nor health") {
  Minutes m{above(80)};
  CHECK(rule::judge(m.rule, AlertState::inactive, std::nan("")).verdict == rule::Verdict::missing);
  m.value(90);
  CHECK_FALSE(m.value(std::nan("")));
  CHECK(m.alert.state == AlertState::firing);
}

TEST_CASE("rule: infinity breaches an upper threshold and is well for a lower one") {
  auto below = above(1);
  below.threshold->direction = rule::Direction::below;
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(rule::judge(above(80), AlertState::inactive, inf).verdict == rule::Verdict::breach);
  CHECK(rule::judge(below, AlertState::inactive, inf).verdict == rule::Verdict::well);
  CHECK(rule::judge(below, AlertState::inactive, -inf).verdict == rule::Verdict::breach);
}

TEST_CASE("rule: with two thresholds the severity follows the value, both ways") {
  Minutes m{above(80)};
  m.rule.threshold->critical = 95;
  m.value(90);
  CHECK(m.alert.severity == Severity::warning);
  CHECK_FALSE(m.value(97));
  CHECK(m.alert.severity == Severity::critical);
  CHECK_FALSE(m.value(90));
  CHECK(m.alert.severity == Severity::warning);
}

TEST_CASE("rule: with one threshold the severity is the rule's") {
  auto rule = above(80);
  rule.severity = Severity::critical;
  CHECK(rule::judge(rule, AlertState::inactive, 90).severity == Severity::critical);
}

TEST_CASE("rule: without a threshold presence is breach, whatever the value") {
  rule::Rule rule;
  CHECK(rule::judge(rule, AlertState::inactive, 0).verdict == rule::Verdict::breach);
}
