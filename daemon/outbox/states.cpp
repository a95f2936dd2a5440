// A delivery's state, its turn in its line, and what its end means for others.
#include <algorithm>
#include <iterator>

#include "tocsin/base/check.hpp"
#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

namespace {

Event::Kind kind_of(DeliveryState fate) {
  switch (fate) {
    case DeliveryState::delivered:
      return Event::Kind::delivered;
    case DeliveryState::refused:
      return Event::Kind::refused;
    case DeliveryState::expired:
      return Event::Kind::expired;
    case DeliveryState::undeliverable:
      return Event::Kind::undeliverable;
    case DeliveryState::folded:
      return Event::Kind::folded;
    default:
      return Event::Kind::withdrawn;
  }
}

}  // namespace

std::string line_of(const Delivery& delivery, bool by_key) {
  if (by_key && !delivery.dedup_key.empty()) return "key " + delivery.dedup_key;
  if (!by_key && delivery.incident) return "incident " + std::to_string(delivery.incident.value);
  return "alone " + std::to_string(delivery.id.value);
}

Outcome Outbox::Impl::end() {
  pump();
  const auto over = [](const auto& lane) { return lane.second.gone && lane.second.waiting == 0; };
  std::erase_if(lanes, over);
  std::erase_if(asides, over);
  outcome.changed.assign(changed.begin(), changed.end());
  changed.clear();
  Outcome done = std::move(outcome);
  outcome = {};
  return done;
}

void Outbox::Impl::say(Event::Kind kind, DeliveryId delivery, std::string detail) {
  Event event;
  event.kind = kind;
  event.delivery = delivery;
  event.detail = std::move(detail);
  outcome.events.push_back(std::move(event));
}

Lane* Outbox::Impl::lane_of(const Entry& entry) {
  Lanes& those = only_informs(entry.delivery) ? asides : lanes;
  const auto found = those.find(entry.delivery.receiver);
  return found == those.end() ? nullptr : &found->second;
}

void Outbox::Impl::count(const Entry& entry, Lane* lane, bool in) {
  const DeliveryState state = entry.delivery.state;
  if (!is_final(state)) in ? ++waiting : --waiting;
  if (state == DeliveryState::sending) keys.sending(entry.delivery, in);
  if (lane == nullptr) return;
  if (!is_final(state)) in ? ++lane->waiting : --lane->waiting;
  if (state == DeliveryState::queued) in ? ++lane->queued : --lane->queued;
  if (state == DeliveryState::sending) in ? ++lane->in_flight : --lane->in_flight;
}

void Outbox::Impl::set_state(Entry& entry, DeliveryState state) {
  Lane* lane = lane_of(entry);
  count(entry, lane, false);
  entry.delivery.state = state;
  count(entry, lane, true);
  changed.insert(entry.delivery.id);
}

void Outbox::Impl::enter_line(Lane& lane, Entry& entry) {
  entry.line = line_of(entry.delivery, lane.receiver.by_key);
  lane.lines[entry.line].insert(entry.delivery.id);
}

void Outbox::Impl::leave_line(Entry& entry) {
  Lane* lane = lane_of(entry);
  if (lane == nullptr || entry.line.empty()) return;
  if (entry.ready_since) lane->ready.erase({*entry.ready_since, entry.delivery.id});
  entry.ready_since.reset();
  const auto line = lane->lines.find(entry.line);
  entry.line.clear();
  line->second.erase(entry.delivery.id);
  if (line->second.empty()) {
    lane->lines.erase(line);
  } else {
    consider(*lane, *ledger.find(*line->second.begin()));
  }
}

/// Where it is its turn: makes it ready, or notes when it will be.
void Outbox::Impl::consider(Lane& lane, Entry& entry) {
  const DeliveryId id = entry.delivery.id;
  if (entry.delivery.state != DeliveryState::queued || entry.ready_since) return;
  if (*lane.lines.find(entry.line)->second.begin() != id) return;
  const auto& next = entry.delivery.next_attempt;
  if (next && next->boot > now.boot) {
    agenda.set(id, Agenda::Kind::attempt, next->boot);
    return;
  }
  entry.ready_since = now.boot;
  lane.ready.insert({now.boot, id});
}

void Outbox::Impl::set_expiry(const Entry& entry) {
  const Lane* lane = lane_of(entry);
  const Duration tried_for = lane == nullptr ? tuning.give_up_after : lane->tried_for(tuning);
  agenda.set(entry.delivery.id, Agenda::Kind::expiry, entry.delivery.created.boot + tried_for);
}

void Outbox::Impl::finish(Entry& entry, DeliveryState state, std::string detail) {
  agenda.clear(entry.delivery.id, Agenda::Kind::attempt);
  agenda.clear(entry.delivery.id, Agenda::Kind::expiry);
  entry.delivery.next_attempt.reset();
  set_state(entry, state);
  say(kind_of(state), entry.delivery.id, std::move(detail));
  if (state != DeliveryState::folded) settle(entry, state);
  leave_line(entry);
}

void Outbox::Impl::drop(Entry& entry, std::string_view why) {
  finish(entry, entry.delivery.may_have_arrived ? DeliveryState::expired : DeliveryState::withdrawn,
         std::string(why));
}

/// The receiver may have got it: what its key's close rests on is kept until that has gone.
void Outbox::Impl::note_arrival(Entry& entry) {
  const Delivery& delivery = entry.delivery;
  if (!keys.arrived(delivery) || !delivery.incident) return;
  ledger.need(entry);
  witnesses[delivery.incident].push_back(delivery.id);
}

