// Each touched incident is settled: what is true now is held against what has been told, and the
// difference is told. Nothing here remembers how it came to a state; so a restart, a reload or a
// silence's end needs no path of its own.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

Engine::Impl::View Engine::Impl::look(IncidentEntry& entry, const incident::Policy& policy) {
  return look(entry, policy, now.boot);
}

Engine::Impl::View Engine::Impl::look(IncidentEntry& entry, const incident::Policy& policy,
                                      BootTime at) {
  View view;
  std::vector<const IncidentEntry*> sources{&entry};
  if (entry.incident.storm) {
    sources.clear();
    for (const auto id : entry.storm_members) {
      const auto* member = find(id);
      if (member != nullptr && member->incident.open() &&
          member->incident.storm_of == entry.incident.id) {
        sources.push_back(member);
      }
    }
  }
  view.matched.assign(policy.entries.size(), false);
  view.matched_withheld.assign(policy.entries.size(), false);
  Severity worst_withheld = Severity::info;
  for (const auto* source : sources) {
    for (const auto& key : source->members) {
      auto* alert = find(key);
      if (alert == nullptr) continue;
      view.members.push_back(alert);
      view.flapping = view.flapping || alert->alert.flapping;
      const auto why = withheld(*alert, at);
      const auto rule = rules.find(key.rule);
      if (rule != rules.end() && rule->second.rule != nullptr) {
        view.impact = std::max(view.impact, rule->second.rule->impact);
      }
      auto& matched = why == Withheld::none ? view.matched : view.matched_withheld;
      for (std::size_t i = 0; i < policy.entries.size(); ++i) {
        matched[i] = matched[i] || policy.entries[i].match.matches([&](std::string_view name) {
          return label_of(*alert, name);
        });
      }
      if (why != Withheld::none) {
        worst_withheld = std::max(worst_withheld, alert->alert.severity);
        if (why == Withheld::cause_pending) {
          const auto until = alert->alert.hold_until->boot;
          view.recheck = std::min(view.recheck.value_or(until), until);
        }
        continue;
      }
      view.active.push_back(alert);
      view.severity = std::max(view.severity, alert->alert.severity);
    }
  }
  if (view.active.empty()) view.severity = worst_withheld;
  const auto worse = [](const AlertEntry* a, const AlertEntry* b) {
    return a->alert.severity > b->alert.severity;
  };
  std::stable_sort(view.active.begin(), view.active.end(), worse);
  return view;
}

void Engine::Impl::note_severity(IncidentEntry& entry, const View& view) {
  auto& incident = entry.incident;
  if (incident.severity != view.severity || incident.impact != view.impact) {
    if (!view.members.empty() && incident.level > 0 && incident.severity != view.severity) {
      timeline(incident, TimelineKind::severity,
               std::string(to_string(incident.severity)) + " to " +
                   std::string(to_string(view.severity)));
    }
    incident.severity = view.severity;
    incident.impact = view.impact;
    changed(entry);
  }
  incident.worst_severity = std::max(incident.worst_severity, view.severity);
  incident.worst_impact = std::max(incident.worst_impact, incident.effective_impact());
  if (view.active.empty()) return;
  entry.widest = std::max(entry.widest, view.active.size());
  // What is about to be well is told of in the words of its breach.
  const bool breaches = view.active.front()->alert.state == AlertState::firing;
  if (breaches || entry.summary.empty()) entry.summary = summary_of(*view.active.front());
}

void Engine::Impl::settle(IncidentEntry& entry) {
  auto& incident = entry.incident;
  if (!incident.open()) return;
  const auto& policy = policy_of(entry);
  const auto view = look(entry, policy);
  if (view.members.empty()) {
    close(entry, incident.storm ? "all of its incidents have closed" : entry.left_because);
    return;
  }
  note_severity(entry, view);
  if (!entry.unjudged.empty() && (!entry.resume_by || now.boot >= *entry.resume_by)) {
    entry.unjudged.clear();
  }
  if (incident.storm_of) {
    touch(incident.storm_of);
    set_due(entry, entry.unjudged.empty() ? std::nullopt : entry.resume_by);
    return;
  }
  settle_told(entry, view, policy);
  sound_last_resort(entry);
  entry.told_member_left = false;
  schedule(entry, view, policy);
}

