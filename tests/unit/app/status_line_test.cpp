// Risk: systemctl status says that all is well while it is not.
#include "app/status_line.hpp"

#include <doctest/doctest.h>

using namespace tocsin;

namespace {

engine::Status watching() {
  engine::Status status;
  status.targets.resize(2);
  for (auto& target : status.targets) {
    target.last_outcome = ScrapeOutcome::answered;
    target.answered = true;
  }
  status.rules.resize(1);
  status.receivers.resize(3);
  return status;
}

}  // namespace

TEST_CASE("status line: what is watched, and nothing else while all is well") {
  CHECK(app::status_line(watching(), {}) == "2 targets, 1 rule, 3 receivers");
}

TEST_CASE("status line: everything that is wrong, the worst first") {
  engine::Status status = watching();
  status.open_incidents = 2;
  status.unacknowledged = 1;
  status.storage_degraded = true;
  status.receivers[0].refuses = true;
  status.receivers[2].consecutive_failures = 1;
  status.targets[1].answered = false;
  app::ConfigState config;
  config.last_ok = false;
  CHECK(app::status_line(status, config) ==
        "2 targets, 1 rule, 3 receivers; 2 incidents open, 1 not acknowledged; storage does not "
        "record; 2 receivers not reached; 1 target without an answer; the last reload was refused");
}

TEST_CASE("status line: a target that was not asked yet is not silent") {
  engine::Status status = watching();
  status.targets[0] = {};
  CHECK(app::status_line(status, {}) == "2 targets, 1 rule, 3 receivers");
}
