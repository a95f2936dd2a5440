// Risk covered: a notice that tells people to expect the next ring at another time than it comes.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

TEST_CASE("engine: what a notice says comes next comes then, also after the last level and again") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.policies[0].repeat = 7min;
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(1h);
  std::vector<WallTime> rang;
  std::vector<WallTime> foretold;
  for (const auto& delivery : bench.sent) {
    REQUIRE(delivery.notice.next);
    if (rang.empty() || rang.back() != delivery.notice.at) {
      rang.push_back(delivery.notice.at);
      foretold.push_back(delivery.notice.next->at);
    }
    CHECK(delivery.notice.next->at == foretold.back());  // two receivers of one moment
  }
  REQUIRE(rang.size() > 8);
  rang.erase(rang.begin());
  foretold.pop_back();
  CHECK(rang == foretold);
}

TEST_CASE("engine: after an acknowledgement the level that was reached rings again, for all") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(6min);
  for (const Delivery& delivery : bench.sent) CHECK_FALSE(delivery.notice.next->again);
  bench.sent.clear();
  bench.command(AcknowledgeCommand{bench.only_incident().id, 30min, ""});
  REQUIRE(bench.sent.size() == 2);
  for (const Delivery& delivery : bench.sent) {
    CHECK(delivery.notice.next->level == 2);  // also for the chat, which was told of level 1
    CHECK(delivery.notice.next->again);
  }
}
