// Silences and inhibition: per alert, and only ever of what people are told; never of a
// measurement, a record or a close.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

bool fires(AlertState state) {
  return state == AlertState::firing || state == AlertState::clearing;
}

}  // namespace

std::string_view to_string(Withheld withheld) {
  switch (withheld) {
    case Withheld::none:
      return "not withheld";
    case Withheld::silenced:
      return "silenced";
    case Withheld::maintenance:
      return "in maintenance";
    case Withheld::inhibited:
      return "inhibited by its cause";
    case Withheld::cause_pending:
      return "held back: its cause may be about to fire";
    case Withheld::awaiting_evaluation:
      return "held back: its cause has just ended";
  }
  return "";
}

std::string_view Engine::Impl::label_of(const AlertEntry& entry, std::string_view name) const {
  const auto& key = entry.alert.key;
  if (name == "alertname" || name == "rule") return key.rule;
  if (name == "severity") return to_string(entry.alert.severity);
  const auto rule = rules.find(key.rule);
  const auto* spec = rule == rules.end() ? nullptr : rule->second.rule;
  if (name == "impact") {
    const auto incident = incidents.find(entry.alert.incident);
    if (incident != incidents.end() && incident->second.incident.assessed) {
      return to_string(*incident->second.incident.assessed);
    }
    return to_string(spec == nullptr ? Impact::medium : spec->impact);
  }
  if (const auto value = key.labels.get(name); !value.empty()) return value;
  if (spec != nullptr) {
    if (const auto value = spec->labels.get(name); !value.empty()) return value;
  }
  return name == "host" ? std::string_view(config.host) : config.host_labels.get(name);
}

const Silence* Engine::Impl::silence_over(const AlertEntry& entry, bool maintenance,
                                          BootTime at) const {
  const Now then{at, now.wall + (at - now.boot)};
  for (const auto& [id, kept] : silences) {
    if (kept.silence.maintenance != maintenance || !in_force(kept.silence, then)) continue;
    if (concerns(kept.matchers, entry)) return &kept.silence;
  }
  return nullptr;
}

std::string Engine::Impl::why_withheld(const AlertEntry& entry, BootTime at) const {
  const auto why = withheld(entry, at);
  if (why == Withheld::silenced) {
    const auto* silence = silence_over(entry, false, at);
    return "silenced until " + shown(ends_at(*silence)) + " (" + reference_to(*silence) + ")";
  }
  if (why != Withheld::maintenance) return std::string(to_string(why));
  const auto until = [this](const std::string& name, WallTime end) {
    return "maintenance " + name + " until " + shown(end);
  };
  if (const auto window = window_over(entry)) {
    return until(config.maintenance[*window].name, windows[*window].current->ends);
  }
  const auto* by_hand = silence_over(entry, true, at);
  return until(reference_to(*by_hand), ends_at(*by_hand));
}

bool Engine::Impl::causes(const AlertEntry& cause, const AlertEntry& effect,
                          const rule::Rule& effect_rule) const {
  return &cause != &effect && !cause.alert.drill_ends && !effect.alert.drill_ends &&
         std::all_of(effect_rule.equal.begin(), effect_rule.equal.end(), [&](const auto& name) {
           return label_of(cause, name) == label_of(effect, name);
         });
}

bool Engine::Impl::cause_undecided(const AlertEntry& effect) const {
  const auto& effect_rule = *rules.find(effect.alert.key.rule)->second.rule;
  const auto tick = effect.looked_at.value_or(now.boot);
  for (const auto& name : effect_rule.inhibited_by) {
    const auto found = rules.find(name);
    if (found == rules.end()) continue;
    const auto& cause_rule = found->second;
    if (!cause_rule.evaluated || !done(cause_rule.touched, tick)) return true;
    for (const auto& [labels, cause] : cause_rule.alerts) {
      if (cause.alert.state == AlertState::pending && causes(cause, effect, effect_rule))
        return true;
    }
  }
  return false;
}

