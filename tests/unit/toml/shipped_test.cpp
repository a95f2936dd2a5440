// Risk: what is shipped does not load, or makes noise in the first `check` that somebody runs.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "toml/load.hpp"
#include "unit/toml/rules_folder.hpp"

using namespace tocsin;
using toml_test::kRules;

namespace {

config::Loaded pack(const std::string& name) {
  // The pack that watches tocsin looks at nothing else.
  const std::string source =
      name == "tocsin" ? "" : "[source.prometheus.api]\nurl = \"http://127.0.0.1:8000/metrics\"\n";
  config::File file;
  file.name = "tocsin.toml";
  file.text = "console_only = true\n[packs]\nenable = [\"" + name + "\"]\n" + source;
  std::vector<config::File> files;
  files.push_back(file);
  return toml::load_texts(std::move(files), {"host-1", kRules});
}

const rule::Rule& rule_of(const config::Loaded& loaded, std::string_view name) {
  const rule::Rule* rule = loaded.config->engine.rule(name);
  REQUIRE_MESSAGE(rule != nullptr, std::string(name));
  return *rule;
}

}  // namespace

TEST_CASE("every shipped pack passes check without a word") {
  for (const char* name : {"infrastructure", "application", "services", "business", "tocsin"}) {
    CAPTURE(name);
    const config::Loaded loaded = pack(name);
    CHECK(config::render(loaded.diagnostics) == "");
    REQUIRE(loaded.config);
    CHECK(!loaded.config->engine.rules.empty());
  }
}

TEST_CASE("the built-in configuration watches the host and tocsin, and tells the console") {
  toml::LoadOptions options{"host-1", kRules};
  options.embedded = true;
  const config::Loaded loaded = toml::load("/nonexistent", options);
  CHECK(config::render(loaded.diagnostics) == "");
  REQUIRE(loaded.config);
  CHECK(loaded.config->engine.host == "host-1");
  CHECK(loaded.config->engine.target("host") != nullptr);
  CHECK(loaded.config->engine.target("tocsin") != nullptr);
  CHECK(loaded.config->console_only);
  REQUIRE(loaded.config->engine.policy("default").entries.size() == 1);
  CHECK(loaded.config->engine.policy("default").entries[0].to ==
        std::vector<std::string>{"console"});
}

