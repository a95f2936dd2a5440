// Risk: a configuration is read as something else than its author wrote, files are forgotten or
// read in another order, and a receiver that is gone cannot be spoken to any more.
#include "toml/load.hpp"

#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"
#include "unit/toml/rules_folder.hpp"

using namespace tocsin;
using testing::TemporaryFolder;
using toml_test::kRules;

namespace {

config::Loaded from(std::string text) {
  config::File file;
  file.name = "tocsin.toml";
  file.text = std::move(text);
  std::vector<config::File> files;
  files.push_back(std::move(file));
  return toml::load_texts(std::move(files), {"host-1", kRules});
}

config::Config good(std::string text) {
  config::Loaded loaded = from(std::move(text));
  REQUIRE_MESSAGE(loaded.config.has_value(), config::render(loaded.diagnostics));
  return std::move(*loaded.config);
}

}  // namespace

TEST_CASE("a folder is read whole: tocsin.toml, then conf.d, then rules.d, each sorted") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  folder.put("rules.d/b.toml", "[rule.B]\nexpr = 'node_load1'\nabove = 1\n");
  folder.put("rules.d/a.toml", "[rule.A]\nexpr = 'node_load1'\nabove = 1\n");
  folder.put("conf.d/z.toml", "[host]\nname = \"api-1\"\n");
  folder.put("rules.d/notes.txt", "not TOML at all = = =");
  folder.put("rules.d/.hidden.toml", "neither = = this");
  const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
  CHECK(config::render(loaded.diagnostics) == "");
  REQUIRE(loaded.config);
  CHECK(loaded.config->engine.host == "api-1");
  REQUIRE(loaded.config->engine.rules.size() == 2);
  CHECK(loaded.config->engine.rules[0].name == "A");
  CHECK(loaded.config->engine.rules[1].name == "B");
}

TEST_CASE("a folder without configuration is an error that names what is looked for") {
  TemporaryFolder folder;
  const config::Loaded empty = toml::load(folder.path(), {"host-1", kRules});
  CHECK(!empty.config);
  CHECK(config::render(empty.diagnostics) ==
        "tocsin.toml: error: cannot be read: No such file or directory\n"
        "        the shipped examples/minimal is the least that works\n");
  const config::Loaded none = toml::load((folder / "none"), {"host-1", kRules});
  CHECK(config::render(none.diagnostics) ==
        (folder / "none") +
            "/tocsin.toml: error: cannot be read: No such file or directory\n"
            "        there is no folder " +
            (folder / "none") + "\n");
}

TEST_CASE("a file in place of the folder is one error, which names the folder") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  const std::string file = folder / "tocsin.toml";
  CHECK(config::render(toml::load(file, {"host-1", kRules}).diagnostics) ==
        file + "/tocsin.toml: error: cannot be read: Not a directory\n" +
            "        --config names the folder: " + std::string(folder.path()) + "\n");
  const std::string none = folder / "mine.toml";
  CHECK(config::render(toml::load(none, {"host-1", kRules}).diagnostics)
            .find("there is no folder " + none + ": --config names one\n") != std::string::npos);
}

TEST_CASE("a file that cannot be read hides nothing else, and nothing is blamed for what it held") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  std::filesystem::create_directories((folder / "conf.d/receivers.toml"));
  folder.put("rules.d/a.toml",
             "[rule.A]\nexpr = 'node_load1'\nabove = 1\npolicy = \"x\"\nbelow = 1\n");
  const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
  CHECK(!loaded.config);
  REQUIRE(loaded.diagnostics.size() == 2);
  CHECK(loaded.diagnostics[0].file == "conf.d/receivers.toml");
  CHECK(loaded.diagnostics[0].message == "cannot be read: not a regular file");
  CHECK(loaded.diagnostics[1].file == "rules.d/a.toml");
  CHECK(loaded.diagnostics[1].line == 5);
}

TEST_CASE("what was perhaps meant to be read and is not is warned of") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  folder.put("mine.toml", "[rule.A]\n");
  folder.put("rules.d/a.yml", "");
  folder.put("rules.d/b.TOML", "");
  folder.put("conf.d/c.conf", "");
  folder.put("conf.d/c.toml~", "");
  folder.put("conf.d/README", "");
  const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
  CHECK(loaded.config);
  std::vector<std::string> names;
  for (const config::Diagnostic& each : loaded.diagnostics) {
    CHECK(each.level == config::Level::warning);
    CHECK(each.message == "this file is not read");
    names.push_back(each.file);
  }
  CHECK(names ==
        std::vector<std::string>{"conf.d/c.conf", "mine.toml", "rules.d/a.yml", "rules.d/b.TOML"});
}

