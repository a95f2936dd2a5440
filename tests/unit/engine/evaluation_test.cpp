// Risk covered: an instance that nobody judges any more, because its series is gone.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

TEST_CASE("engine: a series that is gone is judged at its own target's ticks, also the slowest's") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  auto quick = config.targets[0];
  quick.name = "quick";
  quick.labels = Labels{{"job", "quick"}};
  config.targets.insert(config.targets.begin(), quick);  // it answers before "app" does
  Bench bench(config);
  bench.bodies["quick"] = "x 0\n";
  bench.bodies["app"] = "x 20\n";
  bench.run(5min);
  REQUIRE(bench.only_incident().open());
  bench.bodies["app"] = "y 1\n";
  bench.run(14min);
  CHECK(bench.only_incident().open());
  bench.run(3min);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE("engine: an instance is judged at its own target's ticks, whoever else feeds the rule") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules[0].hold = rule::BadOf{3, 5};
  auto slow = config.targets[0];
  slow.name = "slow";
  slow.labels = Labels{{"job", "slow"}};
  slow.every = 5min;
  config.targets.push_back(slow);
  Bench bench(config);
  bench.bodies["slow"] = "x 20\n";
  bench.run(10min - 1s);  // it ticks at the start, then every five minutes
  CHECK(bench.engine().incidents().empty());
  bench.run(1s);
  CHECK(bench.engine().incidents().size() == 1);
}

TEST_CASE("engine: a restart does not forget how far `bad of` is on its way out") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules[0].hold = rule::BadOf{3, 5};
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(3min);
  REQUIRE(bench.only_incident().open());
  bench.bodies["app"] = "x 2\n";
  bench.run(2min);
  bench.restart();
  bench.run(1min);
  CHECK_FALSE(bench.only_incident().open());
}

TEST_CASE("engine: a rate that waits for its second sample is warming up, and finds no fault") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("Fast", "rate(x_total[2m])", 10));
  config.rules.push_back(gauge_rule("Typo", "y", 10));
  Bench bench(config);
  bench.bodies["app"] = "x_total 5\n";
  bench.run(0s);
  const auto rules = bench.engine().status(bench.now()).rules;
  REQUIRE(rules.size() == 2);
  CHECK(rules[0].warm_at.has_value());
  CHECK_FALSE(rules[0].nothing_since.has_value());
  CHECK(rules[1].nothing_since.has_value());
  bench.run(1min);
  CHECK(bench.engine().status(bench.now()).rules[0].value == 0);
}

TEST_CASE(
    "engine: what a scrape between the ticks shows is seen, and not judged before the next one") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.stores = false;
  bench.bodies.clear();
  bench.restart(30s);
  Scrape scrape;
  scrape.target = TargetId{1};
  scrape.tick = bench.now().boot;  // as a daemon scrapes when it starts
  scrape.body = "x 20\n";
  static_cast<void>(bench.engine().scraped(scrape, bench.now()));
  CHECK(bench.engine().status(bench.now()).rules.at(0).value == 20);
  CHECK(bench.engine().incidents().empty());
}
