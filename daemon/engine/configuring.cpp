// A configuration, the first or a reload's: the state of what did not change is kept.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

void Engine::Impl::configure_targets(const config::EngineConfig& next) {
  for (auto& target : targets) target.configured = next.target(target.spec.name) != nullptr;
  for (const auto& spec : next.targets) {
    auto found = std::find_if(targets.begin(), targets.end(),
                              [&](const auto& t) { return t.spec.name == spec.name; });
    if (found == targets.end()) {
      targets.push_back({});
      found = targets.end() - 1;
      found->id = TargetId(static_cast<std::uint32_t>(targets.size()));
    } else if (!found->last_tick) {
      found->first_tick.reset();
    }
    found->spec = spec;
    found->offset = config::host_offset(next.host, spec.every);
    found->configured = true;
    store.set_target(found->id,
                     {spec.labels, spec.honor_labels,
                      std::max<Duration>(std::chrono::minutes(5), 2 * spec.every + spec.timeout)});
  }
  every_target = series::kNoFeeds;
  for (auto& target : targets) {
    if (target.configured) {
      every_target = feeds.united(every_target, feeds.single({target.id, false}));
      continue;
    }
    store.remove_target(target.id);
    target.first_tick.reset();
    target.last_tick.reset();
    target.known = false;
  }
}

void Engine::Impl::configure_rules() {
  Duration reach = std::chrono::minutes(5);
  for (const auto& recording : recordings) reach = std::max(reach, recording.reads.reach);
  for (auto& [name, rule] : rules) rule.rule = nullptr;
  effects_of.clear();
  for (const auto& spec : config.rules) {
    auto& rule = rules[spec.name];
    rule.rule = &spec;
    const auto meaning_before = rule.reads.meaning;
    rule.reads = records_read(spec.expression);
    reach = std::max(reach, rule.reads.reach);
    if (spec.normal && spec.normal->of) reach = std::max(reach, spec.normal->of->reach());
    configure_baseline(rule);
    for (const auto& cause : spec.inhibited_by) effects_of[cause].push_back(spec.name);
    const bool is_new = meaning_before == 0;
    if (is_new || rule.reads.meaning == meaning_before) continue;
    rule.evaluated = false;
    rule.expression_changed = true;
    rule.nothing_since.reset();
    rule.touched = series::kNoFeeds;
    std::vector<Labels> pending;
    for (auto& [labels, entry] : rule.alerts) {
      if (entry.alert.state == AlertState::pending) pending.push_back(labels);
    }
    for (const auto& labels : pending) {
      auto& entry = rule.alerts.at(labels);
      entry.looked_at = now.boot;
      transitioned(
          rule, entry,
          rule::force(entry.alert, AlertState::inactive, AlertReason::expression_changed, now));
      forget_if_at_rest(rule, labels);
    }
  }
  store.keep_for(reach + std::chrono::minutes(5));
}

void Engine::Impl::remove_rule(RuleState& rule) {
  forget_baseline(rule);
  std::vector<Labels> all;
  for (const auto& [labels, entry] : rule.alerts) all.push_back(labels);
  for (const auto& labels : all) {
    auto& entry = rule.alerts.at(labels);
    entry.looked_at = now.boot;
    entry.alert.flapping = false;
    entry.alert.transitions.clear();
    const auto transition =
        rule::force(entry.alert, AlertState::inactive, AlertReason::rule_removed, now);
    if (transition.from != AlertState::inactive) transitioned(rule, entry, transition);
    if (entry.alert.incident) leave(entry);
    dirty_alerts.insert(entry.alert.key);
    rule.alerts.erase(labels);
    --alerts_kept;
  }
}

bool Engine::Impl::still_owed(const std::string& receiver) const {
  return outbox.waiting_for(receiver) > 0 ||
         std::any_of(incidents.begin(), incidents.end(), [&](const auto& item) {
           const auto& rings = item.second.incident.rings;
           return std::any_of(rings.begin(), rings.end(), [&](const Ring& ring) {
             return ring.receiver == receiver && owed_close(ring);
           });
         });
}

void Engine::Impl::let_go_of_retired() {
  std::erase_if(retired, [&](const auto& item) {
    if (still_owed(item.first)) return false;
    more_records.emplace_back(Erased{Erased::Kind::retired_receiver, {}, 0, item.first});
    return true;
  });
}

bool Engine::Impl::keeps_state_by_key(const std::string& name) const {
  if (const auto* receiver = config.receiver(name)) return receiver->by_key;
  const auto found = retired.find(name);
  return found != retired.end() && found->second.by_key;
}

std::vector<outbox::Receiver> Engine::Impl::known_receivers() const {
  auto known_now = config.receivers;
  for (const auto& [name, receiver] : retired) {
    if (config.receiver(name) != nullptr) continue;
    outbox::Receiver kept;
    kept.name = name;
    kept.definition = receiver.definition;
    kept.by_key = receiver.by_key;
    known_now.push_back(std::move(kept));
  }
  return known_now;
}

void Engine::Impl::configure(config::EngineConfig next) {
  for (const auto& receiver : config.receivers) {
    if (next.receiver(receiver.name) != nullptr) continue;
    if (!still_owed(receiver.name)) continue;
    retired[receiver.name] = {receiver.name, receiver.definition, receiver.by_key};
    more_records.emplace_back(retired[receiver.name]);
    log(LogLine::Level::info,
        "receiver " + receiver.name + " is removed, and kept until what it is owed is delivered",
        {.receiver = receiver.name});
  }
  // The rules point into the configuration: those that go are closed under the old one.
  for (auto& [name, rule] : rules) {
    if (next.rule(name) == nullptr) remove_rule(rule);
  }
  std::erase_if(rules, [&](const auto& rule) { return next.rule(rule.first) == nullptr; });
  configure_targets(next);
  const auto old_rules = std::move(config.rules);  // still pointed at, until they are configured
  const auto old_records = std::move(config.records);
  const auto old_windows = std::move(config.maintenance);
  config = std::move(next);
  configure_windows(old_windows);
  configure_recordings();
  configure_rules();
  std::vector<std::string> back;
  for (const auto& [name, receiver] : retired) {
    if (config.receiver(name) != nullptr) back.push_back(name);
  }
  for (const auto& name : back) {
    retired.erase(name);
    more_records.emplace_back(Erased{Erased::Kind::retired_receiver, {}, 0, name});
  }
  apply(outbox.configure(known_receivers(), config.tuning.outbox, now));
  // An acknowledgement knows the policy's entries by their place, which may have moved.
  for (auto& [id, entry] : incidents) {
    if (!entry.incident.open()) continue;
    if (entry.incident.acknowledged) {
      entry.incident.acknowledged->entries = entries_in_hand(look(entry, policy_of(entry)));
      changed(entry);
    }
    timeline(entry.incident, TimelineKind::reloaded, "the configuration was reloaded");
    touch(id);
  }
}

}  // namespace tocsin::engine
