// Stand-ins: who is told when a receiver does not say yes, and when nobody at all was woken.
#include <algorithm>

#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

/// Depth first, each once, without the receiver itself.
std::vector<std::string> Outbox::Impl::stand_ins_for(std::string_view receiver) const {
  std::vector<std::string> order;
  std::vector<std::string> pending{std::string(receiver)};
  while (!pending.empty()) {
    const std::string name = std::move(pending.back());
    pending.pop_back();
    if (std::find(order.begin(), order.end(), name) != order.end()) continue;
    order.push_back(name);
    const auto lane = lanes.find(name);
    if (lane == lanes.end()) continue;
    const auto& next = lane->second.receiver.fallback;
    pending.insert(pending.end(), next.rbegin(), next.rend());
  }
  order.erase(order.begin());
  return order;
}

bool Outbox::Impl::wakes(std::string_view receiver) const {
  const auto lane = lanes.find(receiver);
  return lane != lanes.end() && lane->second.receiver.wakes;
}

/// A ring at its own receiver has a chain; updates, closes and stand-ins have none.
void Outbox::Impl::start_chain(Entry& root) {
  const Delivery& delivery = root.delivery;
  if (delivery.action != DeliveryAction::open || !delivery.incident || delivery.stands_in_for) {
    return;
  }
  Chain chain;
  chain.incident = delivery.incident;
  chain.receivers = stand_ins_for(delivery.receiver);
  if (chain.receivers.empty() && !delivery.wakes) return;
  const BootTime due = delivery.created.boot + tuning.fallback_after;
  if (!chain.receivers.empty()) agenda.set(delivery.id, Agenda::Kind::fallback, due);
  if (delivery.wakes) agenda.set(delivery.id, Agenda::Kind::not_heard, due);
  chains_of[delivery.incident].insert(delivery.id);
  chains.emplace(delivery.id, std::move(chain));
  ledger.need(root);
}

void Outbox::Impl::join_chain(Entry& stand_in) {
  const auto found = chains.find(stand_in.delivery.stands_in_for);
  if (found == chains.end()) return;
  found->second.stand_ins.push_back(stand_in.delivery.id);
  ledger.need(stand_in);
}

void Outbox::Impl::said_yes(Entry& entry) {
  const DeliveryId root =
      entry.delivery.stands_in_for ? entry.delivery.stands_in_for : entry.delivery.id;
  const auto found = chains.find(root);
  if (found == chains.end()) return;
  found->second.yes = true;
  agenda.clear(root, Agenda::Kind::fallback);
  const bool woken = entry.delivery.wakes;
  if (woken) agenda.clear(root, Agenda::Kind::not_heard);
  const std::vector<DeliveryId> stand_ins = found->second.stand_ins;
  for (const DeliveryId id : stand_ins) {
    Entry* other = ledger.find(id);
    const Delivery& delivery = other->delivery;
    const bool idle = delivery.state == DeliveryState::recording ||
                      (delivery.state == DeliveryState::queued && !delivery.may_have_arrived);
    if (idle && (woken || !delivery.wakes)) {
      finish(*other, DeliveryState::withdrawn, "another receiver has said yes");
    }
  }
}

void Outbox::Impl::said_never(Entry& entry) {
  const Delivery& delivery = entry.delivery;
  const DeliveryId root = delivery.stands_in_for ? delivery.stands_in_for : delivery.id;
  const auto found = chains.find(root);
  if (found == chains.end()) return;
  Chain& chain = found->second;
  chain.refused.insert(delivery.receiver);
  const bool latest =
      chain.stand_ins.empty() ? delivery.id == root : delivery.id == chain.stand_ins.back();
  if (latest && agenda.has(root, Agenda::Kind::fallback)) next_stand_in(root);
  check_heard(root);
}

/// Names the next receiver of the chain, unless its time is over.
void Outbox::Impl::next_stand_in(DeliveryId root) {
  agenda.clear(root, Agenda::Kind::fallback);
  const auto found = chains.find(root);
  if (found == chains.end()) return;
  const Chain& chain = found->second;
  Delivery& delivery = ledger.find(root)->delivery;
  std::uint32_t& used = delivery.fallbacks_used;
  while (used < chain.receivers.size()) {
    const std::string& receiver = chain.receivers[used];
    ++used;
    changed.insert(root);
    const auto lane = lanes.find(receiver);
    if (lane == lanes.end() || lane->second.gone) continue;
    if (chain.quiet && lane->second.receiver.wakes) continue;
    Event event;
    event.kind = Event::Kind::fallback_due;
    event.delivery = root;
    event.stand_in = receiver;
    event.detail = delivery.last_error;
    outcome.events.push_back(std::move(event));
    break;
  }
  if (used < chain.receivers.size()) {
    agenda.set(root, Agenda::Kind::fallback, now.boot + tuning.fallback_after);
  }
  end_chain_if_done(root);
}

/// Everybody in the chain who wakes has refused for good: there is nothing to wait for.
void Outbox::Impl::check_heard(DeliveryId root) {
  const auto found = chains.find(root);
  if (found == chains.end() || !agenda.has(root, Agenda::Kind::not_heard)) return;
  const Chain& chain = found->second;
  if (chain.refused.count(ledger.find(root)->delivery.receiver) == 0) return;
  const bool all = std::all_of(
      chain.receivers.begin(), chain.receivers.end(),
      [&](const std::string& name) { return !wakes(name) || chain.refused.count(name) > 0; });
  if (!all) return;
  agenda.clear(root, Agenda::Kind::not_heard);
  say(Event::Kind::not_heard, root, "everybody who wakes has refused it");
}

void Outbox::Impl::stop_chain(DeliveryId root) {
  if (chains.find(root) == chains.end()) return;
  agenda.clear(root, Agenda::Kind::fallback);
  agenda.clear(root, Agenda::Kind::not_heard);
}

/// Nothing can come of it any more: its deliveries may be forgotten.
void Outbox::Impl::end_chain_if_done(DeliveryId root) {
  const auto found = chains.find(root);
  if (found == chains.end()) return;
  if (agenda.has(root, Agenda::Kind::fallback) || agenda.has(root, Agenda::Kind::not_heard)) return;
  Entry* first = ledger.find(root);
  if (!first->finished) return;
  const Chain& chain = found->second;
  for (const DeliveryId id : chain.stand_ins) {
    if (!ledger.find(id)->finished) return;
  }
  for (const DeliveryId id : chain.stand_ins) ledger.unneed(*ledger.find(id));
  ledger.unneed(*first);
  const auto of = chains_of.find(chain.incident);
  of->second.erase(root);
  if (of->second.empty()) chains_of.erase(of);
  chains.erase(found);
}

/// Somebody has the incident in hand: no stand-in is woken for it.
void Outbox::Impl::quieten(IncidentId incident) {
  const auto of = chains_of.find(incident);
  if (of == chains_of.end()) return;
  const std::set<DeliveryId> roots = of->second;
  for (const DeliveryId root : roots) {
    chains.find(root)->second.quiet = true;
    agenda.clear(root, Agenda::Kind::not_heard);
    if (ledger.find(root)->delivery.wakes) stop_chain(root);
    end_chain_if_done(root);
  }
}

}  // namespace tocsin::outbox