/// Its fate is known: what follows for its key, its line, its stand-ins, its members.
void Outbox::Impl::settle(Entry& entry, DeliveryState fate) {
  const Delivery& delivery = entry.delivery;
  Lane* lane = lane_of(entry);
  if (fate == DeliveryState::delivered || delivery.may_have_arrived) note_arrival(entry);
  ledger.finish(entry, now.boot);
  if (delivery.action == DeliveryAction::close && fate != DeliveryState::withdrawn) {
    release_witnesses(entry);
  }
  if (lane != nullptr && delivery.id == lane->summary) end_summary(*lane, entry, fate);
  if (lane != nullptr && fate != DeliveryState::undeliverable) withdraw_pointless(*lane, entry);
  switch (fate) {
    case DeliveryState::delivered:
      said_yes(entry);
      break;
    case DeliveryState::refused:
    case DeliveryState::undeliverable:
      said_never(entry);
      break;
    default:
      stop_chain(delivery.id);
      break;
  }
  end_chain_if_done(delivery.stands_in_for ? delivery.stands_in_for : delivery.id);
}

/// At a receiver by key, whatever follows an open that never got there is dropped or would open the
/// key after all.
void Outbox::Impl::withdraw_pointless(Lane& lane, const Entry& after) {
  if (!lane.receiver.by_key || !makes_known(after.delivery) || after.line.empty()) return;
  const auto line = lane.lines.find(after.line);
  const std::vector<DeliveryId> rest(line->second.upper_bound(after.delivery.id),
                                     line->second.end());
  for (const DeliveryId id : rest) {
    Entry* entry = ledger.find(id);
    if (entry->delivery.action == DeliveryAction::open) return;
    if (!keys.never_got(after.delivery.receiver, after.delivery.dedup_key)) return;
    if (!is_final(entry->delivery.state)) {
      finish(*entry, DeliveryState::withdrawn, "its open never left");
    }
  }
}

/// The close has gone as far as it can: the opens that it was owed for may be forgotten.
void Outbox::Impl::release_witnesses(const Entry& close) {
  const auto found = witnesses.find(close.delivery.incident);
  if (found == witnesses.end()) return;
  const Lane* lane = lane_of(close);
  const bool by_key = lane != nullptr && lane->receiver.by_key;
  std::vector<DeliveryId> kept;
  for (const DeliveryId id : found->second) {
    Entry* open = ledger.find(id);
    const bool answered = open->delivery.receiver == close.delivery.receiver &&
                          id < close.delivery.id &&
                          (!by_key || open->delivery.dedup_key == close.delivery.dedup_key);
    if (answered) {
      ledger.unneed(*open);
    } else {
      kept.push_back(id);
    }
  }
  found->second = std::move(kept);
  if (found->second.empty()) witnesses.erase(found);
}

bool Outbox::Impl::pointless(const Lane& lane, const Entry& entry) const {
  const Delivery& delivery = entry.delivery;
  if (!lane.receiver.by_key || delivery.action == DeliveryAction::open) return false;
  if (!keys.never_got(delivery.receiver, delivery.dedup_key)) return false;
  const std::set<DeliveryId>& line = lane.lines.find(entry.line)->second;
  return std::none_of(line.begin(), line.end(), [this](DeliveryId id) {
    return ledger.find(id)->delivery.action == DeliveryAction::open;
  });
}

/// A close overtakes what waits before it in its line.
void Outbox::Impl::meet(Lane& lane, Entry& close) {
  const std::set<DeliveryId>& line = lane.lines.find(close.line)->second;
  const std::vector<DeliveryId> before(line.begin(), line.find(close.delivery.id));
  for (const DeliveryId id : before) {
    Entry* entry = ledger.find(id);
    const DeliveryState state = entry->delivery.state;
    if (state == DeliveryState::sending) {
      entry->no_more = true;
    } else if (!is_final(state)) {
      drop(*entry, "overtaken by its close");
    }
  }
}

/// Somebody has the incident in hand: what was to wake for it and has not left stays.
void Outbox::Impl::withdraw_wakes(IncidentId incident) {
  for (const DeliveryId id : ledger.unfinished(incident)) {
    Entry& entry = *ledger.find(id);
    const DeliveryState state = entry.delivery.state;
    if (!entry.delivery.wakes || entry.finished) continue;
    if (state == DeliveryState::sending) {
      entry.no_more = true;
    } else if (state == DeliveryState::folded) {
      withdraw_member(*lane_of(entry), entry, "acknowledged");
    } else {
      drop(entry, "acknowledged");
    }
  }
  quieten(incident);
}

/// The incident is over: nobody stands in any more, and an open that no close waits for is done.
void Outbox::Impl::end_incident(IncidentId incident) {
  if (const auto of = chains_of.find(incident); of != chains_of.end()) {
    const std::set<DeliveryId> roots = of->second;
    for (const DeliveryId root : roots) {
      stop_chain(root);
      end_chain_if_done(root);
    }
  }
  const auto found = witnesses.find(incident);
  if (found == witnesses.end()) return;
  std::set<std::string> owed;
  for (const DeliveryId id : ledger.unfinished(incident)) {
    const Delivery& delivery = ledger.find(id)->delivery;
    if (delivery.action == DeliveryAction::close) owed.insert(delivery.receiver);
  }
  std::vector<DeliveryId> kept;
  for (const DeliveryId id : found->second) {
    Entry* open = ledger.find(id);
    if (owed.count(open->delivery.receiver) > 0) {
      kept.push_back(id);
    } else {
      ledger.unneed(*open);
    }
  }
  found->second = std::move(kept);
  if (found->second.empty()) witnesses.erase(found);
}

}  // namespace tocsin::outbox
