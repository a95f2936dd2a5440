#include "tocsin/outbox/agenda.hpp"

namespace tocsin::outbox {

void Agenda::set(DeliveryId delivery, Kind kind, BootTime at) {
  const auto [known, fresh] = times_.try_emplace({delivery, kind}, at);
  if (!fresh) {
    items_.erase({known->second, kind, delivery});
    known->second = at;
  }
  items_.insert({at, kind, delivery});
}

void Agenda::clear(DeliveryId delivery, Kind kind) {
  const auto known = times_.find({delivery, kind});
  if (known == times_.end()) return;
  items_.erase({known->second, kind, delivery});
  times_.erase(known);
}

bool Agenda::has(DeliveryId delivery, Kind kind) const {
  return times_.find({delivery, kind}) != times_.end();
}

std::optional<BootTime> Agenda::next() const {
  if (items_.empty()) return std::nullopt;
  return items_.begin()->at;
}

std::optional<Agenda::Item> Agenda::take_due(BootTime now) {
  if (items_.empty() || items_.begin()->at > now) return std::nullopt;
  const Item item = *items_.begin();
  items_.erase(items_.begin());
  times_.erase({item.delivery, item.kind});
  return item;
}

}  // namespace tocsin::outbox
