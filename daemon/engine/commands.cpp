// A person's word: checked, carried out, written into the story with who said it, answered once it
// is recorded.
#include <algorithm>

#include "engine/impl.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {
namespace {

constexpr auto kLongestAcknowledgement = std::chrono::hours(24 * 30);

std::string named(IncidentId id) {
  return "incident " + std::to_string(id.value);
}

}  // namespace

void Engine::Impl::acknowledge_incident(IncidentEntry& entry, const std::string& by,
                                        const std::string& note, Duration lasts) {
  auto& incident = entry.incident;
  const auto& policy = policy_of(entry);
  const auto view = look(entry, policy);
  incident.acknowledged = Acknowledgement{
      by, note, now, lasts, std::max(view.severity, incident.severity), entries_in_hand(view)};
  incident.due_at_once = 0;
  incident::stand(incident.clock, now);
  const std::string said = note.empty() ? "" : ": " + note;
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
    delivery.notice =
        notice(entry, view, NoticeKind::acknowledged, it->level, by + " has it in hand" + said);
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
  answer(command, true,
         named(what.incident) + " is acknowledged until " + format_clock(now.wall + lasts),
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

void Engine::Impl::assess(const Command& command, const AssessCommand& what) {
  auto* entry = find(what.incident);
  if (entry == nullptr || !entry->incident.open()) {
    return answer(command, false, "there is no open " + named(what.incident));
  }
  auto& incident = entry->incident;
  incident.assessed = what.impact;
  incident.assessed_by = command.by;
  incident.worst_impact = std::max(incident.worst_impact, what.impact);
  timeline(incident, TimelineKind::assessed,
           command.by + " assesses the impact as " + std::string(to_string(what.impact)) + ": " +
               std::string(rollback_verdict(what.impact)));
  touch(what.incident);
  answer(command, true, named(what.incident) + ": " + std::string(rollback_verdict(what.impact)),
         what.incident.value);
}

void Engine::Impl::test_notice(const Command& command, const TestNoticeCommand& what) {
  const auto* receiver = config.receiver(what.receiver);
  if (receiver == nullptr)
    return answer(command, false, "there is no receiver \"" + what.receiver + "\"");
  Delivery delivery;
  delivery.receiver = what.receiver;
  delivery.action = DeliveryAction::open;
  delivery.ring = state.next_ring++;
  delivery.dedup_key =
      "tocsin-test-" + StableHash().add(config.host).add(what.receiver).add(delivery.ring).hex();
  auto& notice = delivery.notice;
  notice.kind = NoticeKind::test;
  notice.host = config.host;
  notice.host_labels = config.host_labels;
  notice.title = "Test notice from " + config.host + ": nothing is wrong";
  notice.severity = Severity::info;
  notice.at = now.wall;
  notice.opened = now.wall;
  notice.reason = command.by + " asked for it";
  const auto id = deliver(nullptr, std::move(delivery));
  answer(command, true, "a test notice is on its way to " + what.receiver, id.value);
}

}  // namespace tocsin::engine