/// `before` is the level that was told before.
std::string Engine::Impl::why_told(const IncidentEntry& entry, NoticeKind kind, int before) {
  if (!entry.rings_because.empty() || kind == NoticeKind::told_again) return entry.rings_because;
  const bool climbs = kind == NoticeKind::opened && before > 0;
  return climbs || kind == NoticeKind::repeated ? "nobody has acknowledged" : "";
}

void Engine::Impl::settle_told(IncidentEntry& entry, const View& view,
                               const incident::Policy& policy) {
  auto& incident = entry.incident;
  expire_acknowledgement(entry, view, policy);
  climb_or_stand(entry, view);
  if (view.active.empty()) {
    if (incident.announced && entry.told_member_left)
      hush(entry, "well again; what still fires is withheld");
    return;
  }
  const bool was_announced = incident.announced;
  if (!incident.announced && !incident.clock.running) start_climb(entry);
  auto kind = NoticeKind::opened;
  if (incident.acknowledged) {
    void_acknowledgement(entry, view, policy);
    if (!incident.acknowledged) kind = NoticeKind::told_again;
  }
  if (!incident.acknowledged && !held_for_restart(entry)) {
    const auto due = repeat_due(entry, policy, view.matched);
    if (due && *due <= now.boot) {
      const int level = incident::last_level(policy, view.matched);
      for (auto& ring : incident.rings) {
        if (ring.level >= level) ring.current = false;
      }
      kind = NoticeKind::repeated;
      incident.last_rang = now;
      changed(entry);
    }
  }
  tell_levels(entry, view, policy, kind);
  if (incident.announced && was_announced) tell_changes(entry, view, policy);
}

// What was told climbs only while something of it is not withheld.
void Engine::Impl::climb_or_stand(IncidentEntry& entry, const View& view) {
  auto& incident = entry.incident;
  if (!incident.announced || incident.acknowledged) return;
  const bool climbs = !view.active.empty();
  if (climbs == incident.clock.running) return;
  if (climbs) {
    incident::run(incident.clock, now);
    timeline(incident, TimelineKind::released, "no longer withheld: the climb goes on");
  } else {
    incident::stand(incident.clock, now);
    timeline(incident, TimelineKind::withheld, "all of it is withheld: the climb stands");
  }
  changed(entry);
}

void Engine::Impl::start_climb(IncidentEntry& entry) {
  auto& incident = entry.incident;
  const bool continues =
      incident.quiet_since && now.boot - incident.quiet_since->boot <= config.tuning.reopen_within;
  if (!continues && !incident.acknowledged) {
    incident.level = 0;
    incident.clock.elapsed = Duration::zero();
  }
  if (!incident.acknowledged) incident::run(incident.clock, now);
  changed(entry);
}

bool Engine::Impl::held_for_restart(const IncidentEntry& entry) const {
  return !entry.unjudged.empty() ||
         std::any_of(entry.storm_members.begin(), entry.storm_members.end(), [&](IncidentId id) {
           const auto member = incidents.find(id);
           return member != incidents.end() && !member->second.unjudged.empty();
         });
}

