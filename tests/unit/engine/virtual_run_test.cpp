// Risk: a virtual run is not what the daemon would do: ticks apart, steps not carried out, time
// that passes between.
#include "tocsin/engine/virtual_run.hpp"

#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

const WallTime kStart{std::chrono::hours(500'000)};

Scrape body(std::string text) {
  Scrape scrape;
  scrape.body = std::move(text);
  return scrape;
}

}  // namespace

TEST_CASE("virtual run: targets tick together at the start, then each at its interval") {
  auto config = usual_config();
  auto slow = config.targets.front();
  slow.name = "slow";
  slow.every = 5min;
  config.targets.push_back(slow);
  auto rule = gauge_rule("High", "x", 10);
  rule.every = 7min;
  config.rules.push_back(rule);
  std::vector<std::pair<std::string, std::size_t>> asked;
  engine::VirtualRun run(config, kStart, [&](const config::Target& target, std::size_t number) {
    asked.emplace_back(target.name, number);
    return body("x 0\n");
  });
  CHECK(asked.empty());
  run.run_until(0min);
  CHECK(asked == std::vector<std::pair<std::string, std::size_t>>{{"app", 0}, {"slow", 0}});
  CHECK(run.moment().wall == kStart);
  asked.clear();
  run.run_until(5min);
  CHECK(asked.size() == 6);
  CHECK(asked.back() == std::pair<std::string, std::size_t>{"slow", 1});
  CHECK(run.moment().wall == kStart + 5min);
  CHECK(run.elapsed(run.moment().boot) == 5min);
  // The rule's own grid begins with the run, too.
  REQUIRE(run.engine().status(run.moment()).rules.front().last_evaluation);
  CHECK(run.elapsed(run.engine().status(run.moment()).rules.front().last_evaluation->boot) == 0min);
  run.run_until(7min + 30s);
  CHECK(run.elapsed(run.engine().status(run.moment()).rules.front().last_evaluation->boot) == 7min);
}

TEST_CASE("virtual run: levels are told when they fall due, and a person stops the climb") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  engine::VirtualRun run(config, kStart, [](const config::Target&, std::size_t number) {
    return body(number < 2 ? "x 0\n" : "x 20\n");
  });
  run.run_until(8min);
  REQUIRE(run.told().size() == 2);
  CHECK(run.told()[0].at == 2min);
  CHECK(run.told()[0].delivery.receiver == "chat");
  CHECK(run.told()[1].at == 7min);
  CHECK(run.told()[1].delivery.receiver == "pager");
  const auto incidents = run.engine().incidents();
  REQUIRE(incidents.size() == 1);
  const Reply reply = run.command(AcknowledgeCommand{incidents.front()->id, 30min, ""}, "ada");
  CHECK(reply.accepted);
  CHECK(reply.recorded);
  const std::size_t told = run.told().size();
  run.run_until(30min);
  CHECK(run.told().size() == told);
  CHECK(!run.command(AcknowledgeCommand{IncidentId(999), 30min, ""}, "ada").accepted);
}

TEST_CASE("virtual run: the same run twice is the same") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  const auto words = [&config] {
    engine::VirtualRun run(config, kStart, [](const config::Target&, std::size_t number) {
      return body(number % 7 < 3 ? "x 20\n" : "x 0\n");
    });
    run.run_until(3h);
    std::string all;
    for (const auto& told : run.told()) {
      all += format_duration(told.at) + told.delivery.dedup_key + told.delivery.notice.title + "\n";
    }
    return all;
  };
  CHECK(words() == words());
  CHECK(!words().empty());
}
