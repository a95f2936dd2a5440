// Risk covered: a window that pages people for what they are mending, or hides what is left broken.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"
#include "support/zone_file.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

/// The bench's calendar starts at a full hour: 2027-01-15T08:00:00Z.
incident::MaintenanceWindow daily(Duration start, Duration lasts,
                                  std::string_view match = "{rule=\"High\"}") {
  incident::MaintenanceWindow window;
  window.name = "upgrade";
  window.match = *Matchers::parse(match);
  window.on = {"daily"};
  window.days = {incident::Daily{}};
  window.start = start;
  window.lasts = lasts;
  window.reason = "new kernel";
  window.author = "ops";
  return window;
}

config::EngineConfig with(std::vector<incident::MaintenanceWindow> windows) {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.maintenance = std::move(windows);
  return config;
}

/// Since midnight at the start of a bench.
Duration start_of_bench() {
  const Bench bench;
  return bench.now().wall.time_since_epoch() % std::chrono::days(1);
}

config::EngineConfig in_between(Duration from, Duration until) {
  return with({daily(start_of_bench() + from, until - from)});
}

bool says(const Bench& bench, std::string_view text) {
  return bench.story().find(text) != std::string::npos;
}

std::size_t in_force(Bench& bench) {
  return bench.engine().status(bench.now()).maintenance;
}

}  // namespace

TEST_CASE("maintenance: what breaks within is told to nobody, and at its end, with a fresh climb") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(29min + 59s);
  CHECK(bench.sent.empty());
  CHECK(bench.only_incident().open());
  CHECK(in_force(bench) == 1);
  CHECK_MESSAGE(says(bench, "withheld: High"), bench.story());
  CHECK(says(bench, "maintenance upgrade until 08:30:00 UTC"));
  bench.run(1s);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(says(bench, "released: maintenance upgrade has ended"));
  CHECK(in_force(bench) == 0);
  bench.run(4min + 59s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK(bench.told("pager") == Words{"open 2"});
}

