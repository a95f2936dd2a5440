// Risk: the dead man's switch says that all is well while something stands still, or cries wolf at
// a slow target, a start, or a receiver that is slow for once.
#include "app/progress.hpp"

#include <doctest/doctest.h>

using namespace tocsin;
using app::Progress;

namespace {

constexpr Duration kUndelivered = minutes(2);
const BootTime kStart{hours(1)};

Stamp stamp(BootTime at) {
  return {at, WallTime(at.time_since_epoch())};
}

engine::TargetStatus target(const std::string& name, BootTime last_tick, bool answered = true,
                            Duration every = minutes(1)) {
  engine::TargetStatus out;
  out.name = name;
  out.answered = answered;
  out.last_outcome = answered ? ScrapeOutcome::answered : ScrapeOutcome::timed_out;
  out.last_detail = answered ? "" : "no answer within 10s";
  out.last_tick = stamp(last_tick);
  out.every = every;
  return out;
}

/// One target and the own one, one rule, one receiver; all moved on at `at`.
engine::Status moving(BootTime at) {
  engine::Status status;
  status.targets = {target("prometheus.app", at), target("tocsin", at)};
  status.rules.resize(1);
  status.rules[0].name = "A";
  status.rules[0].last_evaluation = stamp(at);
  status.receivers.resize(1);
  status.receivers[0].name = "chat";
  return status;
}

std::vector<std::string> look(Progress& progress, const engine::Status& status, BootTime now) {
  return progress.look(status, kUndelivered, now);
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("progress: nothing is said where all moves on") {
  Progress progress(kStart);
  for (int minute = 1; minute < 10; ++minute) {
    const BootTime now = kStart + minutes(minute);
    CHECK(look(progress, moving(now), now + seconds(50)) == Lines{});
  }
}

TEST_CASE("progress: a start has time for the first scrape, and no more than that") {
  Progress progress(kStart);
  engine::Status status = moving(kStart);
  for (auto& each : status.targets) {
    each.last_tick.reset();
    each.last_outcome.reset();
    each.answered = false;
  }
  status.rules[0].last_evaluation.reset();
  CHECK(look(progress, status, kStart + seconds(10)) == Lines{});
  CHECK(look(progress, status, kStart + minutes(3)) ==
        Lines{"target prometheus.app was not asked for 2 min 50 s",
              "no rule was evaluated for 3 min"});
}

TEST_CASE("progress: a target that is no longer asked stands still, however well it answered") {
  Progress progress(kStart);
  const BootTime now = kStart + hours(1);
  engine::Status status = moving(now);
  status.targets[0] = target("prometheus.app", now - minutes(2) - seconds(5));
  CHECK(look(progress, status, now) == Lines{});
  status.targets[0] = target("prometheus.app", now - minutes(2) - seconds(6));
  CHECK(look(progress, status, now).size() == 1);
  status.targets[0] = target("prometheus.app", now - minutes(2) - seconds(6), true, hours(1));
  CHECK_MESSAGE(look(progress, status, now) == Lines{}, "a slow target is not late");
}

TEST_CASE("progress: no target answers; tocsin's own metrics are no evidence") {
  Progress progress(kStart);
  engine::Status status = moving(kStart);
  status.targets[0] = target("prometheus.app", kStart, false);
  CHECK(look(progress, status, kStart) ==
        Lines{"no target answers; prometheus.app: no answer within 10s"});
  status.targets.push_back(target("host", kStart));
  CHECK_MESSAGE(look(progress, status, kStart) == Lines{}, "one of two is an alert's matter");
  status.targets = {target("tocsin", kStart)};
  CHECK_MESSAGE(look(progress, status, kStart) == Lines{}, "where there is no other");
}

TEST_CASE("progress: samples come in and no rule is evaluated") {
  Progress progress(kStart);
  const BootTime now = kStart + hours(1);
  engine::Status status = moving(now);
  status.rules[0].last_evaluation = stamp(now - minutes(4));
  CHECK(look(progress, status, now) == Lines{"no rule was evaluated for 4 min"});
  status.rules.resize(2);
  status.rules[1].last_evaluation = stamp(now);
  CHECK(look(progress, status, now) == Lines{});
  status.rules[0].last_error = "many-to-many";
  CHECK(look(progress, status, now) == Lines{});
  status.rules[1].last_error = "many-to-many";
  CHECK(look(progress, status, now) == Lines{"no rule can be evaluated; A: many-to-many"});
  status.rules.clear();
  CHECK_MESSAGE(look(progress, status, now) == Lines{}, "where there are no rules");
}

TEST_CASE("progress: a receiver that refuses, and storage that does not record") {
  Progress progress(kStart);
  engine::Status status = moving(kStart);
  status.receivers[0].refuses = true;
  status.receivers[0].last_error = "HTTP 410";
  status.storage_degraded = true;
  status.storage_error = "storage could not write";
  CHECK(look(progress, status, kStart) == Lines{"storage does not record: storage could not write",
                                                "receiver chat refuses: HTTP 410"});
}

TEST_CASE(
    "progress: a notice may wait for a while, but a receiver that takes nothing stands still") {
  Progress progress(kStart);
  BootTime now = kStart;
  engine::Status status = moving(now);
  status.receivers[0].waiting = 1;
  status.receivers[0].last_error = "HTTP 503";
  const auto later = [&](Duration span) {
    now += span;
    status.targets[0].last_tick = stamp(now);
    status.rules[0].last_evaluation = stamp(now);
    return look(progress, status, now);
  };
  CHECK(later(seconds(0)) == Lines{});
  CHECK(later(seconds(119)) == Lines{});
  CHECK(later(seconds(1)) == Lines{"receiver chat has taken nothing for 2 min: HTTP 503"});
  SUBCASE("a yes to another notice is progress") {
    status.receivers[0].last_yes = stamp(now);
    CHECK(later(seconds(0)) == Lines{});
    CHECK(later(minutes(2)).size() == 1);
  }
  SUBCASE("nothing waits any more; what waits later waits from then on") {
    status.receivers[0].waiting = 0;
    CHECK(later(seconds(0)) == Lines{});
    status.receivers[0].waiting = 1;
    CHECK(later(minutes(1)) == Lines{});
    CHECK(later(minutes(1)) == Lines{});
    CHECK(later(minutes(1)).size() == 1);
  }
}