TEST_CASE("a file in UTF-16 is told of by what it is, and none of its zeros is shown") {
  TemporaryFolder folder;
  using namespace std::string_literals;
  for (const std::string& text : {"\xFF\xFE"
                                  "a\0 \0=\0"s,
                                  "a\0 \0=\0"s, "\0a\0 \0="s}) {
    folder.put("tocsin.toml", text);
    const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
    REQUIRE(loaded.diagnostics.size() == 1);
    CHECK(loaded.diagnostics[0].message == "this file is written in UTF-16");
    CHECK(config::render(loaded.diagnostics).find('\0') == std::string::npos);
  }
}

TEST_CASE("a file that anybody can write is warned of") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  REQUIRE(::chmod((folder / "tocsin.toml").c_str(), 0646) == 0);
  const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
  CHECK(loaded.config);
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].level == config::Level::warning);
  CHECK(loaded.diagnostics[0].message == "anybody on this host can write this file");
}

TEST_CASE("a folder into which anybody can put files is warned of") {
  TemporaryFolder folder;
  folder.put("tocsin.toml", "console_only = true\n");
  folder.put("rules.d/a.toml", "");
  REQUIRE(::chmod((folder / "rules.d").c_str(), 0777) == 0);
  const config::Loaded loaded = toml::load(folder.path(), {"host-1", kRules});
  CHECK(config::render(loaded.diagnostics) ==
        "rules.d: warning: anybody on this host can put a file into this folder\n"
        "        whoever does decides who is paged: chmod o-w\n");
  REQUIRE(::chmod((folder / "rules.d").c_str(), 0755) == 0);
  CHECK(toml::load(folder.path(), {"host-1", kRules}).diagnostics.empty());
}

TEST_CASE("an empty configuration has all defaults, and they are the model's own") {
  const config::Config config = good("");
  const config::Tuning tuning;
  CHECK(config.engine.tuning.record_within == tuning.record_within);
  CHECK(config.engine.tuning.outbox.fallback_after == tuning.outbox.fallback_after);
  CHECK(config.engine.tuning.outbox.retry_first == tuning.outbox.retry_first);
  CHECK(config.engine.tuning.outbox.retry_most == tuning.outbox.retry_most);
  CHECK(config.engine.tuning.outbox.give_up_after == tuning.outbox.give_up_after);
  CHECK(config.engine.tuning.outbox.fold_from == tuning.outbox.fold_from);
  CHECK(config.engine.tuning.outbox.in_flight_by_key == tuning.outbox.in_flight_by_key);
  CHECK(config.engine.tuning.flap_transitions == tuning.flap_transitions);
  CHECK(config.engine.tuning.flap_window == tuning.flap_window);
  CHECK(config.engine.tuning.flap_steady == tuning.flap_steady);
  CHECK(config.engine.tuning.reopen_within == tuning.reopen_within);
  CHECK(config.engine.tuning.storm_incidents == tuning.storm_incidents);
  CHECK(config.engine.tuning.storm_window == tuning.storm_window);
  CHECK(config.engine.tuning.warm_up_at_most == tuning.warm_up_at_most);
  CHECK(config.engine.tuning.poll_every == tuning.poll_every);
  CHECK(config.engine.tuning.poll_before == tuning.poll_before);
  const config::Limits limits;
  CHECK(config.engine.limits.store.series == limits.store.series);
  CHECK(config.engine.limits.store.series_per_scrape == limits.store.series_per_scrape);
  CHECK(config.engine.limits.store.labels_per_series == limits.store.labels_per_series);
  CHECK(config.engine.limits.store.label_value_bytes == limits.store.label_value_bytes);
  CHECK(config.engine.limits.alerts == limits.alerts);
  CHECK(config.engine.limits.open_incidents == limits.open_incidents);
  CHECK(config.engine.limits.outbox == limits.outbox);
  CHECK(config.engine.limits.timeline == limits.timeline);
  CHECK(config.engine.limits.silences == limits.silences);
  CHECK(config.engine.limits.notice_alerts == limits.notice_alerts);
  CHECK(config.listen.address == config::Listen{}.address);
  CHECK(config.listen.max_connections == config::Listen{}.max_connections);
  CHECK(config.control.socket == config::Control{}.socket);
  CHECK(config.storage.path == config::Storage{}.path);
  REQUIRE(config.sources.size() == 2);
  CHECK(std::get<config::HostSource>(config.sources[0].kind) == config::HostSource{});
  CHECK(config.sources[0].target.every == config::Target{}.every);
  CHECK(config.sources[0].target.timeout == config::Target{}.timeout);
  CHECK(config.sources[0].target.labels == Labels{{"job", "host"}, {"instance", "host-1"}});
  CHECK(config.sources[1].target.name == "tocsin");
  REQUIRE(config.receivers.size() == 1);
  CHECK(config.receivers[0].receiver.name == "console");
}

