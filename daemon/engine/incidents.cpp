// Alerts into incidents: who is a member of what, when one opens, closes and continues, and when
// many at once become a storm.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

void Engine::Impl::touch(IncidentId id) {
  if (id) touched.insert(id);
}

std::string Engine::Impl::group_key(const AlertEntry& entry, const incident::Policy& policy) const {
  std::string key = policy.group_by_rule ? entry.alert.key.rule : std::string();
  for (const auto& name : policy.group_by) {
    const auto value = label_of(entry, name);
    key += (key.empty() ? "" : ",") + name + "=" + std::string(value);
  }
  if (key.empty()) key = "all";
  return entry.alert.drill_ends ? "drill of " + key : key;
}

const incident::Policy& Engine::Impl::policy_of(const IncidentEntry& entry) const {
  if (!entry.members.empty()) {
    const auto rule = rules.find(entry.members.begin()->rule);
    if (rule != rules.end() && rule->second.rule != nullptr)
      return config.policy(rule->second.rule->policy);
  }
  return config.policy(entry.incident.policy);
}

void Engine::Impl::join(AlertEntry& entry) {
  const auto rule = rules.find(entry.alert.key.rule);
  const auto& policy = config.policy(rule->second.rule->policy);
  const auto key = group_key(entry, policy);
  IncidentEntry* incident = nullptr;
  if (const auto found = by_group.find({policy.name, key}); found != by_group.end())
    incident = find(found->second);
  if (incident != nullptr && !incident->incident.open()) {
    const bool continues = !entry.alert.drill_ends && now.boot - incident->incident.closed->boot <=
                                                          config.tuning.reopen_within;
    if (continues) {
      reopen(*incident);
    } else {
      incident = nullptr;
    }
  }
  if (incident == nullptr) {
    if (open_incidents.size() >= config.limits.open_incidents) {
      if (counters.refused_at_limit++ == 0) {
        log(LogLine::Level::error,
            "more open incidents than limits.open_incidents allows: new ones are refused for now");
      }
      return;
    }
    incident = &open_incident(policy.name, key);
    incident->incident.drill = entry.alert.drill_ends.has_value();
  }
  entry.alert.incident = incident->incident.id;
  entry.alert.told = false;
  incident->members.insert(entry.alert.key);
  changed(entry);
  if (withheld(entry, now.boot) != Withheld::none) {
    timeline(incident->incident, TimelineKind::withheld,
             summary_of(entry) + ": " + why_withheld(entry, now.boot));
  }
  touch(incident->incident.id);
}

/// "well again (now 3 %)": the close tells of the value, as its title is of the breach.
std::string Engine::Impl::why_it_left(const AlertEntry& entry) const {
  const auto& alert = entry.alert;
  std::string why(to_string(alert.reason));
  const auto found = rules.find(alert.key.rule);
  const bool known = found != rules.end() && found->second.rule != nullptr;
  const bool well =
      alert.reason == AlertReason::well_again || alert.reason == AlertReason::stayed_well;
  if (known && well && alert.value)
    why += " (now " + format_quantity(*alert.value, found->second.rule->unit) + ")";
  return why;
}

void Engine::Impl::leave(AlertEntry& entry) {
  auto* incident = find(entry.alert.incident);
  if (incident == nullptr) return;
  incident->members.erase(entry.alert.key);
  incident->unjudged.erase(entry.alert.key);
  if (entry.alert.told) incident->told_member_left = true;
  entry.alert.incident = IncidentId();
  entry.alert.told = false;
  changed(entry);
  if (incident->members.empty()) {
    if (incident->summary.empty()) incident->summary = summary_of(entry);
    incident->left_because = why_it_left(entry);
  }
  touch(incident->incident.id);
}

IncidentEntry& Engine::Impl::open_incident(const std::string& policy, const std::string& key) {
  const IncidentId id(next_id());
  auto& entry = incidents[id];
  entry.incident.id = id;
  entry.incident.policy = policy;
  entry.incident.group_key = key;
  entry.incident.opened = now;
  open_incidents.insert(id);
  by_group[{policy, key}] = id;
  opened_recently[policy].emplace_back(now.boot, id);
  policies_opening.insert(policy);
  ++counters.incidents_opened;
  timeline(entry.incident, TimelineKind::opened, key + " (policy " + policy + ")");
  log(LogLine::Level::warning, "incident " + std::to_string(id.value) + " opened: " + key,
      {.incident = id});
  if (!next_tidy) next_tidy = now.boot + std::chrono::minutes(10);
  return entry;
}

void Engine::Impl::reopen(IncidentEntry& entry) {
  auto& incident = entry.incident;
  incident.closed.reset();
  incident.close_reason.clear();
  open_incidents.insert(incident.id);
  ++incident.reopened;
  opened_recently[incident.policy].emplace_back(now.boot, incident.id);
  policies_opening.insert(incident.policy);
  timeline(
      incident, TimelineKind::reopened,
      "breached again within " + humanize_duration(config.tuning.reopen_within) + " of its close");
  if (auto* storm = find(incident.storm_of)) {
    if (!storm->incident.open()) {
      if (now.boot - storm->incident.closed->boot <= config.tuning.reopen_within) {
        storm->incident.closed.reset();
        storm->incident.close_reason.clear();
        open_incidents.insert(storm->incident.id);
        ++storm->incident.reopened;
        timeline(storm->incident, TimelineKind::reopened, "one of its incidents breached again");
      } else {
        incident.storm_of = IncidentId();
      }
    }
    touch(storm->incident.id);
  } else {
    incident.storm_of = IncidentId();
  }
  changed(entry);
}

