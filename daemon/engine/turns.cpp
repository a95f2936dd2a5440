// When a rule is evaluated. Many targets share a tick, and each of them that answers would cost an
// evaluation over all of them: so what costs much waits a little for more of its targets, once for
// all. (A record, whose series are known, is not evaluated before one of them can be settled.)
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

/// Shorter waits are not worth a timer.
constexpr Duration kShortestWait{2};

}  // namespace

bool Engine::Impl::feeds_into(TargetId target, series::FeedSet set) const {
  const auto members = feeds.members(set);
  return std::any_of(members.begin(), members.end(),
                     [&](const auto& feed) { return feed.target == target; });
}

void Engine::Impl::take_turn(RuleState& rule, BootTime tick) {
  // One tick after another: what was put off is not skipped.
  if (rule.put_off && rule.put_off->tick != tick) evaluate(rule, rule.put_off->tick);
  const auto patience =
      std::min(config.tuning.wait_at_most,
               config.tuning.wait_per_1000_samples * static_cast<Duration::rep>(rule.cost) / 1000);
  const auto awaited = rule.evaluated ? rule.listens : all_targets();
  if (patience < kShortestWait || done(awaited, tick)) return evaluate(rule, tick);
  if (rule.put_off) return;
  rule.put_off = PutOff{tick, now.boot + patience};
  turn_timers.emplace(rule.put_off->until, rule.rule->name);
}

void Engine::Impl::take_turns_put_off() {
  while (!turn_timers.empty() && turn_timers.begin()->first <= now.boot) {
    const auto [until, name] = turn_timers.extract(turn_timers.begin()).value();
    const auto found = rules.find(name);  // a reload may have removed it
    if (found != rules.end() && found->second.put_off) {
      evaluate(found->second, found->second.put_off->tick);
    }
  }
}

void Engine::Impl::take_turns_before_settling() {
  const auto in_hand = [&](const auto& alert) {
    const auto* incident = find(alert.second.alert.incident);
    return incident != nullptr && (touched.contains(incident->incident.id) ||
                                   touched.contains(incident->incident.storm_of));
  };
  auto next = turn_timers.begin();
  while (!touched.empty() && next != turn_timers.end()) {
    const auto found = rules.find(next->second);
    ++next;  // the evaluation takes the timer away
    if (found == rules.end() || !found->second.put_off) continue;
    auto& rule = found->second;
    if (std::any_of(rule.alerts.begin(), rule.alerts.end(), in_hand)) {
      evaluate(rule, rule.put_off->tick);
      next = turn_timers.begin();  // more incidents may be in hand now
    }
  }
}

}  // namespace tocsin::engine
