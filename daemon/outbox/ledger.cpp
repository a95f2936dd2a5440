#include "tocsin/outbox/ledger.hpp"

#include <algorithm>

#include "tocsin/base/check.hpp"

namespace tocsin::outbox {

Entry& Ledger::insert(Delivery delivery) {
  const DeliveryId id = delivery.id;
  unfinished_[delivery.incident].insert(id);
  Entry entry;
  entry.delivery = std::move(delivery);
  const auto [place, fresh] = entries_.try_emplace(id, std::move(entry));
  TOCSIN_CHECK(fresh);
  return place->second;
}

Entry* Ledger::find(DeliveryId id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

const Entry* Ledger::find(DeliveryId id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

void Ledger::finish(Entry& entry, BootTime at) {
  TOCSIN_CHECK(!entry.finished);
  entry.finished = at;
  const auto incident = unfinished_.find(entry.delivery.incident);
  incident->second.erase(entry.delivery.id);
  if (incident->second.empty()) unfinished_.erase(incident);
  if (entry.needed == 0) forgettable_.insert({at, entry.delivery.id});
}

void Ledger::need(Entry& entry) {
  if (entry.needed++ == 0 && entry.finished) {
    forgettable_.erase({*entry.finished, entry.delivery.id});
  }
}

void Ledger::unneed(Entry& entry) {
  TOCSIN_CHECK(entry.needed > 0);
  if (--entry.needed == 0 && entry.finished) {
    forgettable_.insert({*entry.finished, entry.delivery.id});
  }
}

std::optional<DeliveryId> Ledger::forgettable(BootTime before) const {
  if (forgettable_.empty() || forgettable_.begin()->first > before) return std::nullopt;
  return forgettable_.begin()->second;
}

void Ledger::erase(DeliveryId id) {
  const auto found = entries_.find(id);
  TOCSIN_CHECK(found != entries_.end() && found->second.finished && found->second.needed == 0);
  forgettable_.erase({*found->second.finished, id});
  entries_.erase(found);
}

std::vector<DeliveryId> Ledger::unfinished(IncidentId incident) const {
  const auto found = unfinished_.find(incident);
  if (found == unfinished_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<DeliveryId> Ledger::unfinished() const {
  std::vector<DeliveryId> all;
  for (const auto& [incident, ids] : unfinished_) all.insert(all.end(), ids.begin(), ids.end());
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace tocsin::outbox
