// Risk covered: a drill that hides or outlives a real alert, or that is not known as one.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

config::EngineConfig rule_to_drill() {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  return config;
}

bool all_are_drills(const std::vector<Delivery>& sent) {
  return std::all_of(sent.begin(), sent.end(),
                     [](const Delivery& one) { return one.notice.drill; });
}

}  // namespace

TEST_CASE("drill: it goes the whole real way, marked, although nothing is wrong") {
  Bench bench(rule_to_drill());
  bench.command(DrillCommand{"High", 12min}, "ada");
  REQUIRE(bench.replies.size() == 1);
  CHECK(bench.replies[0].accepted);
  CHECK(bench.replies[0].number == bench.only_incident().id.value);
  CHECK(bench.told("chat") == Words{"open 1"});
  bench.run(5min);
  CHECK(bench.told("pager") == Words{"open 2"});
  bench.run(5min);
  CHECK(bench.told("pager") == Words{"open 2", "open 3"});
  bench.run(2min);
  CHECK(bench.told("pager") == Words{"open 2", "open 3", "close 2", "close 3"});
  CHECK(all_are_drills(bench.sent));
  CHECK_FALSE(bench.only_incident().open());
  CHECK(bench.sent[0].notice.alerts.at(0).value == "11");
  CHECK(bench.story().find("ada asked for it") != std::string::npos);
  CHECK_MESSAGE(bench.stored().alerts.empty(), "nothing of it is left");
}

TEST_CASE("drill: whoever asks for one is told that a silence keeps it from everybody") {
  Bench bench(rule_to_drill());
  bench.command(SilenceCommand{"{alertname=\"High\"}", 1h, "moving"});
  bench.command(DrillCommand{"High", 12min});
  REQUIRE(bench.replies.size() == 2);
  CHECK(bench.replies[1].text.find("nobody is told: silenced until ") != std::string::npos);
  CHECK(bench.sent.empty());
}

TEST_CASE("drill: a real breach in the middle of it is an incident of its own") {
  Bench bench(rule_to_drill());
  bench.command(DrillCommand{"High", 30min});
  bench.run(3min);
  bench.bodies["app"] = "x 20\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "open 1"});
  CHECK_FALSE(all_are_drills(bench.sent));
  bench.command(EndDrillCommand{"High"});
  bench.run(5min);
  const auto real = std::count_if(bench.sent.begin(), bench.sent.end(), [](const Delivery& one) {
    return !one.notice.drill && one.receiver == "pager";
  });
  CHECK(real == 1);
}

TEST_CASE("drill: beside real incidents of its host neither names the other") {
  auto config = rule_to_drill();
  config.targets.front().labels = Labels{{"job", "app"}, {"instance", config.host + ":80"}};
  config.rules.push_back(gauge_rule("Low", "y", 10));
  config.rules.push_back(gauge_rule("Last", "z", 10));
  Bench bench(config);
  const auto also_open = [&bench](std::string_view rule) {
    for (const auto& one : bench.sent)
      if (one.notice.alerts.at(0).rule == rule) return one.notice.also_open;
    FAIL("it was not told");
    return std::vector<std::string>();
  };
  bench.bodies["app"] = "x 0\ny 20\nz 0\n";
  bench.run(1min);
  bench.command(DrillCommand{"High", 30min});
  bench.bodies["app"] = "x 0\ny 20\nz 20\n";
  bench.run(1min);
  CHECK(also_open("High").empty());
  CHECK(also_open("Last") == std::vector<std::string>{"#1 Low, level 1"});
}

TEST_CASE("drill: a restart neither ends nor resets it, a reboot ends it") {
  Bench bench(rule_to_drill());
  bench.command(DrillCommand{"High", 12min});
  bench.run(3min);
  SUBCASE("a restart") {
    bench.restart();
    bench.run(2min - 1s);
    CHECK(bench.told("pager").empty());
    bench.run(1s);
    CHECK(bench.told("pager") == Words{"open 2"});
    bench.run(7min);
    CHECK_FALSE(bench.only_incident().open());
  }
  SUBCASE("a reboot") {
    bench.restart(1min, "boot-2");
    bench.run(1min);
    CHECK_FALSE(bench.only_incident().open());
    CHECK(bench.told("pager").empty());
  }
}