void Engine::Impl::close(IncidentEntry& entry, std::string reason) {
  auto& incident = entry.incident;
  incident.closed = now;
  open_incidents.erase(incident.id);
  incident.close_reason = std::move(reason);
  incident::stand(incident.clock, now);
  timeline(incident, TimelineKind::closed,
           incident.close_reason + ", after " + humanize_duration(now.boot - incident.opened.boot));
  log(LogLine::Level::info,
      "incident " + std::to_string(incident.id.value) + " closed: " + incident.group_key + " (" +
          incident.close_reason + ")",
      {.incident = incident.id});
  hush(entry, incident.close_reason);
  apply(outbox.incident_closed(incident.id, now));
  incident.update_due.reset();
  incident.due_at_once = 0;
  entry.resume_by.reset();
  entry.unjudged.clear();
  set_due(entry, std::nullopt);
  changed(entry);
  touch(incident.storm_of);
}

void Engine::Impl::detect_storms() {
  for (const auto& policy : policies_opening) {
    auto& opened = opened_recently[policy];
    while (!opened.empty() && now.boot - opened.front().first > config.tuning.storm_window)
      opened.pop_front();
    if (opened.size() <= config.tuning.storm_incidents) {
      storm_now.erase(policy);
      continue;
    }
    std::vector<IncidentId> alone;
    for (const auto& [at, id] : opened) {
      const auto* entry = find(id);
      if (entry != nullptr && entry->incident.open() && !entry->incident.storm_of)
        alone.push_back(id);
    }
    std::sort(alone.begin(), alone.end());
    alone.erase(std::unique(alone.begin(), alone.end()), alone.end());
    auto* storm = storm_now.contains(policy) ? find(storm_now[policy]) : nullptr;
    if (storm != nullptr && storm->incident.open()) {
      for (const auto id : alone) join_storm(*storm, *find(id));
    } else if (!alone.empty()) {
      start_storm(policy, alone);
    }
  }
  policies_opening.clear();
}

void Engine::Impl::start_storm(const std::string& policy, const std::vector<IncidentId>& members) {
  const IncidentId id(next_id());
  auto& storm = incidents[id];
  storm.incident.id = id;
  storm.incident.policy = policy;
  storm.incident.storm = true;
  storm.incident.group_key = "storm " + std::to_string(id.value);
  storm.incident.opened = now;
  open_incidents.insert(id);
  ++counters.incidents_opened;
  timeline(storm.incident, TimelineKind::opened,
           std::to_string(members.size()) + " incidents of policy " + policy + " opened within " +
               humanize_duration(config.tuning.storm_window));
  log(LogLine::Level::warning,
      "incident " + std::to_string(id.value) + ": a storm of " + std::to_string(members.size()) +
          " incidents of policy " + policy,
      {.incident = id});
  for (const auto member : members) join_storm(storm, *find(member));
  storm_now[policy] = id;
  if (!next_tidy) next_tidy = now.boot + std::chrono::minutes(10);
}

void Engine::Impl::join_storm(IncidentEntry& storm, IncidentEntry& member) {
  auto& incident = member.incident;
  // The clock of the earliest counts.
  if (incident.clock.running &&
      (!storm.incident.clock.running || incident::elapsed(incident.clock, now.boot) >
                                            incident::elapsed(storm.incident.clock, now.boot))) {
    storm.incident.clock = incident.clock;
  }
  if (incident.opened.boot < storm.incident.opened.boot) storm.incident.opened = incident.opened;
  incident.storm_of = storm.incident.id;
  storm.storm_members.push_back(incident.id);
  timeline(incident, TimelineKind::joined_storm,
           "told within incident " + std::to_string(storm.incident.id.value));
  touch(incident.id);
  touch(storm.incident.id);
}

void Engine::Impl::forget_old_incidents() {
  constexpr auto kShown = std::chrono::hours(24);
  constexpr std::size_t kMost = 1000;
  std::size_t closed = incidents.size() - open_incidents.size();
  for (auto it = incidents.begin(); it != incidents.end();) {
    const auto& incident = it->second.incident;
    const bool may_continue = incident.open() ||
                              now.boot - incident.closed->boot <= config.tuning.reopen_within ||
                              (incident.storm_of && find(incident.storm_of) != nullptr &&
                               find(incident.storm_of)->incident.open());
    const bool too_old =
        !incident.open() && (now.boot - incident.closed->boot > kShown || closed > kMost);
    if (may_continue || !too_old) {
      ++it;
      continue;
    }
    const auto group = by_group.find({incident.policy, incident.group_key});
    if (group != by_group.end() && group->second == incident.id) by_group.erase(group);
    set_due(it->second, std::nullopt);
    it = incidents.erase(it);
    --closed;
  }
  for (const auto id : outbox.forget_finished(now, std::chrono::hours(1))) {
    more_records.emplace_back(Erased{Erased::Kind::delivery, {}, id.value, {}});
  }
  let_go_of_retired();
  next_tidy.reset();
  if (!incidents.empty() || outbox.waiting() > 0 || !retired.empty())
    next_tidy = now.boot + std::chrono::minutes(10);
}

}  // namespace tocsin::engine
