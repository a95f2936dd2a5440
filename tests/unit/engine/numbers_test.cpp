// Risk covered: a receiver that takes a new notice for one that it has had, because its number came
// twice.
#include <doctest/doctest.h>

#include <set>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

TEST_CASE(
    "engine: what was sent but never recorded shares no number with what a later start sends") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.stores = false;
  const auto begin = bench.now().wall;
  std::set<std::uint64_t> deliveries;
  std::set<std::uint64_t> rings;
  std::set<std::string> keys;
  for (int start = 0; start < 3; ++start) {
    CAPTURE(start);
    bench.sent.clear();
    bench.run(30min);
    REQUIRE(bench.sent.size() > 4);
    std::set<std::uint64_t> rung;
    for (const auto& delivery : bench.sent) {
      CHECK_FALSE(delivery.notice.recorded);
      CHECK(deliveries.insert(delivery.id.value).second);
      CHECK(keys.insert(delivery.dedup_key).second);
      rung.insert(delivery.ring);
    }
    for (const auto ring : rung) CHECK(rings.insert(ring).second);
    // The calendar is set back to little after the start before.
    bench.clock_step(begin + (start + 1) * 2ms - bench.now().wall);
    bench.restart();
  }
}

TEST_CASE("engine: nor do starts that all know the same, while the calendar says 1970") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.stores = false;
  bench.restart();  // numbers are the calendar's from here on
  bench.stores = true;
  bench.run(2min);
  bench.stores = false;
  std::set<std::uint64_t> deliveries;
  for (int start = 0; start < 4; ++start) {
    CAPTURE(start);
    bench.clock_step(WallTime{} - bench.now().wall);
    bench.restart(Duration::zero(),
                  start == 2 ? std::optional<std::string>("other") : std::nullopt);
    bench.sent.clear();
    bench.run(6min);
    REQUIRE_FALSE(bench.sent.empty());
    for (const auto& delivery : bench.sent) CHECK(deliveries.insert(delivery.id.value).second);
  }
}