TEST_CASE("a rule that says nothing more has the model's defaults") {
  const config::Config config =
      good("console_only = true\n[rule.A]\nexpr = 'node_load1'\nabove = 4\n");
  const rule::Rule& rule = config.engine.rules.at(0);
  const rule::Rule defaults;
  CHECK(rule.keep_firing_for == defaults.keep_firing_for);
  CHECK(rule.on_missing == defaults.on_missing);
  CHECK(rule.missing_for == defaults.missing_for);
  CHECK(rule.every == defaults.every);
  CHECK(rule.severity == defaults.severity);
  CHECK(rule.impact == defaults.impact);
  CHECK(rule.policy == defaults.policy);
  CHECK(rule.summary == "");
  CHECK(std::get<rule::HoldFor>(rule.hold).span == Duration(0));
  CHECK(rule.threshold->clear == 4);
}

TEST_CASE("a policy that says nothing more has the model's defaults; its repeat asks who wakes") {
  const config::Config config = good(R"(
console_only = true
[receiver.pager]
kind = "pagerduty"
routing_key = "credential:x"
[policy.loud]
[[policy.loud.notify]]
level = 1
to = "pager"
[policy.quiet]
[[policy.quiet.notify]]
level = 1
to = "console"
[policy.set]
repeat = "1h"
[[policy.set.notify]]
level = 1
to = "pager"
)");
  const incident::Policy defaults;
  const incident::Policy& loud = config.engine.policy("loud");
  CHECK(loud.ack_expires == defaults.ack_expires);
  CHECK(loud.group_interval == defaults.group_interval);
  CHECK(loud.group_by_rule);
  CHECK(loud.repeat == minutes(15));
  CHECK(config.engine.policy("quiet").repeat == hours(4));
  CHECK(config.engine.policy("set").repeat == hours(1));
}

TEST_CASE("a rule is read as it is written") {
  const config::Config config = good(R"(
console_only = true
[rule.Cause]
expr = 'up'
below = 1
[rule.A]
expr = 'node_load1 / 4'
above = { warn = "80%", critical = "90%" }
clear = "70%"
for = { bad = 3, of = 5 }
keep_firing_for = "5m"
every = "2m"
impact = "high"
labels = { component = "api", team = "web" }
summary = "{{value}} {{labels.instance}}"
description = "look"
runbook = "https://example.com"
on_missing = "fire"
missing_for = "1h"
inhibited_by = ["Cause"]
equal = ["instance"]
[rule.Off]
enabled = false
expr = 'node_load1'
above = 1
[rule.OnlyCritical]
expr = 'node_load1'
below = { critical = "100ms" }
[rule.Filter]
expr = 'node_load1 > 4'
severity = "info"
unit = "seconds"
)");
  REQUIRE(config.engine.rules.size() == 4);
  const rule::Rule& rule = *config.engine.rule("A");
  CHECK(rule.expression.text() == "node_load1 / 4");
  REQUIRE(rule.threshold);
  CHECK(rule.threshold->direction == rule::Direction::above);
  CHECK(*rule.threshold->warning == doctest::Approx(0.8));
  CHECK(*rule.threshold->critical == doctest::Approx(0.9));
  CHECK(rule.threshold->clear == doctest::Approx(0.7));
  CHECK(rule.unit == Unit::ratio);
  CHECK(std::get<rule::BadOf>(rule.hold).bad == 3);
  CHECK(std::get<rule::BadOf>(rule.hold).of == 5);
  CHECK(rule.keep_firing_for == minutes(5));
  CHECK(rule.every == minutes(2));
  CHECK(rule.impact == Impact::high);
  CHECK(rule.labels == Labels{{"component", "api"}, {"team", "web"}});
  CHECK(rule.on_missing == rule::OnMissing::fire);
  CHECK(rule.missing_for == hours(1));
  CHECK(rule.inhibited_by == std::vector<std::string>{"Cause"});
  CHECK(rule.equal == std::vector<std::string>{"instance"});
  CHECK(config.engine.rule("Off") == nullptr);
  const rule::Rule& critical = *config.engine.rule("OnlyCritical");
  CHECK(critical.severity == Severity::critical);
  CHECK(!critical.threshold->warning);
  CHECK(critical.threshold->clear == doctest::Approx(0.1));
  const rule::Rule& filter = *config.engine.rule("Filter");
  CHECK(!filter.threshold);
  CHECK(filter.severity == Severity::info);
  CHECK(filter.unit == Unit::seconds);
}