TEST_CASE("maintenance: one that begins while it fires stops the telling; then the climb goes on") {
  Bench bench(in_between(4min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  bench.run(27min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager").empty());
  CHECK(says(bench, "withheld: maintenance upgrade until"));
  CHECK(says(bench, "new kernel"));
  bench.run(2min - 1s);
  CHECK(bench.told("pager").empty());
  bench.run(1s);
  CHECK_MESSAGE(bench.told("pager") == Words{"open 2"}, "four minutes before, one after");
}

TEST_CASE("maintenance: what gets well within is told to nobody") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  bench.bodies["app"] = "x 2\n";
  bench.run(2h);
  CHECK(bench.sent.empty());
}

TEST_CASE("maintenance: a close is owed and given within") {
  Bench bench(in_between(4min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  bench.bodies["app"] = "x 2\n";
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1", "close 1"});
}

TEST_CASE("maintenance: only what it matches is withheld") {
  auto config = in_between(0min, 30min);
  config.rules.push_back(gauge_rule("Other", "y", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\ny 20\n";
  bench.run(3min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  CHECK(bench.sent.front().notice.alerts.front().rule == "Other");
}

TEST_CASE("maintenance: a restart within changes nothing, nor does a reboot") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  SUBCASE("a restart") {
    bench.restart(2min);
  }
  SUBCASE("a reboot") {
    bench.restart(2min, "boot-2");
  }
  CHECK(in_force(bench) == 1);
  bench.run(17min);
  CHECK(bench.sent.empty());
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
}

TEST_CASE("maintenance: one that ended while tocsin was away is over") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  bench.restart(40min);
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
}

TEST_CASE("maintenance: a reload without the window tells at once; one that brings it withholds") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  SUBCASE("removed") {
    bench.reload(with({}));
    CHECK(bench.told("chat") == Words{"open 1"});
    CHECK(says(bench, "has ended: the configuration says so"));
  }
  SUBCASE("kept, beside a new one and in another place") {
    auto config = in_between(0min, 30min);
    auto other = daily(0min, 1min, "{rule=\"Other\"}");
    other.name = "another";
    config.maintenance.insert(config.maintenance.begin(), other);
    bench.reload(config);
    bench.run(5min);
    CHECK(bench.sent.empty());
    CHECK_FALSE(says(bench, "has ended"));
  }
  SUBCASE("brought") {
    bench.reload(with({}));
    bench.reload(in_between(0min, 30min));
    CHECK(in_force(bench) == 1);
    bench.run(10min);
    CHECK(bench.told("pager").empty());
  }
}

TEST_CASE("maintenance: the wall clock steps into a window and out again") {
  Bench bench(in_between(2h, 3h));
  bench.bodies["app"] = "x 20\n";
  bench.run(3min);
  REQUIRE(bench.told("chat") == Words{"open 1"});
  bench.clock_step(2h);
  bench.run(10min);
  CHECK(in_force(bench) == 1);
  CHECK(bench.told("pager").empty());
  bench.clock_step(-2h);
  bench.run(4min);
  CHECK(in_force(bench) == 0);
  CHECK(bench.told("pager").size() == 1);
  bench.run(1h + 41min);
  CHECK(in_force(bench) == 0);
  bench.run(5min);
  CHECK_MESSAGE(in_force(bench) == 1, "the real one is not used up");
}

TEST_CASE("maintenance: the wall clock steps back before the beginning of a window in force") {
  Bench bench(in_between(0min, 30min));
  bench.bodies["app"] = "x 20\n";
  bench.run(10min);
  bench.clock_step(-1h);
  bench.run(1min);
  CHECK(bench.told("chat") == Words{"open 1"});
}

TEST_CASE("maintenance: an acknowledgement that ends within is told of after it") {
  Bench bench(in_between(4min, 2h));
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 30min, ""});
  bench.run(1h + 57min);
  CHECK(bench.told("chat") == Words{"open 1", "acknowledge 1"});
  bench.run(2min);
  CHECK(bench.told("chat").size() == 3);
}

TEST_CASE("maintenance: by hand, from now on, lasts its time whatever the calendar does") {
  Bench bench(with({}));
  bench.command(MaintenanceCommand{"{rule=\"High\"}", 20min, "new disk", std::nullopt});
  REQUIRE(bench.replies.back().accepted);
  CHECK(bench.replies.back().recorded);
  CHECK(in_force(bench) == 1);
  CHECK(bench.engine().silences(bench.now()).empty());
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  bench.clock_step(3h);
  bench.run(5min);
  bench.clock_step(-6h);
  bench.run(9min);
  bench.restart();
  bench.run(59s);
  CHECK(bench.sent.empty());
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.engine().maintenance(bench.now()).empty());
}

TEST_CASE("maintenance: by hand, planned, goes by the calendar and is not forgotten at a step") {
  Bench bench(with({}));
  bench.command(MaintenanceCommand{"{rule=\"High\"}", 30min, "new disk", bench.now().wall + 1h});
  REQUIRE(bench.replies.back().accepted);
  CHECK(in_force(bench) == 0);
  bench.clock_step(std::chrono::days(30));
  bench.run(5min);
  bench.restart();
  bench.clock_step(-std::chrono::days(30));
  bench.run(50min);
  CHECK(in_force(bench) == 0);
  CHECK(bench.engine().maintenance(bench.now()).size() == 1);
  bench.run(6min);
  CHECK(in_force(bench) == 1);
  bench.bodies["app"] = "x 20\n";
  bench.run(28min);
  CHECK(bench.sent.empty());
  bench.run(2min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.engine().maintenance(bench.now()).empty());
}

TEST_CASE("maintenance: ended early, by name or number") {
  Bench bench(in_between(0min, 2h));
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  SUBCASE("of the configuration: until it recurs, also over a restart") {
    bench.command(EndMaintenanceCommand{"upgrade"});
    CHECK(bench.replies.back().accepted);
    CHECK(bench.told("chat") == Words{"open 1"});
    bench.restart();
    CHECK(in_force(bench) == 0);
    CHECK(bench.engine().maintenance(bench.now()).front().ended_early);
    bench.command(EndMaintenanceCommand{"upgrade"});
    CHECK_FALSE(bench.replies.back().accepted);
    bench.bodies["app"] = "x 2\n";
    bench.run(24h);
    CHECK(in_force(bench) == 1);
  }
  SUBCASE("by hand") {
    bench.command(MaintenanceCommand{"{rule=\"High\"}", 5h, "as well", std::nullopt});
    const auto number = bench.replies.back().number;
    bench.command(EndMaintenanceCommand{std::to_string(number)});
    CHECK(bench.replies.back().accepted);
    CHECK(in_force(bench) == 1);
    CHECK_MESSAGE(bench.sent.empty(), "the other one is still in force");
    bench.command(EndMaintenanceCommand{std::to_string(number)});
    CHECK_FALSE(bench.replies.back().accepted);
  }
  SUBCASE("what there is not") {
    for (const char* which : {"backup", "", "999", "1x", "-1"}) {
      bench.command(EndMaintenanceCommand{which});
      CHECK_FALSE(bench.replies.back().accepted);
    }
    CHECK(bench.sent.empty());
  }
}

TEST_CASE("maintenance: by hand it has a reason, a matcher, and an end that is to come") {
  Bench bench(with({}));
  const auto refused = [&](MaintenanceCommand what) {
    bench.command(std::move(what));
    return !bench.replies.back().accepted;
  };
  CHECK(refused({"{a=\"b\"}", 20min, "", {}}));
  CHECK(refused({"{}", 20min, "r", {}}));
  CHECK(refused({"{a=\"b\"}", 0min, "r", {}}));
  CHECK(refused({"{a=\"b\"}", std::chrono::days(31), "r", {}}));
  CHECK(refused({"{a=\"b\"}", 20min, "r", bench.now().wall - 20min}));
  CHECK(refused({"{a=\"b\"}", 20min, "r", bench.now().wall + std::chrono::days(400)}));
  CHECK_FALSE(refused({"{a=\"b\"}", 20min, "r", bench.now().wall - 10min}));
  CHECK(in_force(bench) == 1);
}

TEST_CASE("maintenance: in a zone, in the night in which clocks are put forward") {
  auto window = daily(2h + 30min, 1h);
  window.zone = berlin();
  Bench bench(with({window}));
  bench.clock_step(utc("2027-03-28T00:00:00Z") - bench.now().wall);
  bench.bodies["app"] = "x 2\n";
  bench.run(59min + 59s);
  CHECK(in_force(bench) == 0);
  bench.run(1s);
  CHECK(in_force(bench) == 1);
  bench.bodies["app"] = "x 20\n";
  bench.run(59min + 59s);
  CHECK(bench.sent.empty());
  bench.run(1s);
  CHECK(bench.told("chat") == Words{"open 1"});
}
