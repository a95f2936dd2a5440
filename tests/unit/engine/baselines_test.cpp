// Risk covered: a baseline that is fed wrongly, forgotten by a restart, or says nothing to people.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

constexpr int kUsual = 40;

config::EngineConfig with_baseline() {
  auto config = usual_config();
  config.targets[0].every = 5min;
  rule::Rule rule;
  rule.name = "SignupsDrop";
  rule.expression = parse("signups");
  rule.normal.emplace();
  rule.normal->tuning.by = 0.3;
  config.rules.push_back(rule);
  config.rules.back().every = 5min;
  return config;
}

/// Nine days of counts that waver a little.
void learn(Bench& bench, Duration span = 9 * 24h, double share = 1) {
  for (Duration at{}; at < span; at += 5min) {
    const auto step = bench.now().boot.time_since_epoch() / Duration(5min);
    const double value = share * (kUsual + static_cast<double>(step * 7 % 11) - 5);
    bench.bodies["app"] = "signups " + std::to_string(value) + "\n";
    bench.run(5min);
  }
}

std::string says(Bench& bench) {
  const auto status = bench.engine().status(bench.now());
  REQUIRE(status.rules.size() == 1);
  REQUIRE(status.rules[0].baseline);
  return status.rules[0].baseline->says;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("baseline of a rule: says what it has and what is missing, and is silent meanwhile") {
  Bench bench(with_baseline());
  learn(bench, 24h);
  CHECK_MESSAGE(contains(says(bench), "learns what is normal: has 1 d"), says(bench));
  learn(bench, 12h, 0);
  CHECK(bench.sent.empty());
}

TEST_CASE("baseline of a rule: a tenth of them opens an incident that says so, and closes it") {
  Bench bench(with_baseline());
  learn(bench);
  CHECK_MESSAGE(contains(says(bench), "expected 4"), says(bench));
  learn(bench, 1h, 0.1);
  REQUIRE(bench.told("chat").size() >= 1);
  const auto& notice = bench.sent.front().notice;
  CHECK_MESSAGE(contains(notice.title, "at this time of the week), "), notice.title);
  CHECK_MESSAGE(contains(notice.title, "below ("), notice.title);
  CHECK_MESSAGE(contains(notice.title, " by chance"), notice.title);
  REQUIRE(notice.alerts.size() == 1);
  CHECK(notice.alerts[0].threshold == "30 % below normal");
  // The chart: the hour until now beside what was expected of it.
  const auto& shown = notice.alerts[0];
  REQUIRE(shown.recent.size() == 12);
  REQUIRE(shown.band.expected.size() == 12);
  CHECK(shown.recent.front() > shown.band.lower.front());
  CHECK(shown.recent.back() < shown.band.lower.back());
  CHECK(shown.band.lower.back() < shown.band.expected.back());
  CHECK(shown.band.expected.back() < shown.band.upper.back());
  learn(bench, 3h);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE("baseline of a rule: a restart forgets nothing of it, nor of its alarm") {
  Bench bench(with_baseline());
  learn(bench);
  learn(bench, 1h, 0.1);
  REQUIRE(bench.only_incident().open());
  bench.restart(1min);
  CHECK_MESSAGE(contains(says(bench), "below ("), says(bench));
  learn(bench, 1h, 0.1);
  CHECK(bench.only_incident().open());
  learn(bench, 3h);
  CHECK_FALSE(bench.only_incident().open());
  CHECK(bench.sent.size() >= 2);
}

TEST_CASE("baseline of a rule: another expression begins anew, another `by` does not") {
  Bench bench(with_baseline());
  learn(bench, 3 * 24h);
  auto config = with_baseline();
  config.rules[0].normal->tuning.by = 0.5;
  bench.reload(config);
  CHECK_FALSE(contains(says(bench), "learns what is normal"));
  config.rules[0].expression = parse("signups * 2");
  bench.reload(config);
  CHECK_MESSAGE(contains(says(bench), "learns what is normal: has 0"), says(bench));
}

TEST_CASE("baseline of a rule: several series are a fault that is named, and none is judged") {
  Bench bench(with_baseline());
  bench.bodies["app"] = "signups{plan=\"a\"} 1\nsignups{plan=\"b\"} 2\n";
  bench.run(10min);
  const auto status = bench.engine().status(bench.now());
  CHECK(contains(status.rules[0].last_error, "a baseline judges one series"));
  CHECK(bench.sent.empty());
}

TEST_CASE("baseline of a rule: accepting ends the alarm, with who said so") {
  Bench bench(with_baseline());
  learn(bench);
  bench.command(AcceptCommand{"SignupsDrop"});
  CHECK(contains(bench.replies.back().text, "nothing to accept"));
  bench.command(AcceptCommand{"Nothing"});
  CHECK_FALSE(bench.replies.back().accepted);
  learn(bench, 2h, 0.1);
  REQUIRE(bench.only_incident().open());
  bench.command(AcceptCommand{"SignupsDrop"}, "grace");
  CHECK(bench.replies.back().accepted);
  CHECK(contains(bench.story(), "grace accepts"));
  learn(bench, 24h, 0.1);
  CHECK_FALSE(bench.only_incident().open());
  CHECK(bench.engine().status(bench.now()).rules[0].baseline->expected < 8);
}

TEST_CASE(
    "baseline of a rule: what was learned elsewhere is taken, unless it is worse or of another") {
  Bench elsewhere(with_baseline());
  learn(elsewhere);
  const auto all = elsewhere.engine().baselines();
  REQUIRE(all.size() == 1);
  const LearnCommand lesson{all[0].rule, all[0].meaning, all[0].state, false};
  Bench bench(with_baseline());
  learn(bench, 24h);
  bench.command(lesson);
  CHECK(contains(bench.replies.back().text, "ends in the future"));
  learn(bench, 9 * 24h);
  bench.command(lesson);
  CHECK_FALSE(bench.replies.back().accepted);
  CHECK_MESSAGE(contains(bench.replies.back().text, "by itself"), bench.replies.back().text);
  auto other = lesson;
  other.replace = true;
  other.meaning += 1;
  bench.command(other);
  CHECK(contains(bench.replies.back().text, "reload it first"));
  other = lesson;
  other.replace = true;
  other.state.resize(100);
  bench.command(other);
  CHECK(contains(bench.replies.back().text, "of another version"));
  other = lesson;
  other.rule = "Nothing";
  bench.command(other);
  CHECK(contains(bench.replies.back().text, "has no rule"));
  other = lesson;
  other.replace = true;
  bench.command(other, "grace");
  CHECK(bench.replies.back().accepted);
  CHECK_MESSAGE(contains(bench.replies.back().text, "expected 4"), bench.replies.back().text);
  // It is kept, and judged by.
  bench.restart(1min);
  CHECK(bench.engine().baselines()[0].state == lesson.state);
  learn(bench, 2h, 0.1);
  REQUIRE(bench.only_incident().open());
  bench.command(other);
  CHECK(contains(bench.replies.back().text, "is in alarm"));
}

TEST_CASE("baseline of a rule: negative counts are told of once, and judged by nobody") {
  Bench bench(with_baseline());
  learn(bench, 9 * 24h);
  const auto warned = [&] {
    std::size_t lines = 0;
    for (const auto& line : bench.log)
      lines += contains(line.text, "cannot judge what is negative") ? 1 : 0;
    return lines;
  };
  learn(bench, 6h, -1);
  CHECK(warned() == 1);
  CHECK(contains(bench.engine().status(bench.now()).rules[0].last_error, "negative"));
  CHECK(bench.sent.empty());
}

TEST_CASE("baseline of a rule: what is missing while a target is down is no drop") {
  Bench bench(with_baseline());
  learn(bench);
  bench.bodies.erase("app");
  bench.run(6h);
  learn(bench, 6h);
  CHECK(bench.sent.empty());
}

TEST_CASE("baseline of a rule: a whole that is not yet there is no fault, one that stays away is") {
  auto config = with_baseline();
  config.targets[0].every = 1min;
  config.rules[0].expression = parse("sum(signups - signups offset 10m) or vector(0)");
  config.rules[0].normal->of = parse("sum(visits - visits offset 10m)");
  Bench bench(config);
  bench.bodies["app"] = "signups 1\nvisits 2\n";
  bench.run(0s);
  CHECK(bench.engine().status(bench.now()).rules.at(0).last_error == "");
  bench.bodies["app"] = "signups 1\n";
  bench.run(1h);
  CHECK(bench.engine().status(bench.now()).rules.at(0).last_error == "`of` must give one value");
}
