// Acknowledgements that people make at the pager are asked for: now and then while nobody has an
// incident in hand, and once before its next level falls due.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

void Engine::Impl::poll(const IncidentEntry& entry) {
  std::map<std::string, std::vector<std::string>> keys;
  for (const auto& ring : entry.incident.rings) {
    if (ring.closed || !ring.current || ring.acknowledged_there) continue;
    const auto* receiver = config.receiver(ring.receiver);
    if (receiver == nullptr || !receiver->can_poll) continue;
    keys[ring.receiver].push_back(ring.dedup_key);
  }
  for (auto& [receiver, asked] : keys) {
    const std::string& name = receiver;
    const auto same = [&name](const AckPoll& poll) { return poll.receiver == name; };
    const auto found = std::find_if(step.polls.begin(), step.polls.end(), same);
    if (found == step.polls.end()) {
      step.polls.push_back({name, std::move(asked)});
    } else {
      found->dedup_keys.insert(found->dedup_keys.end(), asked.begin(), asked.end());
    }
  }
}

std::optional<BootTime> Engine::Impl::poll_before_level(IncidentEntry& entry, int level,
                                                        BootTime due) {
  if (entry.polled_for_level >= level) return std::nullopt;
  const auto& rings = entry.incident.rings;
  const bool can_poll = std::any_of(rings.begin(), rings.end(), [&](const Ring& ring) {
    const auto* receiver = config.receiver(ring.receiver);
    return ring.current && receiver != nullptr && receiver->can_poll;
  });
  if (!can_poll) return std::nullopt;
  const auto ask_at = due - config.tuning.poll_before;
  if (ask_at > now.boot) return ask_at;
  entry.polled_for_level = level;
  poll(entry);
  return std::nullopt;
}

void Engine::Impl::poll_acknowledgements() {
  next_poll.reset();
  for (const auto id : open_incidents) {
    const auto& entry = *find(id);
    if (entry.incident.acknowledged || !entry.incident.announced) continue;
    poll(entry);
    next_poll = now.boot + config.tuning.poll_every;
  }
}

}  // namespace tocsin::engine