TEST_CASE("the infrastructure pack carries the runbook's figures") {
  const config::Loaded loaded = pack("infrastructure");
  REQUIRE(loaded.config);
  const struct {
    const char* name;
    double above;
    Duration every;
  } rows[] = {
      {"CpuHigh", 0.8, minutes(1)},      {"MemoryHigh", 0.85, minutes(1)},
      {"DiskSpaceLow", 0.9, minutes(5)}, {"InodesLow", 0.9, minutes(5)},
      {"DiskBusy", 0.8, minutes(5)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const rule::Rule& rule = rule_of(loaded, row.name);
    REQUIRE(rule.threshold);
    CHECK(rule.threshold->direction == rule::Direction::above);
    CHECK(rule.threshold->warning.value_or(0) == doctest::Approx(row.above));
    CHECK(rule.threshold->unit == Unit::ratio);
    CHECK(rule.every.value_or(loaded.config->engine.target("host")->every) == row.every);
  }
}

TEST_CASE("the infrastructure pack judges the network's latency as the runbook says") {
  const config::Loaded loaded = pack("infrastructure");
  REQUIRE(loaded.config);
  const rule::Rule& slow = rule_of(loaded, "NetworkLatencyHigh");
  CHECK(slow.threshold->direction == rule::Direction::above);
  CHECK(slow.threshold->warning.value_or(0) == doctest::Approx(0.1));
  CHECK(slow.threshold->unit == Unit::seconds);
  CHECK(slow.every == minutes(5));
}

TEST_CASE("the application pack carries the runbook's figures") {
  const config::Loaded loaded = pack("application");
  REQUIRE(loaded.config);
  const rule::Rule& errors = rule_of(loaded, "ErrorRateHigh");
  CHECK(errors.threshold->critical.value_or(0) == doctest::Approx(0.005));
  CHECK(errors.every == minutes(1));
  const rule::Rule& slow = rule_of(loaded, "ResponseTimeHigh");
  CHECK(slow.threshold->warning.value_or(0) == doctest::Approx(2));
  CHECK(slow.threshold->unit == Unit::seconds);
  CHECK(slow.every == minutes(1));
  const rule::Rule& logins = rule_of(loaded, "LoginsFail");
  CHECK(logins.threshold->direction == rule::Direction::below);
  CHECK(logins.threshold->critical.value_or(0) == doctest::Approx(0.99));
  CHECK(logins.every == minutes(2));
  const rule::Rule& available = rule_of(loaded, "ApiUnavailable");
  CHECK(available.threshold->direction == rule::Direction::below);
  CHECK(available.threshold->critical.value_or(0) == doctest::Approx(0.999));
  CHECK(available.expression.shortest_range() == minutes(5));
  CHECK(available.expression.reach() == hours(1));
  for (const char* name : {"DatabaseConnectionsHigh", "RedisMemoryHigh"}) {
    const rule::Rule& full = rule_of(loaded, name);
    CHECK(full.threshold->direction == rule::Direction::above);
    CHECK(full.threshold->warning.value_or(full.threshold->critical.value_or(0)) ==
          doctest::Approx(0.8));
  }
}

TEST_CASE("the CPU rule fires at the second tick: no hold, and a range of two samples") {
  const config::Loaded loaded = pack("infrastructure");
  REQUIRE(loaded.config);
  const rule::Rule& cpu = rule_of(loaded, "CpuHigh");
  REQUIRE(std::holds_alternative<rule::HoldFor>(cpu.hold));
  CHECK(std::get<rule::HoldFor>(cpu.hold).span == Duration(0));
  CHECK(cpu.expression.shortest_range() == 2 * loaded.config->engine.target("host")->every);
}

TEST_CASE("the minimal example passes check, and tells its one channel twice") {
  const config::Loaded loaded = toml::load(kRules + "/examples/minimal", {"web-1", kRules});
  CHECK(config::render(loaded.diagnostics) == "");
  REQUIRE(loaded.config);
  const incident::Policy& policy = loaded.config->engine.policy("default");
  REQUIRE(policy.entries.size() == 2);
  CHECK(policy.entries[0].after == Duration(0));
  CHECK(policy.entries[1].after == minutes(10));
  for (const incident::NotifyEntry& entry : policy.entries) {
    CHECK(entry.to == std::vector<std::string>{"team"});
  }
  CHECK(rule_of(loaded, "OpenFilesHigh").threshold->unit == Unit::ratio);
}

TEST_CASE("the production example passes check and climbs as the runbook says") {
  const config::Loaded loaded = toml::load(kRules + "/examples/production", {"api-1", kRules});
  CHECK(config::render(loaded.diagnostics) == "");
  REQUIRE(loaded.config);
  const incident::Policy& policy = loaded.config->engine.policy("default");
  const auto level = [&policy](int wanted,
                               std::string_view receiver) -> const incident::NotifyEntry* {
    for (const incident::NotifyEntry& entry : policy.entries) {
      if (entry.level == wanted &&
          std::find(entry.to.begin(), entry.to.end(), receiver) != entry.to.end()) {
        return &entry;
      }
    }
    return nullptr;
  };
  REQUIRE(level(1, "alerts-production") != nullptr);
  CHECK(level(1, "alerts-production")->after == Duration(0));
  REQUIRE(level(2, "on-call") != nullptr);
  CHECK(level(2, "on-call")->after == minutes(5));
  CHECK(level(2, "coordinator") != nullptr);
  REQUIRE(level(2, "api-lead") != nullptr);
  CHECK(level(2, "api-lead")->match.matches(Labels{{"component", "api"}}));
  CHECK(!level(2, "api-lead")->match.matches(Labels{{"component", "infrastructure"}}));
  REQUIRE(level(3, "cto") != nullptr);
  CHECK(level(3, "cto")->after == minutes(10));
  CHECK(level(3, "vp-engineering") != nullptr);
  REQUIRE(level(4, "ceo") != nullptr);
  CHECK(level(4, "ceo")->after == minutes(15));
  CHECK(level(4, "ceo")->match.matches(Labels{{"revenue", "yes"}}));
  CHECK(!level(4, "ceo")->match.matches(Labels{{"component", "api"}}));
  CHECK(policy.conference != "");
  CHECK(policy.repeat == minutes(15));
  CHECK(rule_of(loaded, "ErrorRateHigh").labels ==
        Labels{{"component", "api"}, {"revenue", "yes"}});
  CHECK(loaded.config->engine.receiver("on-call")->wakes);
}
