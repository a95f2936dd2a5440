// The weather of a week: when which fault strikes, and for how long. The last day is fair.
#include <fmt/format.h>

#include "configure.hpp"
#include "scenario.hpp"
#include "world.hpp"

namespace tocsin::simulation {

void World::recur(Fault fault, Duration mean, std::function<void()> act) {
  if (!swarm_.on(fault)) return;
  const Duration next = now_ + some(mean / 10, mean * 2);
  if (next >= fair_from_) return;
  at(next, [this, fault, mean, act] {
    act();
    recur(fault, mean, act);
  });
}

void World::schedule_weather() {
  target_faults();
  receiver_faults();
  storage_faults();
  life_faults();
  clock_faults();
  reload_faults();
}

void World::target_faults() {
  const auto fail = [this](Fault fault, Answering how, Duration mean, Duration low, Duration high) {
    recur(fault, mean, [this, fault, how, low, high] {
      SimTarget& target = targets_[random_.below(targets_.size())];
      const Duration lasts = some(low, high);
      trace(fmt::format("{}: {} for {} s", target.plan().name, to_string(fault),
                        lasts.count() / 1000));
      target.fail(how, now_ + lasts);
      count(fault);
    });
  };
  fail(Fault::target_down, Answering::down, hours(5), seconds(30), minutes(40));
  fail(Fault::target_timeout, Answering::times_out, hours(6), seconds(30), minutes(10));
  fail(Fault::target_garbage, Answering::garbage, hours(8), seconds(30), minutes(8));
  fail(Fault::slow_answers, Answering::slow, hours(4), minutes(1), hours(1));
  recur(Fault::series_gone, hours(5), [this] {
    const Duration lasts = some(minutes(1), minutes(40));
    targets_[random_.below(targets_.size())].lose_series(now_ + lasts);
    count(Fault::series_gone);
  });
  recur(Fault::counter_reset, hours(9), [this] {
    targets_.front().reset_counters();
    count(Fault::counter_reset);
  });
  recur(Fault::many_at_once, hours(30), [this] {
    const Duration lasts = some(minutes(12), minutes(40));
    trace("many disks go bad at once");
    targets_.back().go_bad(20 + random_.below(9), now_, now_ + lasts);
    count(Fault::many_at_once);
  });
}

void World::receiver_faults() {
  const auto bad = [this](Fault fault, Receiving how, Duration mean, Duration low, Duration high) {
    recur(fault, mean, [this, fault, how, low, high] {
      SimReceiver& receiver = receivers_[random_.below(receivers_.size())];
      const Duration lasts = some(low, high);
      trace(fmt::format("{}: {} for {} s", receiver.plan().name, to_string(fault),
                        lasts.count() / 1000));
      receiver.behave(how, now_ + lasts);
      count(fault);
    });
  };
  bad(Fault::receiver_slow, Receiving::slow, hours(5), minutes(5), hours(3));
  bad(Fault::receiver_busy, Receiving::busy, hours(6), minutes(1), minutes(30));
  bad(Fault::receiver_retry_after, Receiving::retry_after, hours(6), minutes(1), minutes(30));
  bad(Fault::receiver_refuses, Receiving::refuses, hours(9), minutes(5), hours(1));
  bad(Fault::receiver_answer_lost, Receiving::answer_lost, hours(5), minutes(2), minutes(30));
  bad(Fault::receiver_swallows, Receiving::swallows, hours(6), minutes(2), minutes(30));
  bad(Fault::receiver_down_long, Receiving::down, hours(16), hours(1), hours(9));
}

void World::storage_faults() {
  recur(Fault::storage_late, hours(12), [this] {
    storage_late_until_ = now_ + some(minutes(5), hours(1));
    trace("storage is late");
    count(Fault::storage_late);
  });
  recur(Fault::storage_fails, hours(16), [this] {
    storage_failing_ = true;
    trace("storage fails");
    count(Fault::storage_fails);
    at(now_ + some(minutes(1), minutes(40)), [this] {
      storage_failing_ = false;
      trace("storage works again");
      pump();
    });
  });
}

void World::life_faults() {
  recur(Fault::crash, hours(12), [this] {
    count(Fault::crash);
    const auto kind = random_.below(6);
    stop(Stop::crash, kind < 4    ? some(seconds(1), seconds(10))
                      : kind == 4 ? some(minutes(1), minutes(30))
                                  : some(hours(1), hours(3)));
  });
  recur(Fault::reboot, hours(40), [this] {
    count(Fault::reboot);
    stop(Stop::reboot,
         random_.one_in(4) ? some(minutes(5), hours(2)) : some(seconds(40), minutes(4)));
  });
  recur(Fault::suspend, hours(30), [this] {
    count(Fault::suspend);
    const Duration span =
        random_.one_in(2) ? some(seconds(20), minutes(3)) : some(minutes(3), hours(2));
    trace(fmt::format("suspended for {} s", span.count() / 1000));
    stand_still(span);
  });
  recur(Fault::stalled_loop, hours(8), [this] {
    count(Fault::stalled_loop);
    stand_still(some(seconds(1), seconds(30)));
  });
}

void World::clock_faults() {
  const auto stepped = [this] { each([&](Checker& one, Moment here) { one.wall_stepped(here); }); };
  recur(Fault::wall_step, hours(20), [this, stepped] {
    count(Fault::wall_step);
    wall_offset_ += random_.one_in(2) ? hours(1) : -hours(1);
    trace("the wall clock steps by an hour");
    stepped();
  });
  recur(Fault::wall_epoch, hours(50), [this, stepped] {
    count(Fault::wall_epoch);
    const Duration before = wall_offset_;
    wall_offset_ = -hours(24) * 20'499;
    trace("the wall clock falls back to 1970");
    stepped();
    at(now_ + some(seconds(10), minutes(10)), [this, before, stepped] {
      wall_offset_ = before;
      trace("the wall clock is set right");
      stepped();
    });
  });
}

void World::reload_faults() {
  for (const Fault fault :
       {Fault::reload_same, Fault::reload_threshold, Fault::reload_labels, Fault::reload_severity,
        Fault::reload_expression, Fault::reload_rule_gone, Fault::reload_receiver_gone,
        Fault::reload_policy}) {
    recur(fault, hours(28), [this, fault] { reload(fault); });
  }
}

void World::reload(Fault how) {
  if (!engine_) return;
  count(how);
  trace(fmt::format("{}", to_string(how)));
  Plan plan = how == Fault::count ? base_ : changed_plan(plans_.back(), base_, how, random_);
  plans_.push_back(std::move(plan));
  in_life(now_, [this] {
    each([&](Checker& one, Moment here) { one.configured(plans_.back(), here); });
    step(engine_->configured(engine_config(plans_.back()), moment().now), "configured");
  });
}

void World::clear_weather() {
  trace("the weather clears");
  fair_ = true;
  for (SimTarget& target : targets_) target.calm(now_);
  for (SimReceiver& receiver : receivers_) receiver.behave(Receiving::well, now_);
  storage_failing_ = false;
  storage_late_until_ = {};
  pump();
  plans_.push_back(base_);
  if (!engine_) return;
  in_life(now_, [this] {
    each([&](Checker& one, Moment here) { one.configured(plans_.back(), here); });
    step(engine_->configured(engine_config(plans_.back()), moment().now), "configured");
  });
}

/// After some hours of fair weather there is one more trouble: it must be told as ever.
void World::canary() {
  targets_.front().go_bad(1, now_, now_ + minutes(12));
}

}  // namespace tocsin::simulation
