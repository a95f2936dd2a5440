// Closes: who is owed one, and how the rings of an incident end.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

/// Of one receiver that keeps state by key: an incident that rings for days opens a key each time.
constexpr std::size_t kKeysOpenAtOnce = 20;

}  // namespace

bool Engine::Impl::owed_close(const Ring& ring) const {
  if (ring.closed) return false;
  const auto* delivery = outbox.find(ring.delivery);
  if (delivery == nullptr || delivery->may_have_arrived) return true;
  switch (delivery->state) {
    case DeliveryState::refused:
    case DeliveryState::withdrawn:
    case DeliveryState::expired:
    case DeliveryState::undeliverable:
      return false;
    default:
      return true;
  }
}

bool Engine::Impl::surely_arrived(const Ring& ring) const {
  const auto* delivery = outbox.find(ring.delivery);
  return delivery == nullptr || delivery->may_have_arrived ||
         delivery->state == DeliveryState::delivered;
}

void Engine::Impl::tell_close(IncidentEntry& entry, const View& view, const Ring& ring,
                              const std::string& reason) {
  Delivery delivery;
  delivery.receiver = ring.receiver;
  delivery.action = DeliveryAction::close;
  delivery.level = ring.level;
  delivery.ring = ring.number;
  delivery.dedup_key = ring.dedup_key;
  delivery.notice = notice(entry, view, NoticeKind::closed, ring.level, reason);
  deliver(&entry, std::move(delivery));
}

void Engine::Impl::hush(IncidentEntry& entry, const std::string& reason) {
  auto& incident = entry.incident;
  const auto& policy = policy_of(entry);
  const auto view = look(entry, policy);
  std::map<std::string, std::vector<Ring*>> owed;
  for (auto& ring : incident.rings) {
    if (owed_close(ring)) owed[ring.receiver].push_back(&ring);
    ring.closed = true;
    ring.current = false;
  }
  for (auto& [name, rings] : owed) {
    for (std::size_t i = keeps_state_by_key(name) ? 0 : rings.size() - 1; i < rings.size(); ++i) {
      tell_close(entry, view, *rings[i], reason);
    }
  }
  entry.rings_because.clear();
  incident.announced = false;
  incident.quiet_since = now;
  incident.update_due.reset();
  incident.flapping_told = false;
  incident::stand(incident.clock, now);
  for (auto* alert : view.members) alert->alert.told = false;
  changed(entry);
}

void Engine::Impl::let_go_of_old_rings(IncidentEntry& entry, const View& view) {
  auto& rings = entry.incident.rings;
  std::map<std::string, std::size_t> open_keys;
  std::set<std::string> heard_since;
  for (auto ring = rings.rbegin(); ring != rings.rend(); ++ring) {
    if (ring->closed) continue;
    if (keeps_state_by_key(ring->receiver)) {
      if (++open_keys[ring->receiver] <= kKeysOpenAtOnce || ring->current) continue;
      if (owed_close(*ring)) tell_close(entry, view, *ring, "it has rung again since");
      ring->closed = true;
      continue;
    }
    if (!surely_arrived(*ring)) continue;
    // The one close is owed for the newer ring.
    if (!heard_since.insert(ring->receiver).second && !ring->current) ring->closed = true;
  }
  // A ring that is under way may fall back: who else was told under its number is still asked for.
  std::set<std::uint64_t> in_use;
  for (const auto& ring : rings) {
    if (!ring.closed || ring.current) in_use.insert(ring.number);
  }
  std::erase_if(rings, [&](const Ring& ring) { return !in_use.contains(ring.number); });
}

}  // namespace tocsin::engine
