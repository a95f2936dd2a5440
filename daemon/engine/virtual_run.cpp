#include "tocsin/engine/virtual_run.hpp"

#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

#include "tocsin/series/history.hpp"

namespace tocsin::engine {
namespace {

constexpr std::uint64_t kSeed = 1;
constexpr BootTime kFirstStepOfBoot{std::chrono::seconds(30)};
constexpr Duration kLongestCycle = std::chrono::hours(24 * 365);

/// A moment at which the grids of all targets and rules meet; where that takes too long, of most.
BootTime common_tick(const config::EngineConfig& config) {
  Duration cycle(1);
  const auto join = [&cycle](Duration every) {
    const Duration both(std::lcm(cycle.count(), every.count()));
    if (both <= kLongestCycle) cycle = both;
  };
  for (const config::Target& target : config.targets) join(target.every);
  for (const rule::Record& record : config.records) join(record.every.value_or(cycle));
  for (const rule::Rule& rule : config.rules) join(rule.every.value_or(cycle));
  return BootTime(cycle + config::host_offset(config.host, cycle));
}

}  // namespace

VirtualRun::VirtualRun(const config::EngineConfig& config, WallTime start, Answers answers)
    : begin_(common_tick(config)),
      now_{begin_, start},
      engine_(config, boot_id_, kSeed, now_),
      answers_(std::move(answers)) {
  list_targets(begin_);
}

VirtualRun::VirtualRun(const config::EngineConfig& config, Now begin)
    : begin_(begin.boot), now_(begin), engine_(config, boot_id_, kSeed, now_), ticks_(false) {}

void VirtualRun::list_targets(BootTime from) {
  targets_.clear();
  if (!ticks_) return;
  const config::EngineConfig& config = engine_.config();
  for (const config::Target& target : config.targets) {
    const Duration offset = config::host_offset(config.host, target.every);
    BootTime first = config::tick_at_or_before(from, target.every, offset);
    if (first < from) first += target.every;
    targets_.push_back({engine_.target(target.name), &target, first, 0});
  }
}

BootTime VirtualRun::next_tick() const {
  BootTime next = BootTime::max();
  for (const Ticking& each : targets_) next = std::min(next, each.next);
  return next;
}

void VirtualRun::run_until(Duration elapsed) {
  const BootTime end = begin_ + elapsed;
  while (true) {
    const BootTime tick_at = next_tick();
    const BootTime wake_at = wake_ ? std::max(*wake_, now_.boot) : BootTime::max();
    if (std::min(tick_at, wake_at) > end) break;
    // Samples first: what falls due at a tick falls due with what the tick has shown.
    if (tick_at <= wake_at) {
      move_to(tick_at);
      tick();
    } else {
      move_to(wake_at);
      take(engine_.woke(now_));
    }
  }
  move_to(std::max(end, now_.boot));
}

void VirtualRun::tick() {
  for (Ticking& each : targets_) {
    if (each.next > now_.boot) continue;
    Scrape scrape = asked(*each.target, each.number);
    scrape.target = each.id;
    scrape.tick = each.next;
    each.next += each.target->every;
    ++each.number;
    take(engine_.scraped(scrape, now_));
  }
}

void VirtualRun::move_to(BootTime at) {
  now_.wall += at - now_.boot;
  now_.boot = at;
}

void VirtualRun::wake_before(BootTime end) {
  while (wake_ && std::max(*wake_, now_.boot) < end) {
    move_to(std::max(*wake_, now_.boot));
    take(engine_.woke(now_));
  }
}

void VirtualRun::replay(const Scrape& scrape, WallTime wall) {
  wake_before(scrape.tick);
  now_ = {std::max(scrape.tick, now_.boot), wall};
  take(engine_.scraped(scrape, now_));
}

void VirtualRun::forget() {
  told_.clear();
  log_.clear();
}

Reply VirtualRun::command(decltype(Command::what) what, std::string by) {
  replies_.clear();
  const RequestId request(++requests_);
  take(engine_.commanded(Command{request, std::move(by), std::move(what)}, now_));
  const auto answer = std::find_if(replies_.begin(), replies_.end(), [request](const Reply& reply) {
    return reply.request == request;
  });
  return answer == replies_.end() ? Reply{request, false, false, "no answer", 0} : *answer;
}

void VirtualRun::reload(config::EngineConfig config) {
  take(engine_.configured(std::move(config), now_));
  list_targets(now_.boot + Duration(1));
}

void VirtualRun::restart(Records records, Duration away, std::optional<std::string> boot_id) {
  move_to(now_.boot + away);
  if (boot_id) {
    boot_id_ = *std::move(boot_id);
    now_.boot = kFirstStepOfBoot;
  }
  engine_ = Engine(engine_.config(), boot_id_, kSeed, now_);
  wake_.reset();
  list_targets(now_.boot + Duration(1));
  take(engine_.restored(std::move(records), now_));
}

void VirtualRun::remember(series::Memory memory) {
  take(engine_.remembered(std::move(memory), now_));
}

void VirtualRun::take(Step step) {
  std::deque<Step> steps;
  steps.push_back(std::move(step));
  while (!steps.empty()) {
    const Step current = std::move(steps.front());
    steps.pop_front();
    wake_ = current.wake;
    took(current);
    for (const LogLine& line : current.log) log_.push_back({elapsed(now_.boot), line});
    replies_.insert(replies_.end(), current.replies.begin(), current.replies.end());
    if (!current.records.empty()) {
      if (const auto outcome = committed(current)) {
        steps.push_back(engine_.committed(current.number, *outcome, now_));
      }
    }
    for (const Delivery& delivery : current.send) {
      told_.push_back({elapsed(now_.boot), delivery});
      if (const auto outcome = received(delivery)) {
        steps.push_back(engine_.delivered(delivery.id, *outcome, now_));
      }
    }
  }
}

}  // namespace tocsin::engine
