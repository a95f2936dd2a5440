// Risk: a level that nobody could be told of passes for told, and nobody hears of it anywhere.
#include <algorithm>
#include <string>
#include <vector>

#include "../../support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using engine::LogLine;
using std::chrono::minutes;

namespace {

DeliveryOutcome never(std::string why) {
  DeliveryOutcome out;
  out.result = DeliveryResult::permanent;
  out.detail = std::move(why);
  return out;
}

DeliveryOutcome not_now(std::string why) {
  DeliveryOutcome out;
  out.result = DeliveryResult::retryable;
  out.detail = std::move(why);
  return out;
}

std::vector<std::string> emergencies(const Bench& bench) {
  std::vector<std::string> texts;
  for (const LogLine& line : bench.log)
    if (line.level == LogLine::Level::emergency) texts.push_back(line.text);
  return texts;
}

config::EngineConfig watching(double above = 80) {
  config::EngineConfig config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", above));
  return config;
}

}  // namespace

TEST_CASE("engine: a level whose only receiver refuses for good is told by the log") {
  Bench bench(watching());
  bench.answer = [](const Delivery& delivery) {
    return delivery.receiver == "chat" ? never("the secret file:/x cannot be read")
                                       : DeliveryOutcome{};
  };
  bench.run(minutes(2));
  bench.bodies["app"] = "x 93\n";
  bench.run(minutes(2));
  REQUIRE(emergencies(bench).size() == 1);
  const std::string text = emergencies(bench).front();
  CHECK(text.find("nobody could be told of level 1 of incident 1") == 0);
  CHECK(text.find("chat: the secret file:/x cannot be read") != std::string::npos);
  CHECK(bench.story().find("nobody could be told of level 1") != std::string::npos);
  CHECK(bench.engine().told_nobody(bench.only_incident().id));
  // Level 2 reaches its pager: somebody knows.
  bench.run(minutes(5));
  CHECK(emergencies(bench).size() == 1);
  CHECK_FALSE(bench.engine().told_nobody(bench.only_incident().id));
}

TEST_CASE("engine: a fallback that says yes needs no last resort, and one that refuses too does") {
  for (const bool well : {true, false}) {
    CAPTURE(well);
    config::EngineConfig config = watching();
    config.receivers[0].fallback = {"pager"};
    Bench bench(config);
    bench.answer = [well](const Delivery& delivery) {
      return delivery.receiver == "chat" || !well ? never("no") : DeliveryOutcome{};
    };
    bench.bodies["app"] = "x 93\n";
    bench.run(minutes(3));
    CHECK(bench.told("pager").size() == 1);
    CHECK(emergencies(bench).size() == (well ? 0 : 1));
    CHECK(bench.engine().told_nobody(bench.only_incident().id) != well);
  }
}

TEST_CASE("engine: who is not reached within fallback_after is spoken of once for each telling") {
  config::EngineConfig config = watching();
  config.policies[0].entries.resize(1);
  config.policies[0].repeat = minutes(15);
  Bench bench(config);
  bench.answer = [](const Delivery&) { return not_now("HTTP 503"); };
  bench.bodies["app"] = "x 93\n";
  bench.run(minutes(1));
  REQUIRE(bench.only_incident().level == 1);
  CHECK(emergencies(bench).empty());
  bench.run(minutes(10));
  REQUIRE(emergencies(bench).size() == 1);
  CHECK(emergencies(bench).front().find("nobody has been reached yet for level 1") == 0);
  bench.run(minutes(15));
  CHECK(emergencies(bench).size() == 2);  // it rang again
  bench.answer = [](const Delivery&) { return DeliveryOutcome{}; };
  bench.run(minutes(30));
  CHECK(emergencies(bench).size() == 2);
}

TEST_CASE("engine: an incident that somebody has in hand needs no last resort") {
  Bench bench(watching());
  bench.answer = [](const Delivery&) { return not_now("HTTP 503"); };
  bench.run(minutes(1));
  bench.bodies["app"] = "x 93\n";
  bench.run(minutes(1));
  bench.command(AcknowledgeCommand{bench.only_incident().id, std::nullopt, ""});
  bench.run(minutes(10));
  CHECK(emergencies(bench).empty());
}
