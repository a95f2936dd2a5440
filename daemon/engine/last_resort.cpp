// A level that nobody could be told of. The log, which is the console or the journal, is what is
// left then: it says so at emergency priority, and the incident's story says it too.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

Engine::Impl::Reach Engine::Impl::reach_of(const Ring& ring) const {
  const auto* delivery = outbox.find(ring.delivery);
  // The outbox forgets what is final; of a ring that cannot have arrived, `closed` is left.
  if (delivery == nullptr) return ring.closed ? Reach::never : Reach::arrived;
  while (delivery->state == DeliveryState::folded) {
    const auto* summary = outbox.find(delivery->folded_into);
    if (summary == nullptr) return Reach::arrived;
    delivery = summary;
  }
  switch (delivery->state) {
    case DeliveryState::delivered:
    case DeliveryState::withdrawn:  // nobody needs it any more
      return Reach::arrived;
    case DeliveryState::refused:
    case DeliveryState::expired:
    case DeliveryState::undeliverable:
      return Reach::never;
    default:
      return Reach::not_yet;
  }
}

/// The latest telling of the highest level that was reached, stand-ins included.
Engine::Impl::Telling Engine::Impl::latest_telling(const Incident& incident) const {
  Telling telling;
  for (const auto& ring : incident.rings) {
    if (ring.number < telling.number ||
        (ring.number == telling.number && ring.level < telling.level)) {
      continue;
    }
    if (ring.number != telling.number || ring.level != telling.level) {
      telling = {ring.number, ring.level, ring.at.boot, Reach::never, {}};
    }
    telling.at = std::min(telling.at, ring.at.boot);
    telling.rings.push_back(&ring);
    telling.reach = std::max(telling.reach, reach_of(ring));
  }
  return telling;
}

bool Engine::Impl::told_nobody(const Incident& incident) const {
  const auto telling = latest_telling(incident);
  return incident.open() && !incident.acknowledged && !telling.rings.empty() &&
         telling.reach != Reach::arrived &&
         (telling.reach == Reach::never ||
          now.boot >= telling.at + config.tuning.outbox.fallback_after);
}

void Engine::Impl::sound_last_resort(IncidentEntry& entry) {
  auto& incident = entry.incident;
  if (!incident.announced || !told_nobody(incident)) return;
  const auto telling = latest_telling(incident);
  if (entry.last_resort >= telling.number) return;
  entry.last_resort = telling.number;
  std::string why;
  for (const auto* ring : telling.rings) {
    const auto* delivery = outbox.find(ring->delivery);
    const std::string said = delivery == nullptr ? "" : delivery->last_error;
    why += (why.empty() ? "" : "; ") + ring->receiver + (said.empty() ? "" : ": " + said);
  }
  const std::string level = "level " + std::to_string(telling.level);
  const std::string who = telling.reach == Reach::never ? "nobody could be told of "
                                                        : "nobody has been reached yet for ";
  log(LogLine::Level::emergency,
      who + level + " of incident " + std::to_string(incident.id.value) + " on " + config.host +
          " (" + std::string(to_string(incident.severity)) +
          "): " + (entry.summary.empty() ? incident.group_key : entry.summary) + " [" + why + "]",
      {.incident = incident.id});
  timeline(incident, TimelineKind::delivery, who + level + ": the log says so (" + why + ")");
}

std::optional<BootTime> Engine::Impl::last_resort_due(const IncidentEntry& entry) const {
  const auto& incident = entry.incident;
  if (incident.acknowledged || !incident.announced) return std::nullopt;
  const auto telling = latest_telling(incident);
  if (telling.rings.empty() || entry.last_resort >= telling.number ||
      telling.reach != Reach::not_yet) {
    return std::nullopt;
  }
  return telling.at + config.tuning.outbox.fallback_after;
}

}  // namespace tocsin::engine
