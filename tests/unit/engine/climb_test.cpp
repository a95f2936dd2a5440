// Risk covered: people who are told late, twice, or not at all, from the breach to the close.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/engine_bench.hpp"
#include "support/zone_file.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

config::EngineConfig critical_rule() {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().impact = Impact::critical;
  return config;
}

Bench breached() {
  Bench bench(critical_rule());
  bench.run(3min);
  bench.bodies["app"] = "x 20\n";
  for (int i = 0; i < 120 && bench.sent.empty(); ++i) bench.run(1s);
  return bench;
}

}  // namespace

TEST_CASE(
    "engine: a breach is told at once, climbs at 5 and 10 minutes, and its end is told once to "
    "each") {
  auto bench = breached();
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager").empty());
  bench.run(4min + 59s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
  bench.run(5min);
  CHECK(bench.told("pager") == Words{"open 2", "open 3"});
  CHECK(bench.told("chat") == Words{"open 1", "open 3"});
  const std::string verdict(rollback_verdict(Impact::critical));
  const std::string until = format_clock(bench.now().wall + 5min, TimeZone());
  CHECK(bench.sent.back().notice.verdict == verdict + "; by " + until);
  CHECK(bench.sent.back().notice.conference == "https://meet.example.com/war-room");

  bench.bodies["app"] = "x 5\n";
  bench.run(1min);
  CHECK(bench.told("pager") == Words{"open 2", "open 3", "close 2", "close 3"});
  CHECK(bench.told("chat") == Words{"open 1", "open 3", "close 3"});
  CHECK_FALSE(bench.only_incident().open());
  bench.run(60min);
  CHECK(bench.told("pager").size() == 4);
}

TEST_CASE(
    "engine: level 3 rings the same pager under another key than level 2, and each close has its "
    "open's key") {
  auto bench = breached();
  bench.run(10min);
  bench.bodies["app"] = "x 5\n";
  bench.run(1min);
  std::vector<std::string> opened;
  std::vector<std::string> closed;
  for (const auto& delivery : bench.sent) {
    if (delivery.receiver != "pager") continue;
    (delivery.action == DeliveryAction::open ? opened : closed).push_back(delivery.dedup_key);
  }
  CHECK(opened.size() == 2);
  CHECK(opened[0] != opened[1]);
  CHECK(opened == closed);
}

TEST_CASE("engine: the last level rings again every 15 minutes until somebody has it in hand") {
  auto bench = breached();
  bench.run(10min);
  bench.sent.clear();
  bench.run(14min + 59s);
  CHECK(bench.sent.empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 3"});
  bench.command(AcknowledgeCommand{bench.only_incident().id, 8h, ""});
  bench.sent.clear();
  bench.run(2h);
  CHECK(bench.sent.empty());
}

TEST_CASE(
    "engine: an acknowledgement stops the climb; when it expires the last level rings and the "
    "climb goes on") {
  auto bench = breached();
  bench.run(6min);  // level 2 has been told at minute 5
  bench.command(AcknowledgeCommand{bench.only_incident().id, 30min, "looking"});
  CHECK(bench.told("pager") == Words{"open 2", "acknowledge 2"});
  CHECK(bench.sent.back().notice.reason == "ada has it in hand: looking");
  bench.sent.clear();
  bench.run(29min + 59s);
  CHECK(bench.sent.empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
  CHECK(bench.sent.back().notice.kind == NoticeKind::told_again);
  CHECK(bench.told("chat").empty());
  bench.run(4min + 59s);
  CHECK(bench.told("pager").size() == 1);
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2", "open 3"});
}

TEST_CASE(
    "engine: an acknowledgement is void when the severity becomes worse, and all told so far is "
    "told again") {
  auto config = critical_rule();
  config.rules.back().threshold->critical = 50;
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(7min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 8h, ""});
  bench.sent.clear();
  bench.bodies["app"] = "x 60\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager") == Words{"open 2"});
  CHECK_FALSE(bench.only_incident().acknowledged);
}

TEST_CASE("engine: a page that has not left is withdrawn by an acknowledgement") {
  auto bench = breached();
  bench.run(4min + 59s);
  bench.commits = false;
  bench.run(1s);  // level 2 waits for its record
  CHECK(bench.told("pager").empty());
  bench.command(AcknowledgeCommand{bench.only_incident().id, 30min, ""});
  bench.run(1min);
  CHECK(bench.told("pager").empty());
}

