// Risk covered: a silence or a cause that hides more than it should, or for longer.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

config::EngineConfig one_rule() {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  return config;
}

}  // namespace

TEST_CASE(
    "engine: while silenced nobody is told; at its end the open is told and the climb starts") {
  Bench bench(one_rule());
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  REQUIRE(bench.replies.size() == 1);
  CHECK(bench.replies[0].accepted);
  CHECK(bench.replies[0].recorded);
  bench.bodies["app"] = "x 20\n";
  bench.run(19min + 59s);
  CHECK(bench.sent.empty());
  CHECK(bench.only_incident().open());
  bench.run(1s);
  CHECK(bench.told("chat") == Words{"open 1"});
  bench.run(4min + 59s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
}

TEST_CASE("engine: what was told stands while it is silenced and climbs on where it stood") {
  Bench bench(one_rule());
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  bench.run(23min - 1s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK_MESSAGE(bench.told("pager") == Words{"open 2"}, "two minutes before it, three after");
}

TEST_CASE("engine: an acknowledgement that ends under a silence counts from the silence's end") {
  Bench bench(one_rule());
  bench.bodies["app"] = "x 20\n";
  bench.run(6min);
  REQUIRE(bench.told("pager") == Words{"open 2"});
  bench.command(AcknowledgeCommand{bench.only_incident().id, 10min, "mine"});
  bench.command(SilenceCommand{"{alertname=\"High\"}", 1h, "known"});
  bench.run(1h - 1s);
  const auto before = bench.told("pager");
  bench.run(4min);
  CHECK(bench.only_incident().level == 2);
  CHECK(bench.told("pager").size() == before.size() + 1);
  bench.run(2min);
  CHECK(bench.only_incident().level == 3);
}

TEST_CASE("engine: an incident's story has the end of a silence, by itself or by a person") {
  Bench bench(one_rule());
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  bench.run(21min);
  CHECK(bench.story().find("{alertname=\"High\"} has ended") != std::string::npos);
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "again"});
  const auto number = bench.replies.back().number;
  bench.run(1min);
  bench.command(EndSilenceCommand{SilenceId(number)});
  const std::string ended = "has ended silence S" + std::to_string(number);
  CHECK(bench.story().find(ended) != std::string::npos);
  bench.command(SilenceCommand{"{alertname=\"Other\"}", 1min, "not this"});
  bench.run(2min);
  CHECK(bench.story().find("Other") == std::string::npos);
}

TEST_CASE("engine: a silence withholds no close") {
  Bench bench(one_rule());
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  bench.run(10min);
  CHECK(bench.told("pager").empty());
  bench.bodies["app"] = "x 2\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "close 1"});
}

TEST_CASE("engine: what resolved without anyone having been told is told to nobody") {
  Bench bench(one_rule());
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  bench.bodies["app"] = "x 2\n";
  bench.run(1h);
  CHECK(bench.sent.empty());
}

TEST_CASE("engine: who acknowledges what is silenced is not woken at the silence's end") {
  Bench bench(one_rule());
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 1h, "known"});
  bench.run(59min);
  CHECK(bench.sent.empty());
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager").empty());
}

TEST_CASE("engine: an acknowledgement taken back under a silence starts no climb") {
  Bench bench(one_rule());
  bench.command(SilenceCommand{"{alertname=\"High\"}", 40min, "known"});
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 1h, "mine"});
  bench.run(5min);
  bench.command(UnacknowledgeCommand{bench.only_incident().id});
  bench.run(31min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager").empty());
}

TEST_CASE("engine: who joins while an instance is silenced hears of it at the silence's end") {
  Bench bench(one_rule());
  bench.bodies["app"] = "x{disk=\"a\"} 20\n";
  bench.run(2min);
  bench.command(SilenceCommand{"{disk=\"a\"}", 11min, "known"});
  bench.bodies["app"] = "x{disk=\"a\"} 20\nx{disk=\"b\"} 20\n";
  bench.run(10min);
  const auto names_a = [](const Delivery& one) {
    return one.receiver == "pager" &&
           std::any_of(one.notice.alerts.begin(), one.notice.alerts.end(),
                       [](const auto& alert) { return alert.labels.get("disk") == "a"; });
  };
  REQUIRE_FALSE(bench.told("pager").empty());
  CHECK(std::none_of(bench.sent.begin(), bench.sent.end(), names_a));
  bench.run(3min);
  CHECK(std::any_of(bench.sent.begin(), bench.sent.end(), names_a));
}

