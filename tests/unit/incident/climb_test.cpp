// Risk covered: a level told early, late, twice or never.
#include "tocsin/incident/climb.hpp"

#include <doctest/doctest.h>

#include "support/stamps.hpp"

using namespace tocsin;
using testing::at;
using namespace std::chrono_literals;

namespace {

incident::Policy four_levels() {
  incident::Policy policy;
  for (const auto& [level, after] : {std::pair{1, 0min}, {2, 5min}, {3, 10min}, {4, 15min}}) {
    incident::NotifyEntry entry;
    entry.level = level;
    entry.after = after;
    policy.entries.push_back(entry);
  }
  return policy;
}

const incident::Matched kAll(4, true);

}  // namespace

TEST_CASE("climb: the clock stands while it is stopped and goes on from there") {
  ClimbClock clock;
  incident::set(clock, 0min, at(0min));
  CHECK(incident::elapsed(clock, at(4min).boot) == 4min);
  incident::stand(clock, at(4min));
  CHECK(incident::elapsed(clock, at(60min).boot) == 4min);
  incident::run(clock, at(60min));
  CHECK(incident::elapsed(clock, at(61min).boot) == 5min);
}

TEST_CASE("climb: an entry is reached by its time, by its level, or because it falls due at once") {
  const auto policy = four_levels();
  Incident incident;
  CHECK(incident::reached(policy.entries[0], incident, 0min));
  CHECK_FALSE(incident::reached(policy.entries[1], incident, 5min - 1ms));
  CHECK(incident::reached(policy.entries[1], incident, 5min));
  incident.due_at_once = 2;
  CHECK(incident::reached(policy.entries[1], incident, 0min));
  incident.due_at_once = 0;
  incident.level = 3;
  CHECK(incident::reached(policy.entries[2], incident, 0min));
  CHECK_FALSE(incident::reached(policy.entries[3], incident, 14min));
}

TEST_CASE("climb: the next step skips levels that concern nobody") {
  const auto policy = four_levels();
  Incident incident;
  incident.level = 1;
  incident::Matched matched{true, false, true, false};
  const auto next = incident::upcoming(policy, matched, incident, 1min);
  REQUIRE(next);
  CHECK(next->level == 3);
  CHECK(next->after == 10min);
  CHECK(incident::last_level(policy, matched) == 3);
  CHECK(incident::level_above(policy, matched, 1) == 3);
  CHECK(incident::level_above(policy, matched, 3) == 0);
}

TEST_CASE("climb: after the last level there is no next one") {
  const auto policy = four_levels();
  Incident incident;
  incident.level = 4;
  CHECK_FALSE(incident::upcoming(policy, kAll, incident, 20min));
}

TEST_CASE("climb: a level's distance is its earliest entry's") {
  auto policy = four_levels();
  policy.entries[2].after = 12min;
  policy.entries.push_back(policy.entries[2]);
  policy.entries.back().after = 11min;
  CHECK(incident::after_of(policy, 3) == 11min);
  CHECK(incident::after_of(policy, 0) == 0min);
}
