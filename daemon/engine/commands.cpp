// A person's word: checked, carried out, written into the story with who said it, answered once it
// is recorded.
#include "engine/impl.hpp"
#include "engine/unknown.hpp"
#include "tocsin/base/hash.hpp"

namespace tocsin::engine {

std::string named(IncidentId id) {
  return "incident " + std::to_string(id.value);
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
    return answer_unknown(command, unknown_text("receiver", what.receiver, config.receivers));
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
  notice.title = "Test notice from " + config.host + ": there is nothing to do";
  notice.severity = Severity::info;
  notice.at = now.wall;
  notice.opened = now.wall;
  notice.reason = command.by + " asked for it";
  const auto id = deliver(nullptr, std::move(delivery));
  answer(command, true, "a test notice is on its way to " + what.receiver, id.value);
}

}  // namespace tocsin::engine
