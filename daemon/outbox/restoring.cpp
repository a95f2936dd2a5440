// Beginnings: the configuration, and what storage knew.
#include <algorithm>
#include <map>

#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

namespace {

/// Where the story of a folded delivery goes on: the last summary of its chain that is known, or
/// null.
const Delivery* told_by(const std::map<DeliveryId, const Delivery*>& all, const Delivery& folded) {
  const Delivery* last = nullptr;
  DeliveryId next = folded.folded_into;
  while (next) {
    const auto found = all.find(next);
    if (found == all.end()) break;
    if (last != nullptr && found->second->id <= last->id) break;  // never in a circle
    last = found->second;
    next = last->folded_into;
  }
  return last;
}

}  // namespace

void Outbox::Impl::configure(const std::vector<Receiver>& receivers, Tuning with) {
  tuning = with;
  std::set<std::string> names;
  for (const Receiver& receiver : receivers) {
    names.insert(receiver.name);
    const auto [lane, fresh] = lanes.try_emplace(receiver.name);
    configure(lane->second, receiver, fresh);
    const auto [beside, fresh_beside] = asides.try_emplace(receiver.name);
    beside->second.aside = true;
    configure(beside->second, receiver, fresh_beside);
  }
  retire(lanes, names);
  retire(asides, names);
  for (const DeliveryId id : ledger.unfinished()) {
    const Entry& entry = *ledger.find(id);
    if (!is_final(entry.delivery.state)) set_expiry(entry);
  }
}

void Outbox::Impl::configure(Lane& lane, const Receiver& receiver, bool fresh) {
  const bool by_key_changed = !fresh && lane.receiver.by_key != receiver.by_key;
  const bool defined_anew = !fresh && lane.receiver.definition != receiver.definition;
  lane.receiver = receiver;
  lane.gone = false;
  reconsider(lane, by_key_changed, defined_anew);
}

void Outbox::Impl::retire(Lanes& those, const std::set<std::string>& kept) {
  for (auto& [name, lane] : those) {
    if (kept.count(name) > 0) continue;
    lane.gone = true;
    std::set<DeliveryId> ids;
    for (const auto& [line, members] : lane.lines) ids.insert(members.begin(), members.end());
    for (const DeliveryId id : ids) {
      Entry* entry = ledger.find(id);
      const DeliveryState state = entry->delivery.state;
      if (state == DeliveryState::sending || is_final(state)) continue;
      finish(*entry, DeliveryState::undeliverable, "its receiver is no longer configured");
    }
  }
}

/// A reload changed the receiver: its lines are made anew, and a new definition is tried at once.
void Outbox::Impl::reconsider(Lane& lane, bool by_key_changed, bool defined_anew) {
  if (!by_key_changed && !defined_anew) return;
  std::set<DeliveryId> ids;
  for (const auto& [name, line] : lane.lines) ids.insert(line.begin(), line.end());
  lane.lines.clear();
  lane.ready.clear();
  if (defined_anew) lane.held_until.reset();
  for (const DeliveryId id : ids) {
    Entry& entry = *ledger.find(id);
    entry.ready_since.reset();
    agenda.clear(id, Agenda::Kind::attempt);
    if (defined_anew && entry.delivery.next_attempt) {
      entry.delivery.next_attempt.reset();
      entry.failures = 0;
      changed.insert(id);
    }
    enter_line(lane, entry);
  }
  for (const auto& [name, line] : lane.lines) consider(lane, *ledger.find(*line.begin()));
}

void Outbox::Impl::restore(std::vector<Delivery> deliveries) {
  std::sort(deliveries.begin(), deliveries.end(),
            [](const Delivery& a, const Delivery& b) { return a.id < b.id; });
  std::map<DeliveryId, const Delivery*> all;
  std::map<DeliveryId, std::vector<DeliveryId>> stand_ins;
  for (const Delivery& delivery : deliveries) {
    all.emplace(delivery.id, &delivery);
    if (delivery.stands_in_for) stand_ins[delivery.stands_in_for].push_back(delivery.id);
  }
  std::vector<DeliveryId> roots;
  for (const Delivery& delivery : deliveries) {
    if (ledger.find(delivery.id) != nullptr) continue;
    Entry& entry = ledger.insert(delivery);
    keys.add(delivery);
    count(entry, lane_of(entry), true);
    roots.push_back(delivery.id);
    const Delivery* summary = nullptr;
    switch (delivery.state) {
      case DeliveryState::folded:
        summary = told_by(all, delivery);
        if (summary != nullptr && !is_final(summary->state) && lane_of(entry) != nullptr) {
          restore_member(*lane_of(entry), entry);
        } else {
          restore_finished(entry, delivery.may_have_arrived || summary == nullptr ||
                                      summary->may_have_arrived ||
                                      summary->state == DeliveryState::delivered);
        }
        break;
      case DeliveryState::recording:
      case DeliveryState::queued:
      case DeliveryState::sending:
        restore_waiting(entry);
        break;
      default:
        restore_finished(entry,
                         delivery.may_have_arrived || delivery.state == DeliveryState::delivered);
        break;
    }
  }
  for (const DeliveryId id : roots) restore_chain(*ledger.find(id), stand_ins[id]);
}

