// Risk covered: what the simulator found once, each as small as it can be told.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

void until_told(Bench& bench) {
  for (int i = 0; i < 120 && bench.sent.empty(); ++i) bench.run(1s);
}

}  // namespace

TEST_CASE("engine: a sum stays bad while a part of it is unknown, however many ticks that lasts") {
  auto config = usual_config();
  auto other = config.targets.front();
  other.name = "other";
  other.labels = Labels{{"job", "other"}, {"instance", "other:80"}};
  config.targets.push_back(other);
  config.rules.push_back(gauge_rule("Load", "sum(x)", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 5\n";
  bench.bodies["other"] = "x 1\n";
  bench.run(3min);
  bench.bodies["other"] = "x 20\n";
  until_told(bench);
  REQUIRE(bench.only_incident().open());
  bench.bodies.erase("other");
  bench.run(4min);
  CHECK(bench.only_incident().open());
  bench.bodies["other"] = "x 1\n";
  bench.run(1min);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE(
    "engine: an acknowledgement that ends while all is well starts the clock at the reopening") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.run(3min);
  bench.bodies["app"] = "x 20\n";
  until_told(bench);
  bench.run(1min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 3min, ""});
  bench.bodies["app"] = "x 5\n";
  bench.run(4min);  // closed, and the acknowledgement has ended
  bench.bodies["app"] = "x 20\n";
  bench.sent.clear();
  until_told(bench);
  bench.run(4min + 59s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
}

TEST_CASE("engine: a close that no open has reached is not sent, however late it comes") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.run(3min);
  bench.answer = [](const Delivery& delivery) {
    DeliveryOutcome outcome;
    if (delivery.receiver == "pager") outcome.result = DeliveryResult::permanent;
    return outcome;
  };
  bench.bodies["app"] = "x 20\n";
  until_told(bench);
  bench.run(3h);
  bench.answer = [](const Delivery&) { return DeliveryOutcome{}; };
  bench.sent.clear();
  bench.bodies["app"] = "x 5\n";
  bench.run(1min);
  CHECK(bench.told("pager").empty());
  CHECK(bench.told("chat").size() == 1);
}

TEST_CASE("engine: after a reboot every delivery is recorded by the new boot's clock") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.run(3min);
  bench.bodies["app"] = "x 20\n";
  until_told(bench);
  bench.run(1min);
  bench.restart(1min, "boot-2");
  const auto known = bench.stored().deliveries;
  REQUIRE_FALSE(known.empty());
  for (const Delivery& one : known) CHECK(one.created.boot <= bench.now().boot);
}

TEST_CASE("engine: what was recorded while the calendar stood at 1970 is not old after a reboot") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.run(3min);
  const auto to_1970 = bench.now().wall.time_since_epoch();
  bench.clock_step(-to_1970);
  bench.bodies["app"] = "x 20\n";
  until_told(bench);
  bench.clock_step(to_1970);
  bench.command(
      SilenceCommand{"{alertname=\"Other\"}", 1h, "something is recorded by the right calendar"});
  bench.run(1min);
  bench.restart(1min, "boot-2");
  for (const Delivery& one : bench.stored().deliveries) {
    CHECK(one.state != DeliveryState::expired);
    CHECK(bench.now().boot - one.created.boot < 1h);
  }
  bench.run(4min);
  CHECK(bench.told("pager") == Words{"open 2"});
}
