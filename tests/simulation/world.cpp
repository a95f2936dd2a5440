// The world's clock, its queue, and the daemon's life: steps are carried out as the real shell
// does.
#include "world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "configure.hpp"
#include "scenario.hpp"

namespace tocsin::simulation {
namespace {
constexpr Duration kBootedFor = seconds(90);        // when the first daemon starts
constexpr Duration kCalendar = hours(24) * 20'500;  // some day in 2026
constexpr std::uint64_t kWakesAtOnce = 200;
}  // namespace

World::World(Options options)
    : options_(std::move(options)),
      random_(options_.seed * 0x9e3779b97f4a7c15ULL + 1),
      swarm_(random_),
      checkers_([this](const std::string& checker, const std::string& text) {
        if (!outcome_.violation) outcome_.violation = Violation{checker, text, now_};
        trace("VIOLATION of \"" + checker + "\": " + text);
      }) {
  base_ = draw_plan(random_, swarm_);
  plans_.push_back(base_);
  for (const TargetPlan& plan : base_.targets) {
    targets_.emplace_back(plan, Random(random_.next()), swarm_);
  }
  for (const ReceiverPlan& plan : base_.receivers) receivers_.emplace_back(plan);
  boot_origin_ = -kBootedFor;
  end_ = hours(24 * 7) * options_.weeks;
  fair_from_ = end_ - hours(24);
  if (swarm_.on(Fault::wall_drift)) {
    drift_ = random_.one_in(2) ? 50e-6 : -50e-6;
    count(Fault::wall_drift);
  }
}

Duration World::some(Duration low, Duration high) {
  return low + Duration(static_cast<Duration::rep>(
                   random_.below(static_cast<std::uint64_t>((high - low).count()) + 1)));
}

Moment World::moment() const {
  const auto drifted = static_cast<Duration::rep>(static_cast<double>(now_.count()) * drift_);
  return {.at = now_,
          .now = {.boot = BootTime(now_ - boot_origin_),
                  .wall = WallTime(kCalendar + now_ + Duration(drifted) + wall_offset_)}};
}

void World::at(Duration when, std::function<void()> act) {
  enqueue({.at = std::max(when, now_), .order = ++order_, .life = 0, .act = std::move(act)});
}

void World::in_life(Duration when, std::function<void()> act) {
  enqueue({.at = std::max(when, now_), .order = ++order_, .life = life_, .act = std::move(act)});
}

void World::enqueue(Event event) {
  queue_.push_back(std::move(event));
  std::push_heap(queue_.begin(), queue_.end(), Later());
}

World::Event World::next_event() {
  std::pop_heap(queue_.begin(), queue_.end(), Later());
  Event event = std::move(queue_.back());
  queue_.pop_back();
  return event;
}

Outcome World::run() {
  schedule_weather();
  schedule_people();
  at(fair_from_, [this] { clear_weather(); });
  at(fair_from_ + hours(8), [this] { canary(); });
  at(Duration{}, [this] { start(); });
  // Between the ticks: what has come in is judged, also by rules that wait for more of their
  // targets.
  at(seconds(90), [this] { minute(); });
  while (!queue_.empty() && !outcome_.violation) {
    if (queue_.front().at > end_) break;
    Event event = next_event();
    if (event.life != 0 && event.life != life_) continue;
    if (event.life != 0 && event.at < still_until_) {
      event.at = still_until_;
      enqueue(std::move(event));
      continue;
    }
    now_ = event.at;
    event.act();
  }
  if (outcome_.violation && engine_) {
    for (const auto& one : engine_->status(moment().now).receivers) {
      trace(fmt::format("the engine says: {} waits for {}, {}", one.waiting, one.name,
                        one.last_error));
    }
  }
  if (!outcome_.violation) {
    now_ = end_;
    each([&](Checker& one, Moment here) { one.week_ended(here); });
  }
  return outcome_;
}

void World::minute() {
  if (engine_ && now_ >= still_until_) {
    each([&](Checker& one, Moment here) { one.minute(here); });
  }
  at(now_ + minutes(1), [this] { minute(); });
}

void World::start() {
  ++life_;
  const Plan& plan = plans_.back();
  const Moment started = moment();
  trace(fmt::format("start, boot {}", boots_));
  each([&](Checker& one, Moment here) { one.configured(plan, here); });
  engine_.emplace(engine_config(plan), fmt::format("boot-{}", boots_), random_.next(), started.now);
  Records records = storage_.records();
  each([&](Checker& one, Moment here) { one.started(records, here); });
  step(engine_->restored(std::move(records), started.now), "restored");
  schedule_ticks();
  crash_soon_ = false;
}

void World::stop(Stop how, Duration down_for) {
  if (!engine_) return;
  trace(how == Stop::crash ? fmt::format("crash, down for {} s", down_for.count() / 1000)
                           : fmt::format("reboot, down for {} s", down_for.count() / 1000));
  engine_.reset();
  ++life_;
  wake_.reset();
  pumping_ = false;
  still_until_ = {};
  storage_.crash(now_, random_.one_in(2));
  if (how == Stop::reboot) {
    storage_.reboot();
    ++boots_;
    boot_origin_ = now_ + down_for - seconds(20);
  }
  each([&](Checker& one, Moment here) { one.stopped(how, here); });
  at(now_ + down_for, [this] { start(); });
}

void World::stand_still(Duration span) {
  if (!engine_) return;
  still_until_ = std::max(still_until_, now_ + span);
  at(still_until_, [this] {
    if (engine_) each([&](Checker& one, Moment here) { one.stood_still(here); });
  });
}

void World::step(engine::Step given, const char* why) {
  ++outcome_.steps;
  hash(given);
  if (options_.trace) trace_step(given, why);
  const StepSeen seen{.number = given.number,
                      .records = given.records,
                      .send = given.send,
                      .replies = given.replies,
                      .wake = given.wake};
  each([&](Checker& one, Moment here) { one.stepped(seen, here); });
  for (const IncidentChange& change : checkers_.scene().ledger.incident_changes) {
    if (!change.before && change.after->open()) people_see(*change.after);
  }
  carry_out(given);
}

void World::carry_out(engine::Step& given) {
  const bool sends =
      !given.send.empty() ||
      std::any_of(given.records.begin(), given.records.end(),
                  [](const Record& record) { return std::holds_alternative<Delivery>(record); });
  if (!given.records.empty()) commit(given.number, std::move(given.records));
  for (const Delivery& delivery : given.send) attempt(delivery);
  for (const engine::AckPoll& one : given.polls) poll(one);
  wake_at(given.wake);
  if (sends && !fair_ && !crash_soon_ && swarm_.on(Fault::crash_around_send) &&
      random_.one_in(150)) {
    crash_soon_ = true;
    const Duration when = random_.one_in(3) ? Duration{} : some(milliseconds(1), seconds(4));
    in_life(now_ + when, [this] {
      count(Fault::crash_around_send);
      stop(Stop::crash, some(seconds(1), seconds(20)));
    });
  }
}

void World::wake_at(std::optional<BootTime> wake) {
  if (wake == wake_ && wake_ && wake->time_since_epoch() + boot_origin_ > now_) return;
  wake_ = wake;
  const std::uint64_t generation = ++wake_generation_;
  if (!wake) return;
  const Duration due = std::max(now_, wake->time_since_epoch() + boot_origin_);
  in_life(due + milliseconds(1), [this, generation] {
    if (generation != wake_generation_ || !engine_) return;
    wakes_at_once_ = now_ - woke_at_ <= milliseconds(1) ? wakes_at_once_ + 1 : 0;
    woke_at_ = now_;
    if (wakes_at_once_ > kWakesAtOnce && !outcome_.violation) {
      outcome_.violation =
          Violation{"next deadline", "the engine wants to be woken for ever", now_};
      return;
    }
    wake_.reset();
    step(engine_->woke(moment().now), "woke");
  });
}

void World::attempt(const Delivery& delivery) {
  const auto found =
      std::find_if(receivers_.begin(), receivers_.end(),
                   [&](const SimReceiver& one) { return one.plan().name == delivery.receiver; });
  Handled handled;
  if (found != receivers_.end()) {
    handled = found->handle(delivery, now_, random_);
  } else {
    handled.outcome.result = DeliveryResult::permanent;
  }
  if (options_.trace) {
    trace(fmt::format("  {} {} delivery {} of incident {} level {} ring {} key {:.15}: {}",
                      delivery.receiver, to_string(delivery.action), delivery.id.value,
                      delivery.incident.value, delivery.level, delivery.ring, delivery.dedup_key,
                      handled.taken ? "taken" : handled.outcome.detail));
  }
  const auto seen = std::make_shared<AttemptSeen>();
  const auto kept = std::make_shared<Delivery>(delivery);
  seen->delivery = kept.get();
  seen->taken = handled.taken;
  seen->outcome = handled.outcome;
  const std::uint64_t life = life_;
  at(std::max(now_ + handled.took, still_until_), [this, seen, kept, life] {
    seen->answered = life == life_ && engine_.has_value();
    each([&](Checker& one, Moment here) { one.attempted(*seen, here); });
    if (!seen->answered) return;
    step(engine_->delivered(kept->id, seen->outcome, moment().now), "answered");
  });
}

void World::command(Command what) {
  if (!engine_) return;
  what.request = RequestId(++requests_);
  each([&](Checker& one, Moment here) { one.commanded(what, here); });
  step(engine_->commanded(what, moment().now), "commanded");
}

void World::poll(const engine::AckPoll& asked) {
  in_life(now_ + some(milliseconds(100), milliseconds(900)), [this, asked] {
    for (const SimReceiver& one : receivers_) {
      if (one.plan().name != asked.receiver) continue;
      for (const std::string& key : one.acknowledged(asked.dedup_keys)) {
        trace("acknowledged at " + asked.receiver + ": " + key);
        command(
            {.request = {}, .by = "someone there", .what = AcknowledgedThere{asked.receiver, key}});
      }
    }
  });
}

void World::commit(StepNumber number, std::vector<Record> records) {
  storage_.queue(number, std::move(records), now_);
  if (storage_failing_) {
    in_life(now_ + milliseconds(5), [this] {
      for (const StepNumber failed : storage_.fail_all()) {
        each([&](Checker& one, Moment here) { one.committed(failed, false, here); });
        step(engine_->committed(failed, engine::CommitOutcome::failed, moment().now),
             "not written");
      }
    });
    return;
  }
  pump();
}

void World::pump() {
  if (pumping_ || storage_.idle() || !engine_) return;
  pumping_ = true;
  Duration takes = some(milliseconds(1), milliseconds(12));
  if (now_ < storage_late_until_) takes = some(milliseconds(200), minutes(3));
  in_life(now_ + takes, [this] {
    pumping_ = false;
    if (storage_failing_ || storage_.idle()) return;
    // What piled up is written in one go, as it would be: only the first one waits.
    do {
      const StepNumber written = storage_.write_one();
      each([&](Checker& one, Moment here) { one.committed(written, true, here); });
      step(engine_->committed(written, engine::CommitOutcome::committed, moment().now), "written");
    } while (storage_.backlog() > 8);
    pump();
  });
}

}  // namespace tocsin::simulation