void Engine::Impl::tell_levels(IncidentEntry& entry, const View& view,
                               const incident::Policy& policy, NoticeKind kind) {
  auto& incident = entry.incident;
  const bool reopening_acknowledged = incident.acknowledged && !incident.announced;
  if (incident.acknowledged && !reopening_acknowledged) return;
  const auto shows = incident::elapsed(incident.clock, now.boot);
  std::map<std::string, int> wanted;  // the highest level that falls due for each receiver
  int highest = 0;
  for (std::size_t i = 0; i < policy.entries.size(); ++i) {
    const auto& candidate = policy.entries[i];
    if (!view.matched[i] || !incident::reached(candidate, incident, shows)) continue;
    if (held_for_restart(entry) && candidate.after <= entry.elapsed_at_restart) continue;
    if (reopening_acknowledged && candidate.level > incident.level) continue;
    highest = std::max(highest, candidate.level);
    for (const auto& name : candidate.to) {
      const auto* receiver = config.receiver(name);
      if (receiver == nullptr || (reopening_acknowledged && receiver->wakes)) continue;
      const bool told =
          std::any_of(incident.rings.begin(), incident.rings.end(), [&](const Ring& ring) {
            return ring.current && ring.receiver == name && ring.level >= candidate.level;
          });
      if (!told) wanted[name] = std::max(wanted[name], candidate.level);
    }
  }
  if (wanted.empty() && highest <= incident.level) return;
  const int before = incident.level;
  incident.level = std::max(before, highest);
  if (incident.due_at_once <= incident.level) incident.due_at_once = 0;
  incident.last_rang = now;  // before the notices are written: they say when it rings again
  const bool first = !incident.announced;
  const auto number = state.next_ring++;
  std::string names;
  Rung rung;
  bool newcomers = false;
  int shown = wanted.empty() ? incident.level : 0;
  for (const auto& [receiver, level] : wanted) {
    const std::string& name = receiver;
    const bool rang_before =
        std::any_of(incident.rings.begin(), incident.rings.end(),
                    [&](const Ring& ring) { return ring.receiver == name && !ring.closed; });
    auto of_level = kind;
    if (level > before) {
      of_level = NoticeKind::opened;
    } else if (kind == NoticeKind::opened && rang_before) {
      of_level = NoticeKind::told_again;
    }
    Delivery delivery;
    delivery.receiver = name;
    delivery.action = DeliveryAction::open;
    delivery.level = level;
    delivery.ring = number;
    delivery.dedup_key = dedup_key(incident, name, level, number);
    delivery.wakes = config.receiver(name)->wakes;
    delivery.notice = notice(entry, view, of_level, level, why_told(entry, of_level, before));
    const auto key = delivery.dedup_key;
    const bool wakes = delivery.wakes;
    const auto id = deliver(&entry, std::move(delivery));
    if (!id)
      continue;  // refused at the outbox's limit: it is tried again when the incident is next
                 // settled
    incident.announced = true;
    newcomers = newcomers || !rang_before;
    incident.rings.push_back(Ring{name, level, number, key, now, id, false, true, false});
    names += (names.empty() ? "" : ", ") + name;
    rung.told.push_back(name);
    if (wakes) rung.woke.push_back(name);
    shown = std::max(shown, level);
  }
  entry.rings_because.clear();
  let_go_of_old_rings(entry, view);
  if (newcomers) withheld_is_news(view);
  changed(entry);
  const bool again = kind == NoticeKind::repeated && incident.level == before;
  timeline(incident, again ? TimelineKind::repeated : TimelineKind::level_told,
           "level " + std::to_string(shown) + (again ? " again" : "") + ": " +
               (names.empty() ? "nobody new" : names),
           std::move(rung));
  if (!first) return;
  incident.told_severity = view.severity;
  for (auto* alert : view.active) {
    alert->alert.told = true;
    changed(*alert);
  }
  const auto suspect = last_change(incident, view.active);
  if (!suspect.empty()) timeline(incident, TimelineKind::note, "the last change: " + suspect);
}

// Whoever hears of the incident for the first time hears nothing of what is withheld: if that comes
// back, it is news.
void Engine::Impl::withheld_is_news(const View& view) {
  for (auto* alert : view.members) {
    const bool active =
        std::find(view.active.begin(), view.active.end(), alert) != view.active.end();
    if (active || !alert->alert.told) continue;
    alert->alert.told = false;
    changed(*alert);
  }
}