TEST_CASE("targets have their job and instance, and the configuration's labels above them") {
  const config::Config config = good(R"(
console_only = true
[host]
name = "api-1"
[source.host]
labels = { rack = "12" }
[source.prometheus.api]
url = "https://user@[2001:db8::1]/metrics"
every = "5s"
honor_labels = true
max_body = "1MiB"
[source.prometheus.web]
url = "http://web.example.com:8080/metrics"
labels = { instance = "web-1" }
[source.tocsin]
enabled = false
)");
  REQUIRE(config.engine.targets.size() == 3);
  CHECK(config.engine.target("host")->labels ==
        Labels{{"job", "host"}, {"instance", "api-1"}, {"rack", "12"}});
  const config::Target& api = *config.engine.target("prometheus.api");
  CHECK(api.labels == Labels{{"job", "api"}, {"instance", "[2001:db8::1]:443"}});
  CHECK(api.every == seconds(5));
  CHECK(api.timeout == seconds(5));
  CHECK(api.honor_labels);
  CHECK(std::get<config::PrometheusSource>(config.sources[1].kind).max_body_bytes == 1U << 20U);
  CHECK(config.engine.target("prometheus.web")->labels ==
        Labels{{"job", "web"}, {"instance", "web-1"}});
}

TEST_CASE("an override changes what it names, adds labels, and may disable") {
  const config::Config config = good(R"(
console_only = true
[packs]
enable = ["infrastructure"]
[override.DiskSpaceLow]
above = "95%"
labels = { revenue = "yes" }
[override.MemoryHigh]
above = "70%"
[override.CpuHigh]
enabled = false
[override.DiskBusy]
above = { warn = "80%", critical = "95%" }
)");
  const rule::Rule& disk = *config.engine.rule("DiskSpaceLow");
  CHECK(*disk.threshold->warning == doctest::Approx(0.95));
  CHECK(disk.threshold->clear == doctest::Approx(0.88));
  CHECK(disk.labels == Labels{{"component", "infrastructure"}, {"revenue", "yes"}});
  // Its own `clear` of 80 % would lie on the wrong side.
  CHECK(config.engine.rule("MemoryHigh")->threshold->clear == doctest::Approx(0.7));
  CHECK(config.engine.rule("CpuHigh") == nullptr);
  CHECK(*config.engine.rule("DiskBusy")->threshold->critical == doctest::Approx(0.95));
}

TEST_CASE("a receiver comes back from its definition") {
  const config::Config config = good(R"(
console_only = true
[receiver.on-call]
wakes       = true
routing_key = "credential:pagerduty"
kind        = 'pagerduty'
api_token   = "file:/etc/tocsin/a \"quoted\" \\ name\u0009"
url         = "https://events.eu.pagerduty.com"
timeout     = "3s"
fallback    = ["chat", "console"]
[receiver.chat]
kind    = "slack"
webhook = "http://127.0.0.1:9000/hook"
channel = "#ünï"
[receiver.machine]
kind           = "webhook"
url            = "env:HOOK"
signing_secret = "credential:hook"
username       = "u"
password       = "credential:p"
[receiver.bot]
kind     = "slack"
token    = "credential:bot"
channel  = "#alerts"
api_url  = "https://slack.example.com/api"
)");
  for (const config::ReceiverDefinition& each : config.receivers) {
    CAPTURE(each.receiver.definition);
    const auto back = toml::receiver_from(each.receiver.definition);
    REQUIRE(back);
    CHECK(back->receiver.name == each.receiver.name);
    CHECK(back->receiver.wakes == each.receiver.wakes);
    CHECK(back->receiver.by_key == each.receiver.by_key);
    CHECK(back->receiver.can_poll == each.receiver.can_poll);
    CHECK(back->receiver.fallback == each.receiver.fallback);
    CHECK(back->receiver.definition == each.receiver.definition);
    CHECK(back->timeout == each.timeout);
    CHECK(back->kind == each.kind);
  }
}

