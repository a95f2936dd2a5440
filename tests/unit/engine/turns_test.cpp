// Risk covered: many targets that share a tick cost an evaluation each, over all of them; or, where
// they are evaluated together, one that hangs holds up the page of another.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

constexpr int kTargets = 40;

config::EngineConfig many_targets(std::string_view expression) {
  auto config = usual_config();
  auto target = config.targets[0];
  config.targets.clear();
  for (int i = 0; i < kTargets; ++i) {
    target.name = "app" + std::to_string(i);
    target.labels = Labels{{"instance", target.name}};
    config.targets.push_back(target);
  }
  config.rules.push_back(gauge_rule("High", expression, 10));
  return config;
}

std::uint64_t evaluations(Bench& bench) {
  return bench.engine().counters().evaluations;
}

void all_well(Bench& bench) {
  for (int i = 0; i < kTargets; ++i) bench.bodies["app" + std::to_string(i)] = "x 1\n";
  bench.run(5min);
}

void once_a_tick(const config::EngineConfig& config) {
  Bench bench(config);
  all_well(bench);
  const auto before = evaluations(bench);
  bench.run(10min);
  CHECK(evaluations(bench) - before == 10);
  bench.bodies["app7"] = "x 20\n";
  bench.run(1min);
  CHECK(bench.only_incident().open());
}

}  // namespace

TEST_CASE("engine: what joins many targets is evaluated once a tick, when the last one is in") {
  auto config = many_targets("sum(x)");
  config.tuning.wait_per_1000_samples = 10s;
  once_a_tick(config);
}

TEST_CASE("engine: what reads much is evaluated once a tick, though each target decides alone") {
  auto config = many_targets("x");
  SUBCASE("no wait is long enough for a timer: at each answer") {
    config.tuning.wait_per_1000_samples = 1ms;
    Bench bench(config);
    all_well(bench);
    const auto before = evaluations(bench);
    bench.run(10min);
    CHECK(evaluations(bench) - before == 10 * kTargets);
  }
  SUBCASE("it reads much") {
    config.tuning.wait_per_1000_samples = 10s;
    once_a_tick(config);
  }
}

TEST_CASE("engine: a target that hangs delays nobody else by more than the wait for it") {
  auto config = many_targets("x");
  config.tuning.wait_per_1000_samples = 250ms;  // 40 samples and 40 elements cost as 1640
  Bench bench(config);
  all_well(bench);
  auto& engine = bench.engine();
  auto now = bench.now();
  const auto at = [&](BootTime boot) {
    now.wall += boot - now.boot;
    now.boot = boot;
    return now;
  };
  Scrape scrape;
  scrape.target = engine.target("app7");
  scrape.tick = bench.now().boot + 1min;
  scrape.body = "x 20\n";
  auto step = engine.scraped(scrape, at(scrape.tick + 5ms));
  CHECK(engine.incidents().empty());
  REQUIRE(step.wake);
  CHECK((*step.wake - scrape.tick).count() == 5 + 410);
  static_cast<void>(engine.woke(at(*step.wake)));
  CHECK(engine.incidents().size() == 1);
  SUBCASE("a tick later, nothing that was put off is skipped") {
    scrape.target = engine.target("app8");
    static_cast<void>(engine.scraped(scrape, at(scrape.tick + 500ms)));
    REQUIRE(engine.incidents().front()->rings.size() == 1);
    const auto before = engine.counters().transitions;
    scrape.tick += 1min;
    scrape.body = "x 1\n";
    static_cast<void>(engine.scraped(scrape, at(scrape.tick + 5ms)));
    static_cast<void>(engine.woke(at(scrape.tick + 415ms)));
    CHECK(engine.counters().transitions == before + 2);  // it fired, and is well
  }
}