TEST_CASE("engine: a silence must have a reason, an end and a matcher") {
  Bench bench(one_rule());
  bench.command(SilenceCommand{"{a=\"b\"}", 20min, ""});
  bench.command(SilenceCommand{"{a=\"b\"}", 0min, "r"});
  bench.command(SilenceCommand{"{}", 20min, "r"});
  bench.command(SilenceCommand{"{a=~\"(\"}", 20min, "r"});
  REQUIRE(bench.replies.size() == 4);
  for (const auto& reply : bench.replies) CHECK_FALSE(reply.accepted);
}

TEST_CASE("engine: an effect is not told while its cause fires, and is once the cause has ended") {
  auto config = one_rule();
  config.rules[0].inhibited_by = {"Down"};
  config.rules.push_back(gauge_rule("Down", "down", 0));
  Bench bench(config);
  bench.bodies["app"] = "x 20\ndown 1\n";
  bench.run(3min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  CHECK(bench.sent[0].notice.alerts[0].rule == "Down");
  bench.bodies["app"] = "x 20\ndown 0\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "close 1"});
  bench.run(1min);
  REQUIRE(bench.told("chat") == Words{"open 1", "close 1", "open 1"});
  CHECK(bench.sent.back().notice.alerts[0].rule == "High");
}

TEST_CASE(
    "engine: a cause that is pending holds its effect back, at most for the rest of its `for`") {
  auto config = one_rule();
  config.rules[0].inhibited_by = {"Down"};
  config.rules.push_back(gauge_rule("Down", "down", 0));
  config.rules[1].hold = rule::HoldFor{3min};
  Bench bench(config);
  SUBCASE("the cause fires: only the cause is told") {
    bench.bodies["app"] = "x 20\ndown 1\n";
    bench.run(6min);
    REQUIRE(bench.told("chat") == Words{"open 1"});
    CHECK(bench.sent[0].notice.alerts[0].rule == "Down");
  }
  SUBCASE("the cause goes away: the effect is told") {
    bench.bodies["app"] = "x 20\ndown 1\n";
    bench.run(2min);
    CHECK(bench.sent.empty());
    bench.bodies["app"] = "x 20\ndown 0\n";
    bench.run(2min);
    REQUIRE(bench.told("chat") == Words{"open 1"});
    CHECK(bench.sent[0].notice.alerts[0].rule == "High");
  }
}

TEST_CASE("engine: many incidents at once are told as one storm, closed once") {
  auto config = usual_config();
  std::string bad;
  std::string good;
  for (int i = 0; i < 30; ++i) {
    const auto name = "m" + std::to_string(i);
    config.rules.push_back(gauge_rule("R" + std::to_string(i), name, 10));
    bad += name + " 20\n";
    good += name + " 0\n";
  }
  Bench bench(config);
  bench.bodies["app"] = bad;
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.sent[0].notice.lines.size() == 21);
  bench.run(5min);
  CHECK(bench.told("pager") == Words{"open 2"});
  bench.bodies["app"] = good;
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "close 1"});
  CHECK(bench.told("pager") == Words{"open 2", "close 2"});
}

TEST_CASE(
    "engine: what comes and goes is told as flapping, escalates, and is told once it is steady") {
  Bench bench(one_rule());
  for (int i = 0; i < 16; ++i) {
    bench.bodies["app"] = i % 2 == 0 ? "x 20\n" : "x 5\n";
    bench.run(1min);
  }
  const auto flapping = std::count_if(
      bench.sent.begin(), bench.sent.end(),
      [](const Delivery& delivery) { return delivery.notice.kind == NoticeKind::flapping; });
  CHECK(flapping == 1);
  bench.bodies["app"] = "x 5\n";
  bench.sent.clear();
  bench.run(14min);
  CHECK(bench.only_incident().open());
  bench.run(3min);
  CHECK_FALSE(bench.only_incident().open());
  CHECK(bench.told("chat").back().starts_with("close"));
}