TEST_CASE("drill: it inhibits nothing and is not inhibited") {
  auto config = rule_to_drill();
  auto effect = gauge_rule("Effect", "y", 10);
  effect.inhibited_by = {"High"};
  config.rules.push_back(effect);
  Bench bench(config);
  bench.command(DrillCommand{"High", 12min});
  bench.bodies["app"] = "x 0\ny 20\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "open 1"});
  bench.bodies["app"] = "x 20\ny 0\n";
  bench.command(DrillCommand{"Effect", 12min});
  CHECK(bench.told("chat").size() >= 3);
}

TEST_CASE("drill: one at a time, of a rule that exists, acknowledged like any other") {
  Bench bench(rule_to_drill());
  bench.command(DrillCommand{"Hgh", 12min});
  bench.command(DrillCommand{"High", 25h});
  bench.command(EndDrillCommand{"High"});
  bench.command(DrillCommand{"High", 12min});
  bench.command(DrillCommand{"High", 12min});
  std::vector<bool> taken;
  for (const auto& reply : bench.replies) taken.push_back(reply.accepted);
  CHECK(taken == std::vector<bool>{false, false, false, true, false});
  bench.command(AcknowledgeCommand{bench.only_incident().id, 30min, "seen"});
  bench.run(11min);
  CHECK(bench.told("pager").empty());
  bench.run(2min);
  bench.command(DrillCommand{"High", 12min});
  CHECK_MESSAGE(bench.engine().incidents().size() == 2, "a new drill has a clock of its own");
}

TEST_CASE("drill, test notice: a name that is nobody's is answered with what was meant") {
  Bench bench(rule_to_drill());
  bench.command(DrillCommand{"Hihg", 12min});
  CHECK(bench.replies.back().text == "no rule is called `Hihg`: did you mean `High`?");
  bench.command(AcceptCommand{"xyzzy"});
  CHECK(bench.replies.back().text == "no rule is called `xyzzy`");
  bench.command(TestNoticeCommand{"chta"});
  CHECK(bench.replies.back().text == "no receiver is called `chta`: did you mean `chat`?");
}

TEST_CASE("drill: its texts read as a real alert's would") {
  auto config = rule_to_drill();
  config.host_labels = Labels{{"env", "production"}};
  auto& rule = config.rules.back();
  rule.labels = Labels{{"component", "disk"}};
  rule.summary =
      "{{labels.mountpoint}} of {{labels.instance}} ({{labels.component}}, {{labels.env}})";
  rule.description = "look at {{labels.shard}}";
  Bench bench(config);
  bench.command(DrillCommand{"High", 12min}, "ada");
  REQUIRE_FALSE(bench.sent.empty());
  CHECK(bench.sent[0].notice.title == "/ of web1 (disk, production)");
  CHECK(bench.sent[0].notice.description == "look at example-shard");
  bench.command(EndDrillCommand{"High"}, "ada");
  bench.run(1min);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE("drill: what routes an alert is not invented") {
  auto config = rule_to_drill();
  const std::vector<std::string> routing{"host", "rule", "alertname", "severity", "impact"};
  for (const auto& name : routing) config.rules.back().summary += "{{labels." + name + "}} ";
  config.rules.back().summary += "{{labels.shard}}";
  Bench bench(config);
  bench.command(DrillCommand{"High", 12min});
  REQUIRE_FALSE(bench.sent.empty());
  const auto& labels = bench.sent[0].notice.alerts.at(0).labels;
  CHECK(labels.get("shard") == "example-shard");
  for (const auto& name : routing) CHECK_MESSAGE(labels.get(name).empty(), name);
}
