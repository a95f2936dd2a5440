// A person has it in hand: what that stops, how long it holds, what makes it void, and where the
// climb goes on afterwards.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

constexpr auto kLongestAcknowledgement = std::chrono::hours(24 * 30);

}  // namespace

/// What a person takes in hand: what concerns people now, or would if nothing were withheld.
std::vector<std::uint32_t> Engine::Impl::entries_in_hand(const View& view) {
  const auto& matched = view.active.empty() ? view.matched_withheld : view.matched;
  std::vector<std::uint32_t> entries;
  for (std::size_t i = 0; i < matched.size(); ++i) {
    if (matched[i]) entries.push_back(static_cast<std::uint32_t>(i));
  }
  return entries;
}

void Engine::Impl::acknowledge_incident(IncidentEntry& entry, const std::string& by,
                                        const std::string& note, Duration lasts) {
  auto& incident = entry.incident;
  const auto& policy = policy_of(entry);
  const auto view = look(entry, policy);
  incident.acknowledged = Acknowledgement{
      by, note, now, lasts, std::max(view.severity, incident.severity), entries_in_hand(view)};
  incident.due_at_once = 0;
  entry.rings_because.clear();
  incident::stand(incident.clock, now);
  const std::string said = note.empty() ? "" : ": " + note;
  const std::string in_hand = by + " has it in hand" + said;
  timeline(incident, TimelineKind::acknowledged,
           by + " has it in hand for " + humanize_duration(lasts) + said);
  apply(outbox.withdraw_wakes(incident.id, now));
  // Receivers that keep state by key hear it for every key that is open; people's channels once.
  std::set<std::string> told;
  for (auto it = incident.rings.rbegin(); it != incident.rings.rend(); ++it) {
    if (!owed_close(*it)) continue;
    if (!told.insert(keeps_state_by_key(it->receiver) ? it->dedup_key : it->receiver).second)
      continue;
    Delivery delivery;
    delivery.receiver = it->receiver;
    delivery.action = DeliveryAction::acknowledge;
    delivery.level = it->level;
    delivery.ring = it->number;
    delivery.dedup_key = it->dedup_key;
    delivery.notice = notice(entry, view, NoticeKind::acknowledged, it->level, in_hand);
    deliver(&entry, std::move(delivery));
  }
  changed(entry);
  touch(incident.id);
}

void Engine::Impl::acknowledge(const Command& command, const AcknowledgeCommand& what) {
  auto* entry = find(what.incident);
  if (entry == nullptr) return answer(command, false, "there is no " + named(what.incident));
  if (!entry->incident.open())
    return answer(command, false, named(what.incident) + " is closed already");
  if (entry->incident.storm_of) {
    return answer(command, false,
                  named(what.incident) + " is told within " + named(entry->incident.storm_of) +
                      ": acknowledge that one");
  }
  const auto lasts = what.lasts.value_or(policy_of(*entry).ack_expires);
  if (lasts <= Duration::zero() || lasts > kLongestAcknowledgement) {
    return answer(command, false, "an acknowledgement lasts between 1 s and 30 days");
  }
  acknowledge_incident(*entry, command.by, what.note, lasts);
  answer(command, true, named(what.incident) + " is acknowledged until " + shown(now.wall + lasts),
         what.incident.value);
}

void Engine::Impl::acknowledged_there(const Command& command, const AcknowledgedThere& what) {
  for (auto& [id, entry] : incidents) {
    auto& incident = entry.incident;
    if (!incident.open() || incident.acknowledged) continue;
    for (auto& ring : incident.rings) {
      if (ring.receiver != what.receiver || ring.dedup_key != what.dedup_key ||
          ring.acknowledged_there || !ring.current) {
        continue;
      }
      ring.acknowledged_there = true;
      acknowledge_incident(entry, command.by, "at " + what.receiver, policy_of(entry).ack_expires);
      return answer(command, true, named(id) + " is acknowledged", id.value);
    }
  }
  answer(command, false, "no open incident waits for an acknowledgement of that key");
}

void Engine::Impl::unacknowledge(const Command& command, const UnacknowledgeCommand& what) {
  auto* entry = find(what.incident);
  if (entry == nullptr || !entry->incident.open()) {
    return answer(command, false, "there is no open " + named(what.incident));
  }
  if (!entry->incident.acknowledged)
    return answer(command, false, named(what.incident) + " is not acknowledged");
  timeline(entry->incident, TimelineKind::acknowledgement_void,
           command.by + " has taken the acknowledgement back");
  entry->incident.acknowledged.reset();
  const auto& policy = policy_of(*entry);
  const auto view = look(*entry, policy);
  resume_climb(*entry, policy, now, last_told_level(entry->incident, policy, view));
  // What nobody has been told of begins to climb when somebody is.
  if (!entry->incident.announced) incident::stand(entry->incident.clock, now);
  touch(what.incident);
  answer(command, true, named(what.incident) + " is not acknowledged any more: the climb goes on",
         what.incident.value);
}

void Engine::Impl::expire_acknowledgement(IncidentEntry& entry, const View& view,
                                          const incident::Policy& policy) {
  auto& incident = entry.incident;
  if (!incident.acknowledged || view.active.empty()) return;
  const auto end = incident.acknowledged->at.boot + incident.acknowledged->lasts;
  if (now.boot < end) return;
  if (held_for_restart(entry) && end <= entry.restarted.boot) return;
  entry.rings_because = "the acknowledgement of " + incident.acknowledged->by + " has ended";
  timeline(incident, TimelineKind::acknowledgement_expired, entry.rings_because);
  incident.acknowledged.reset();
  resume_climb(entry, policy, now, last_told_level(incident, policy, view));
}

void Engine::Impl::void_acknowledgement(IncidentEntry& entry, const View& view,
                                        const incident::Policy& policy) {
  auto& incident = entry.incident;
  const auto& ack = *incident.acknowledged;
  std::string why;
  if (view.severity > ack.severity) why = "it has become " + std::string(to_string(view.severity));
  for (std::size_t i = 0; i < view.matched.size() && why.empty(); ++i) {
    const auto& to = policy.entries[i].to;
    const bool wakes = std::any_of(to.begin(), to.end(), [&](const auto& name) {
      const auto* receiver = config.receiver(name);
      return receiver != nullptr && receiver->wakes;
    });
    const bool known_then =
        std::find(ack.entries.begin(), ack.entries.end(), i) != ack.entries.end();
    if (view.matched[i] && wakes && !known_then) why = "it concerns more people than before";
  }
  if (why.empty()) return;
  entry.rings_because = why;
  timeline(incident, TimelineKind::acknowledgement_void,
           "the acknowledgement of " + ack.by + " is void: " + why);
  incident.acknowledged.reset();
  resume_climb(entry, policy, now, 0);
}

/// The highest level told that still concerns somebody: a reload may have taken the one above.
int Engine::Impl::last_told_level(const Incident& incident, const incident::Policy& policy,
                                  const View& view) {
  const int last = incident::last_level(policy, view.matched);
  return last == 0 ? incident.level : std::min(incident.level, last);
}

void Engine::Impl::resume_climb(IncidentEntry& entry, const incident::Policy& policy, Stamp from,
                                int only_level) {
  auto& incident = entry.incident;
  incident::set(incident.clock, incident::after_of(policy, incident.level), from);
  for (auto& ring : incident.rings) {
    if (only_level == 0 || ring.level >= only_level) ring.current = false;
  }
  incident.due_at_once = 0;
  entry.polled_for_level = incident.level;
  changed(entry);
}

}  // namespace tocsin::engine