Withheld Engine::Impl::withheld(const AlertEntry& entry, BootTime at) const {
  if (silence_over(entry, false, at) != nullptr) return Withheld::silenced;
  if (window_over(entry) || silence_over(entry, true, at) != nullptr) return Withheld::maintenance;
  const auto rule = rules.find(entry.alert.key.rule);
  if (rule == rules.end() || rule->second.rule == nullptr) return Withheld::none;
  const auto& spec = *rule->second.rule;
  if (spec.inhibited_by.empty()) return Withheld::none;
  for (const auto& name : spec.inhibited_by) {
    const auto found = rules.find(name);
    if (found == rules.end()) continue;
    for (const auto& [labels, cause] : found->second.alerts) {
      if ((fires(cause.alert.state) || cause.alert.flapping) && causes(cause, entry, spec))
        return Withheld::inhibited;
    }
  }
  if (entry.alert.hold_until && at < entry.alert.hold_until->boot && cause_undecided(entry)) {
    return Withheld::cause_pending;
  }
  return entry.cause_ended ? Withheld::awaiting_evaluation : Withheld::none;
}

void Engine::Impl::hold_back_for_causes(AlertEntry& entry) {
  auto& alert = entry.alert;
  if (alert.held_back_once || alert.drill_ends) return;
  const auto& spec = *rules.find(alert.key.rule)->second.rule;
  if (spec.inhibited_by.empty() || !cause_undecided(entry)) return;
  // For at most the rest of the slowest cause's `for` and one interval, counted from this alert's
  // own breach.
  Duration longest{};
  for (const auto& name : spec.inhibited_by) {
    const auto found = rules.find(name);
    if (found == rules.end() || found->second.rule == nullptr) continue;
    const auto& cause_rule = found->second;
    const auto every = interval(*cause_rule.rule, cause_rule.touched);
    const auto* span = std::get_if<rule::HoldFor>(&cause_rule.rule->hold);
    const auto needed =
        span != nullptr ? span->span : std::get<rule::BadOf>(cause_rule.rule->hold).of * every;
    Duration rest = needed;
    for (const auto& [labels, cause] : cause_rule.alerts) {
      if (cause.alert.state == AlertState::pending && causes(cause, entry, spec)) {
        rest = std::max(Duration::zero(), needed - cause.alert.held);
      }
    }
    longest = std::max(longest, rest + every);
  }
  const auto from = alert.breach_since.boot;
  alert.held_back_once = true;
  alert.hold_until = stamp_of(from + longest);
  changed(entry);
}

void Engine::Impl::cause_changed(const AlertEntry& cause, const rule::Transition& transition) {
  const auto found = effects_of.find(cause.alert.key.rule);
  if (found == effects_of.end()) return;
  const bool ended = fires(transition.from) && !fires(transition.to);
  for (const auto& name : found->second) {
    const auto effect_rule = rules.find(name);
    if (effect_rule == rules.end() || effect_rule->second.rule == nullptr) continue;
    for (auto& [labels, effect] : effect_rule->second.alerts) {
      if (!causes(cause, effect, *effect_rule->second.rule)) continue;
      if (ended && fires(effect.alert.state))
        effect.cause_ended = cause.looked_at.value_or(now.boot);
      touch(effect.alert.incident);
    }
  }
}

void Engine::Impl::cause_evaluated(const std::string& rule) {
  const auto found = effects_of.find(rule);
  if (found == effects_of.end()) return;
  for (const auto& name : found->second) {
    const auto effect_rule = rules.find(name);
    if (effect_rule == rules.end()) continue;
    for (const auto& [labels, effect] : effect_rule->second.alerts) {
      if (effect.alert.hold_until && now.boot < effect.alert.hold_until->boot)
        touch(effect.alert.incident);
    }
  }
}

void Engine::Impl::touch_all_open() {
  touched.insert(open_incidents.begin(), open_incidents.end());
}

}  // namespace tocsin::engine