TEST_CASE("engine: a restart neither repeats a notice nor resets a clock") {
  auto bench = breached();
  bench.run(4min + 50s);
  bench.sent.clear();
  bench.restart();
  CHECK(bench.sent.empty());
  bench.run(9s);
  CHECK(bench.sent.empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
  bench.restart();
  bench.run(4min);
  CHECK(bench.told("pager") == Words{"open 2"});
}

TEST_CASE(
    "engine: what fell due while it was away is told once, under the highest level, after it has "
    "looked") {
  auto bench = breached();
  bench.run(1min);
  bench.sent.clear();
  SUBCASE("and still holds") {
    bench.restart(30min);
    CHECK(bench.sent.empty());
    bench.run(1min);
    CHECK(bench.told("pager") == Words{"open 3"});
    CHECK(bench.told("chat") == Words{"open 3"});
  }
  SUBCASE("what has got well in the meantime wakes nobody") {
    bench.bodies["app"] = "x 5\n";
    bench.restart(30min);
    bench.run(1min);
    CHECK(bench.told("pager").empty());
    CHECK(bench.told("chat") == Words{"close 1"});
  }
  SUBCASE("also across a reboot, by the calendar") {
    bench.restart(30min, "boot-2");
    bench.run(1min);
    CHECK(bench.told("pager") == Words{"open 3"});
  }
}

TEST_CASE("engine: a step of the wall clock pages nobody and forgets nothing") {
  auto bench = breached();
  bench.run(2min);
  bench.sent.clear();
  bench.clock_step(-24h);
  bench.run(2min);
  CHECK(bench.sent.empty());
  bench.clock_step(72h);
  bench.run(59s);
  CHECK(bench.sent.empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
}

TEST_CASE("engine: a target that dies does not make its alert well, and is not a second opinion") {
  auto bench = breached();
  bench.bodies.erase("app");
  bench.run(3h);
  CHECK(bench.only_incident().open());
  for (const auto& delivery : bench.sent) CHECK(delivery.action != DeliveryAction::close);
  bench.bodies["app"] = "x 1\n";
  bench.run(1min);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE(
    "engine: a series that is gone while its target answers closes after 15 minutes, without "
    "evidence") {
  auto bench = breached();
  bench.bodies["app"] = "y 1\n";
  bench.run(15min);
  CHECK(bench.only_incident().open());
  bench.run(1min);
  CHECK_FALSE(bench.only_incident().open());
  CHECK(bench.only_incident().close_reason == "missing too long");
}

TEST_CASE("engine: four minutes bad and one minute good still reach level 2") {
  auto bench = breached();
  bench.run(3min);
  for (int i = 0; i < 3 && bench.told("pager").empty(); ++i) {
    bench.bodies["app"] = "x 5\n";
    bench.run(1min);
    bench.bodies["app"] = "x 20\n";
    bench.run(4min);
  }
  CHECK(bench.told("pager") == Words{"open 2"});
  CHECK(bench.engine().incidents().size() == 1);
}

TEST_CASE(
    "engine: the time to decide is counted from when level 3 was told, and shown as clocks there "
    "do") {
  auto config = usual_config();
  config.time_zone = berlin();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().impact = Impact::high;
  config.rules.back().severity = Severity::critical;
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  const auto third = [&] {
    return std::count_if(bench.sent.begin(), bench.sent.end(),
                         [](const Delivery& one) { return one.level == 3; });
  };
  while (third() == 0) bench.run(1min);
  const Notice first = bench.sent.back().notice;
  const std::string until = format_clock(first.at + 5min, berlin());
  CHECK(until.find(" UTC+") != std::string::npos);
  CHECK(first.verdict.ends_with("; by " + until));
  CHECK(first.shown.zone.name() == "Europe/Berlin");
  bench.run(15min);
  CHECK(bench.sent.back().notice.verdict.ends_with("; that was until " + until));
}

TEST_CASE("engine: incidents that are open on one host name each other, three at most") {
  auto config = usual_config();
  config.policies.front().repeat = 15min;
  for (int i = 0; i < 6; ++i)
    config.rules.push_back(gauge_rule("High" + std::to_string(i), "x", 10.0 * (i + 1)));
  Bench bench(config);
  using Lines = std::vector<std::string>;
  std::vector<Notice> opens;
  for (int i = 0; i < 6; ++i) {
    const auto before = bench.sent.size();
    bench.bodies["app"] = "x " + std::to_string(10 * i + 15) + "\n";
    bench.run(1min);
    REQUIRE(bench.sent.size() > before);
    opens.push_back(bench.sent[before].notice);
  }
  CHECK(opens[0].also_open.empty());
  CHECK(opens[1].also_open == Lines{"#1 High0, level 1"});
  CHECK(opens[3].also_open.size() == 3);
  CHECK(opens[4].also_open.size() == 4);
  CHECK(opens[4].also_open.back() == "and more");
  bench.bodies["app"] = "x 0\n";
  bench.run(2min);
  CHECK(bench.sent.back().notice.kind == NoticeKind::closed);
  CHECK(bench.sent.back().notice.also_open.empty());
}

TEST_CASE("engine: a title says how many more there are") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().summary = "{{labels.zone}} is full";
  Bench bench(config);
  bench.bodies["app"] = "x{zone=\"a\"} 20\n";
  bench.run(1min);
  REQUIRE_FALSE(bench.sent.empty());
  CHECK(bench.sent.back().notice.title == "a is full");
  bench.bodies["app"] = "x{zone=\"a\"} 20\nx{zone=\"b\"} 20\nx{zone=\"c\"} 20\n";
  bench.run(3min);
  CHECK(bench.sent.back().notice.title == "a is full and 2 more");
}

TEST_CASE("engine: incidents of other hosts, and those that nobody was told of, are not named") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.push_back(gauge_rule("Low", "y", 10));
  config.rules.push_back(gauge_rule("Last", "z", 10));
  config.targets.push_back(config.targets.front());
  config.targets.back().name = "other";
  config.targets.back().labels = Labels{{"job", "app"}, {"instance", "other:80"}};
  Bench bench(config);
  bench.command(SilenceCommand{.matchers = "{rule=\"Low\"}", .lasts = 2h, .reason = "work"});
  bench.bodies["other"] = "x 20\ny 0\nz 0\n";
  bench.bodies["app"] = "x 0\ny 20\nz 0\n";
  bench.run(3min);
  const auto before = bench.sent.size();
  bench.bodies["app"] = "x 0\ny 20\nz 20\n";
  bench.run(1min);
  REQUIRE(bench.sent.size() > before);
  CHECK(bench.sent[before].notice.alerts.at(0).rule == "Last");
  CHECK(bench.sent[before].notice.also_open.empty());
}

TEST_CASE("engine: a story keeps whom a ring was to wake, whatever the configuration says later") {
  auto bench = breached();
  bench.run(6min);
  CHECK(bench.woken() == Words{"pager"});
}