void Engine::Impl::tell_changes(IncidentEntry& entry, const View& view,
                                const incident::Policy& policy) {
  auto& incident = entry.incident;
  if (view.severity > incident.told_severity) {
    const auto reason = "severity rose from " + std::string(to_string(incident.told_severity)) +
                        " to " + std::string(to_string(view.severity));
    incident.told_severity = view.severity;
    tell_told(entry, view, NoticeKind::severity_rose, DeliveryAction::update, reason);
  }
  if (view.flapping && !incident.flapping_told) {
    incident.flapping_told = true;
    tell_told(entry, view, NoticeKind::flapping, DeliveryAction::update,
              "it comes and goes; held until it is steady");
    timeline(incident, TimelineKind::flapping, "told as flapping");
  } else if (!view.flapping && incident.flapping_told) {
    incident.flapping_told = false;
    tell_told(entry, view, NoticeKind::updated, DeliveryAction::update,
              "steady again, and still firing");
  }
  const auto news = std::count_if(
      view.active.begin(), view.active.end(),
      [](const AlertEntry* alert) { return !alert->alert.told && !alert->alert.flapping; });
  if (news == 0) {
    incident.update_due.reset();
    return;
  }
  if (!incident.update_due) {
    incident.update_due = stamp_of(now.boot + policy.group_interval);
    changed(entry);
    return;
  }
  if (now.boot < incident.update_due->boot) return;
  incident.update_due.reset();
  tell_told(entry, view, NoticeKind::updated, DeliveryAction::update,
            news == 1 ? "1 alert has joined" : std::to_string(news) + " alerts have joined");
  incident.told_severity = view.severity;
  for (auto* alert : view.active) {
    alert->alert.told = true;
    changed(*alert);
  }
}

void Engine::Impl::tell_told(IncidentEntry& entry, const View& view, NoticeKind kind,
                             DeliveryAction action, const std::string& reason) {
  auto& incident = entry.incident;
  std::map<std::string, const Ring*> newest;
  for (const auto& ring : incident.rings) {
    if (ring.closed) continue;
    auto& known = newest[ring.receiver];
    if (known == nullptr || ring.number >= known->number) known = &ring;
  }
  for (const auto& [name, ring] : newest) {
    if (ring->at.boot == now.boot && kind != NoticeKind::acknowledged)
      continue;  // has just been told all of it
    Delivery delivery;
    delivery.receiver = name;
    delivery.action = action;
    delivery.level = ring->level;
    delivery.ring = ring->number;
    delivery.dedup_key = ring->dedup_key;
    delivery.notice = notice(entry, view, kind, std::max(ring->level, incident.level), reason);
    deliver(&entry, std::move(delivery));
  }
  changed(entry);
  if (kind == NoticeKind::updated || kind == NoticeKind::severity_rose) {
    timeline(incident, TimelineKind::updated, reason);
  }
}

std::optional<BootTime> Engine::Impl::repeat_due(const IncidentEntry& entry,
                                                 const incident::Policy& policy,
                                                 const incident::Matched& matched) const {
  const auto& incident = entry.incident;
  const int last = incident::last_level(policy, matched);
  if (last == 0 || incident.level < last || !incident.last_rang || incident.acknowledged ||
      !incident.announced) {
    return std::nullopt;
  }
  return incident.last_rang->boot + policy.repeat;
}

void Engine::Impl::set_due(IncidentEntry& entry, std::optional<BootTime> due) {
  if (entry.due) incident_timers.erase({*entry.due, entry.incident.id});
  entry.due = due;
  if (due) incident_timers.emplace(*due, entry.incident.id);
}

void Engine::Impl::schedule(IncidentEntry& entry, const View& view,
                            const incident::Policy& policy) {
  auto& incident = entry.incident;
  std::optional<BootTime> due = view.recheck;
  const auto consider = [&](std::optional<BootTime> at) {
    if (at && (!due || *at < *due)) due = at;
  };
  if (incident.acknowledged && !view.active.empty()) {
    const auto end = incident.acknowledged->at.boot + incident.acknowledged->lasts;
    if (end > now.boot) consider(end);
  }
  if (incident.update_due && !view.active.empty()) consider(incident.update_due->boot);
  if (held_for_restart(entry) && entry.resume_by) consider(entry.resume_by);
  consider(last_resort_due(entry));
  if (!view.active.empty() && !incident.acknowledged) {
    const auto shows = incident::elapsed(incident.clock, now.boot);
    if (const auto next = incident::upcoming(policy, view.matched, incident, shows)) {
      const auto at = now.boot + (next->after - shows);
      consider(poll_before_level(entry, next->level, at));
      consider(at);
    }
    if (!held_for_restart(entry)) consider(repeat_due(entry, policy, view.matched));
    if (!next_poll && incident.announced) next_poll = now.boot + config.tuning.poll_every;
  }
  set_due(entry, due);
}

}  // namespace tocsin::engine
