// Risk: a shipped rule has no tests, or tests that pass whatever the rule says.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tocsin/ruletest/run.hpp"
#include "toml/files.hpp"
#include "toml/load.hpp"
#include "unit/toml/rules_folder.hpp"

using namespace tocsin;
using toml_test::kRules;

namespace {

const std::vector<ruletest::Suite>& suites() {
  static const std::vector<ruletest::Suite> kSuites = [] {
    std::vector<ruletest::Suite> all;
    const auto paths = toml::toml_files(kRules + "/tests");
    REQUIRE(paths);
    for (const std::string& path : *paths) {
      toml::LoadedSuite loaded = toml::load_suite(path, {"server-1", kRules});
      REQUIRE_MESSAGE(loaded.suite, config::render(loaded.diagnostics));
      all.push_back(std::move(*loaded.suite));
    }
    return all;
  }();
  return kSuites;
}

/// A rule with its tests, as one file of rules/tests has them.
struct Tested {
  const ruletest::Suite* suite = nullptr;
  const rule::Rule* rule = nullptr;
  std::vector<const ruletest::Test*> tests;

  [[nodiscard]] bool has(const std::string& kind) const {
    return std::any_of(tests.begin(), tests.end(), [&](const ruletest::Test* test) {
      return test->name.starts_with(rule->name + ": " + kind) &&
             std::any_of(test->alerts.begin(), test->alerts.end(),
                         [&](const auto& alert) { return alert.rule == rule->name; });
    });
  }
  /// Whether a test notices that the rule is another.
  [[nodiscard]] bool notices(const rule::Rule& other) const {
    config::EngineConfig config = suite->config;
    for (rule::Rule& each : config.rules) {
      if (each.name == other.name) each = other;
    }
    return std::any_of(tests.begin(), tests.end(), [&](const ruletest::Test* test) {
      return !ruletest::run(config, *test).empty();
    });
  }
};

/// Every rule that is shipped, by the packs and the example; once where several files have it, with
/// the file that tests it.
std::vector<Tested> shipped_rules() {
  std::map<std::string, Tested> all;
  for (const ruletest::Suite& suite : suites()) {
    for (const rule::Rule& rule : suite.config.rules) {
      Tested tested{&suite, &rule, {}};
      for (const ruletest::Test& test : suite.tests) {
        if (test.name.starts_with(rule.name + ": ")) tested.tests.push_back(&test);
      }
      Tested& known = all[rule.name];
      if (known.tests.empty()) known = std::move(tested);
    }
  }
  std::vector<Tested> listed;
  for (auto& [name, tested] : all) listed.push_back(std::move(tested));
  return listed;
}

std::vector<double> limits(const rule::Threshold& threshold) {
  std::vector<double> all;
  if (threshold.warning) all.push_back(*threshold.warning);
  if (threshold.critical) all.push_back(*threshold.critical);
  return all;
}

/// A little more or less; of small counts the next one but one, for a test may step over one.
double moved(double limit, int direction, Unit unit) {
  return unit == Unit::none ? limit + 2 * direction : limit * (1 + 0.03 * direction);
}

rule::Rule with_limit(const rule::Rule& rule, std::size_t which, double to) {
  rule::Rule other = rule;
  auto& threshold = *other.threshold;
  const bool first = which == 0 && threshold.warning;
  const double before = first ? *threshold.warning : *threshold.critical;
  (first ? threshold.warning : threshold.critical) = to;
  if (threshold.clear == before) threshold.clear = to;
  return other;
}

}  // namespace

TEST_CASE("all shipped rules are tested") {
  const std::vector<Tested> all = shipped_rules();
  for (const char* pack : {"infrastructure", "application", "services", "business", "tocsin"}) {
    config::File file;
    file.name = "tocsin.toml";
    file.text = "console_only = true\n[packs]\nenable = \"" + std::string(pack) + "\"\n";
    const config::Loaded loaded = toml::load_texts({file}, {"server-1", kRules});
    REQUIRE(loaded.config);
    for (const rule::Rule& rule : loaded.config->engine.rules) {
      CAPTURE(rule.name);
      CHECK(std::any_of(all.begin(), all.end(),
                        [&](const Tested& tested) { return tested.rule->name == rule.name; }));
    }
  }
  for (const Tested& tested : all) {
    for (const char* kind : {"just below", "just above", "missing data", "recovery"}) {
      CAPTURE(tested.rule->name);
      CAPTURE(kind);
      CHECK(tested.has(kind));
    }
  }
}

TEST_CASE("all tests of shipped rules pass") {
  for (const ruletest::Suite& suite : suites()) {
    for (const ruletest::Test& test : suite.tests) {
      std::string said;
      for (const ruletest::Failure& failure : ruletest::run(suite.config, test)) {
        said += ruletest::render(suite, test, failure);
      }
      CHECK(said == "");
    }
  }
}

TEST_CASE("a shipped rule with another threshold, clearing or severity fails its tests") {
  for (const Tested& tested : shipped_rules()) {
    const rule::Rule& rule = *tested.rule;
    CAPTURE(rule.name);
    rule::Rule renamed = rule;
    renamed.summary = "something else";
    CHECK(tested.notices(renamed));
    // What is learned has no limit to move; its days of history would be replayed for each change.
    if (!rule.threshold) continue;
    const std::vector<double> all = limits(*rule.threshold);
    for (std::size_t which = 0; which < all.size(); ++which) {
      for (const int direction : {-1, 1}) {
        CAPTURE(direction);
        const double to = moved(all[which], direction, rule.threshold->unit);
        CHECK(tested.notices(with_limit(rule, which, to)));
      }
    }
    if (rule.threshold->clear != all.front()) {
      for (const int direction : {-1, 1}) {
        CAPTURE(direction);
        rule::Rule other = rule;
        other.threshold->clear = moved(rule.threshold->clear, direction, rule.threshold->unit);
        CHECK(tested.notices(other));
      }
    }
    if (all.size() == 1) {
      rule::Rule other = rule;
      other.severity = rule.severity == Severity::critical ? Severity::warning : Severity::critical;
      std::swap(other.threshold->warning, other.threshold->critical);
      CHECK(tested.notices(other));
    }
    rule::Rule other = rule;
    other.hold = std::holds_alternative<rule::BadOf>(rule.hold)
                     ? std::variant<rule::HoldFor, rule::BadOf>(rule::HoldFor{})
                     : std::variant<rule::HoldFor, rule::BadOf>(rule::HoldFor{minutes(2)});
    CHECK(tested.notices(other));
  }
}