/// The record of an attempt is written while the attempt is made, so a crash may have come between:
/// whatever was not final may have arrived.
void Outbox::Impl::restore_waiting(Entry& entry) {
  Delivery& delivery = entry.delivery;
  Lane* lane = lane_of(entry);
  if (delivery.state != DeliveryState::queued) {
    delivery.next_attempt.reset();
    set_state(entry, DeliveryState::queued);
  }
  if (!delivery.may_have_arrived) {
    delivery.may_have_arrived = true;
    changed.insert(delivery.id);
  }
  note_arrival(entry);
  entry.failures = delivery.attempts;
  if (lane == nullptr || lane->gone) {
    finish(entry, DeliveryState::undeliverable, "its receiver is no longer configured");
    return;
  }
  if (delivery.attempts > 0) lane->failures = std::max<std::uint32_t>(lane->failures, 1);
  enter_line(*lane, entry);
  set_expiry(entry);
  if (is_summary(delivery)) {
    const DeliveryId earlier = lane->summary;
    lane->summary = delivery.id;
    lane->summary_may_have_arrived = true;
    if (earlier) join_summary(*lane, *ledger.find(earlier), delivery.id);
  }
  if (delivery.action == DeliveryAction::close) meet(*lane, entry);
  consider(*lane, entry);
}

void Outbox::Impl::restore_finished(Entry& entry, bool arrived) {
  const Delivery& delivery = entry.delivery;
  if (arrived) note_arrival(entry);
  ledger.finish(entry, now.boot);
  if (delivery.action == DeliveryAction::close && delivery.state != DeliveryState::withdrawn) {
    release_witnesses(entry);
  }
}

void Outbox::Impl::restore_member(Lane& lane, Entry& entry) {
  keys.folded(entry.delivery, true);
  lane.members.insert(entry.delivery.id);
  if (entry.delivery.wakes && !is_summary(entry.delivery)) {
    ++lane.waking_members;
  }
}

/// Takes the chain up where it was; what fell due meanwhile falls due once.
void Outbox::Impl::restore_chain(Entry& root, const std::vector<DeliveryId>& stand_ins) {
  const Delivery& delivery = root.delivery;
  const bool refused =
      delivery.state == DeliveryState::refused || delivery.state == DeliveryState::undeliverable;
  if (root.finished && !refused) return;
  if (chains.find(delivery.id) != chains.end()) return;
  start_chain(root);
  const auto found = chains.find(delivery.id);
  if (found == chains.end()) return;
  Chain& chain = found->second;
  if (refused) chain.refused.insert(delivery.receiver);
  bool woken = false;
  bool latest_refused = refused;
  for (const DeliveryId id : stand_ins) {
    Entry& stand_in = *ledger.find(id);
    join_chain(stand_in);
    const DeliveryState state = stand_in.delivery.state;
    chain.yes = chain.yes || state == DeliveryState::delivered;
    woken = woken || (state == DeliveryState::delivered && stand_in.delivery.wakes);
    latest_refused = state == DeliveryState::refused || state == DeliveryState::undeliverable;
    if (latest_refused) chain.refused.insert(stand_in.delivery.receiver);
  }
  if (chain.yes || delivery.fallbacks_used >= chain.receivers.size()) {
    agenda.clear(delivery.id, Agenda::Kind::fallback);
  } else if (latest_refused) {
    agenda.set(delivery.id, Agenda::Kind::fallback, now.boot);
  } else if (!stand_ins.empty()) {
    agenda.set(delivery.id, Agenda::Kind::fallback,
               ledger.find(stand_ins.back())->delivery.created.boot + tuning.fallback_after);
  }
  const bool all_refused =
      refused &&
      std::all_of(chain.receivers.begin(), chain.receivers.end(), [&](const std::string& name) {
        return !wakes(name) || chain.refused.count(name) > 0;
      });
  if (woken || all_refused) agenda.clear(delivery.id, Agenda::Kind::not_heard);
  if (delivery.created.boot + tuning.give_up_after <= now.boot) stop_chain(delivery.id);
  end_chain_if_done(delivery.id);
}

void Outbox::Impl::run_due() {
  while (const auto item = agenda.take_due(now.boot)) fall_due(*item);
}

}  // namespace tocsin::outbox