TEST_CASE("a definition is the same however its table was written, and another when it changed") {
  const auto definition = [](const std::string& text) {
    return good("console_only = true\n" + text).engine.receivers.at(0).definition;
  };
  const std::string one = definition("[receiver.a]\nkind = \"slack\"\nwebhook = \"env:A\"\n");
  CHECK(definition("receiver.a = { webhook = 'env:A', kind = \"slack\" } # same\n") == one);
  CHECK(definition("[receiver.a]\nkind = \"slack\"\nwebhook = \"env:B\"\n") != one);
}

TEST_CASE("a definition that is broken is refused, not guessed at") {
  CHECK(!toml::receiver_from(""));
  CHECK(!toml::receiver_from("[receiver.a"));
  CHECK(!toml::receiver_from("[receiver.a]\nkind = \"slack\"\n"));
  CHECK(!toml::receiver_from("[receiver.a]\nkind=\"console\"\n[receiver.b]\nkind=\"console\"\n"));
}

TEST_CASE("tables that are nested without end do not exhaust anything") {
  std::string text = "x = ";
  for (int depth = 0; depth < 200; ++depth) text += "{ a = ";
  text += "1";
  for (int depth = 0; depth < 200; ++depth) text += " }";
  CHECK(!from(text + "\n").config);
}

TEST_CASE("a group tunes every rule that it matches, between the override and the rule") {
  const config::Config config = good(R"(
console_only = true
[packs]
enable = ["infrastructure"]
[receiver.dba]
kind = "console"
[policy.disks]
[[policy.disks.notify]]
level = 1
to = ["dba"]
[group.shipped]
match = '{pack="infrastructure", rule!="HostUnknown"}'
policy = "disks"
labels = { team = "db" }
[group.off]
match = '{rule=~"Inodes.*|.*Busy", impact=~"high|medium"}'
enabled = false
[override.DiskBusy]
enabled = true
[override.MemoryHigh]
policy = "default"
)");
  const rule::Rule& disk = *config.engine.rule("DiskSpaceLow");
  CHECK(disk.policy == "disks");
  CHECK(disk.labels == Labels{{"component", "infrastructure"}, {"team", "db"}});
  CHECK(config.engine.rule("MemoryHigh")->policy == "default");
  CHECK(config.engine.rule("MemoryHigh")->labels.get("team") == "db");
  CHECK(config.engine.rule("HostUnknown")->policy == "default");
  CHECK(config.engine.rule("InodesLow") == nullptr);
  CHECK(config.engine.rule("DiskBusy") != nullptr);
}

TEST_CASE("a secret in the clear is warned of, and used") {
  const config::Config config = good(R"(
console_only = true
[receiver.on-call]
kind = "pagerduty"
routing_key = "0123456789abcdef"
[receiver.chat]
kind = "slack"
webhook = "https://hooks.slack.com/services/T0/B0/x"
)");
  const auto& pager = std::get<config::PagerDutyReceiver>(config.receivers[0].kind);
  CHECK(pager.routing_key.reference == "value:0123456789abcdef");
  const auto& slack = std::get<config::SlackReceiver>(config.receivers[1].kind);
  CHECK(slack.webhook.reference == "value:https://hooks.slack.com/services/T0/B0/x");
}

TEST_CASE(
    "embedded: what cannot be looked at is no absence, and the built-in one does not stand in") {
  const TemporaryFolder folder;
  folder.put("locked/tocsin.toml", "console_only = true\n");
  const std::string locked = (folder / "locked");
  CHECK(toml::is_absent((folder / "tocsin.toml")));
  CHECK_FALSE(toml::is_absent(locked + "/tocsin.toml"));
  std::filesystem::permissions(locked, std::filesystem::perms::none);
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) ::setfsuid(kNobody);
  const bool absent = toml::is_absent(locked + "/tocsin.toml");
  toml::LoadOptions options{"host-1", kRules};
  options.embedded = true;
  const config::Loaded loaded = toml::load(locked, options, nullptr);
  if (root) ::setfsuid(0);
  std::filesystem::permissions(locked, std::filesystem::perms::owner_all);
  CHECK_FALSE(absent);
  CHECK_FALSE(loaded.config.has_value());
  CHECK(config::render(loaded.diagnostics).find("Permission denied") != std::string::npos);
}
