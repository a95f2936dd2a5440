// Risk covered: a question that changes what the engine does next.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

TEST_CASE("engine: asking for the next step at another moment moves nothing") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  auto later = bench.now();
  later.boot += 1h;
  later.wall += 1h;
  const auto& engine = bench.engine();
  REQUIRE(engine.next_step(bench.only_incident(), later));
  CHECK(engine.withheld(*engine.alerts().front()) == "silenced");
}
