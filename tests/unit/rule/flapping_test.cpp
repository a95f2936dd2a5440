// Risk covered: flapping that is never noticed, never ends, or is forgotten with its alert.
#include "tocsin/rule/flapping.hpp"

#include <doctest/doctest.h>

#include "support/stamps.hpp"

using namespace tocsin;
using testing::at;
using namespace std::chrono_literals;

TEST_CASE("flapping: begins with the seventh transition within half an hour, once") {
  Alert alert;
  for (int i = 0; i < 6; ++i) CHECK_FALSE(rule::note_transition(alert, at(i * 2min), {}));
  CHECK(rule::note_transition(alert, at(12min), {}));
  CHECK(alert.flapping);
  CHECK_FALSE(rule::note_transition(alert, at(14min), {}));
}

TEST_CASE("flapping: transitions older than the window do not count") {
  Alert alert;
  for (int i = 0; i < 40; ++i) CHECK_FALSE(rule::note_transition(alert, at(i * 5min), {}));
}

TEST_CASE("flapping: steady is fifteen minutes after the last transition") {
  Alert alert;
  for (int i = 0; i < 7; ++i) rule::note_transition(alert, at(i * 1min), {});
  CHECK(rule::steady_at(alert, {}) == at(21min).boot);
}

TEST_CASE("flapping: an alert is at rest when no transition of it counts any more") {
  Alert alert;
  rule::note_transition(alert, at(0min), {});
  CHECK_FALSE(rule::at_rest(alert, at(29min).boot, {}));
  CHECK(rule::at_rest(alert, at(30min).boot, {}));
}
