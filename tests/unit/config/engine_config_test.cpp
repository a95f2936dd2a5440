#include "tocsin/config/engine_config.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using namespace tocsin::config;

namespace {
BootTime boot(std::int64_t ms) {
  return BootTime(Duration(ms));
}
}  // namespace

TEST_CASE("a policy that does not exist is the default one") {
  EngineConfig config;
  config.policies.resize(2);
  config.policies[0].name = "default";
  config.policies[1].name = "production";
  CHECK(config.policy("production").name == "production");
  CHECK(config.policy("gone").name == "default");
  CHECK(config.policy("").name == "default");
}

TEST_CASE("what is not configured is not found") {
  EngineConfig config;
  config.targets.push_back(Target{"host", {}, {}, {}, false});
  CHECK(config.target("host") == config.targets.data());
  CHECK(config.target("other") == nullptr);
  CHECK(config.receiver("x") == nullptr);
  CHECK(config.rule("x") == nullptr);
}

TEST_CASE("an offset is stable, within the interval, and lets ticks coincide") {
  CHECK(host_offset("web-1", minutes(1)) == host_offset("web-1", minutes(1)));
  CHECK(host_offset("web-1", minutes(1)) != host_offset("web-2", minutes(1)));
  for (const auto* host : {"", "a", "web-1", "db.example.com"}) {
    CHECK(host_offset(host, minutes(1)) < minutes(1));
    CHECK(host_offset(host, minutes(1)) >= Duration::zero());
    CHECK(host_offset(host, minutes(5)) % minutes(1) == host_offset(host, minutes(1)));
  }
  CHECK(host_offset("a", Duration::zero()) == Duration::zero());
}

TEST_CASE("the tick at or before a moment") {
  CHECK(tick_at_or_before(boot(130'000), minutes(1), seconds(7)) == boot(127'000));
  CHECK(tick_at_or_before(boot(127'000), minutes(1), seconds(7)) == boot(127'000));
  CHECK(tick_at_or_before(boot(126'999), minutes(1), seconds(7)) == boot(67'000));
  CHECK(tick_at_or_before(boot(0), minutes(1), seconds(7)) == boot(-53'000));
  CHECK(tick_at_or_before(boot(-60'000), minutes(1), Duration::zero()) == boot(-60'000));
}
