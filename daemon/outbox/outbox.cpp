#include "tocsin/outbox/outbox.hpp"

#include <algorithm>

#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

Outbox::Outbox(Tuning tuning, std::uint64_t seed) : impl_(std::make_unique<Impl>(tuning, seed)) {}
Outbox::~Outbox() = default;
Outbox::Outbox(Outbox&&) noexcept = default;
Outbox& Outbox::operator=(Outbox&&) noexcept = default;

Outcome Outbox::configure(const std::vector<Receiver>& receivers, Tuning tuning, Now now) {
  impl_->begin(now);
  impl_->configure(receivers, tuning);
  return impl_->end();
}

Outcome Outbox::restore(std::vector<Delivery> deliveries, Now now,
                        const std::vector<IncidentId>& in_hand) {
  impl_->begin(now);
  impl_->restore(std::move(deliveries));
  for (const IncidentId incident : in_hand) impl_->withdraw_wakes(incident);
  impl_->run_due();
  return impl_->end();
}

Outcome Outbox::add(Delivery delivery, Now now) {
  Impl& m = *impl_;
  m.begin(now);
  delivery.state = DeliveryState::recording;
  Entry& entry = m.ledger.insert(std::move(delivery));
  Lane* lane = m.lane_of(entry);
  m.keys.add(entry.delivery);
  m.count(entry, lane, true);
  m.changed.insert(entry.delivery.id);
  m.start_chain(entry);
  if (entry.delivery.stands_in_for) m.join_chain(entry);
  if (lane == nullptr || lane->gone) {
    m.finish(entry, DeliveryState::undeliverable, "its receiver is not configured");
    return m.end();
  }
  m.enter_line(*lane, entry);
  m.set_expiry(entry);
  if (entry.delivery.action == DeliveryAction::close) m.meet(*lane, entry);
  if (!is_final(entry.delivery.state) && m.pointless(*lane, entry)) {
    m.finish(entry, DeliveryState::withdrawn, "its open never left");
  }
  return m.end();
}

Outcome Outbox::release(DeliveryId id, Now now) {
  impl_->begin(now);
  Entry* entry = impl_->ledger.find(id);
  if (entry != nullptr && entry->delivery.state == DeliveryState::recording) {
    impl_->set_state(*entry, DeliveryState::queued);
    impl_->consider(*impl_->lane_of(*entry), *entry);
  }
  return impl_->end();
}

void Outbox::leaves_unrecorded(DeliveryId id) {
  Entry* entry = impl_->ledger.find(id);
  if (entry != nullptr) entry->delivery.notice.recorded = false;
}

Outcome Outbox::answered(DeliveryId id, const DeliveryOutcome& outcome, Now now) {
  impl_->begin(now);
  Entry* entry = impl_->ledger.find(id);
  if (entry != nullptr && entry->delivery.state == DeliveryState::sending) {
    impl_->answered(*entry, outcome);
  }
  return impl_->end();
}

Outcome Outbox::withdraw_wakes(IncidentId incident, Now now) {
  impl_->begin(now);
  impl_->withdraw_wakes(incident);
  return impl_->end();
}

Outcome Outbox::incident_closed(IncidentId incident, Now now) {
  Impl& m = *impl_;
  m.begin(now);
  for (const DeliveryId id : m.ledger.unfinished(incident)) {
    Entry& entry = *m.ledger.find(id);
    const DeliveryState state = entry.delivery.state;
    if (!makes_known(entry.delivery) || is_final(state)) continue;
    if (state == DeliveryState::sending) {
      entry.no_more = true;
    } else {
      m.drop(entry, "its incident has closed");
    }
  }
  m.end_incident(incident);
  return m.end();
}

Outcome Outbox::woke(Now now) {
  impl_->begin(now);
  impl_->run_due();
  return impl_->end();
}

std::optional<BootTime> Outbox::next_due() const {
  std::optional<BootTime> due = impl_->agenda.next();
  for (const Impl::Lanes* lanes : {&impl_->lanes, &impl_->asides}) {
    for (const auto& [name, lane] : *lanes) {
      if (lane.gone || lane.ready.empty() || !lane.held_until) continue;
      due = due ? std::min(*due, *lane.held_until) : *lane.held_until;
    }
  }
  return due;
}

const Delivery* Outbox::find(DeliveryId id) const {
  const Entry* entry = impl_->ledger.find(id);
  return entry == nullptr ? nullptr : &entry->delivery;
}

Delivery* Outbox::summary(DeliveryId id) {
  Entry* entry = impl_->ledger.find(id);
  if (entry == nullptr || !is_summary(entry->delivery)) return nullptr;
  return is_final(entry->delivery.state) ? nullptr : &entry->delivery;
}

std::vector<DeliveryId> Outbox::folded_in(DeliveryId summary) const {
  Entry* entry = impl_->ledger.find(summary);
  const Lane* lane = entry == nullptr ? nullptr : impl_->lane_of(*entry);
  if (lane == nullptr || lane->summary != summary) return {};
  std::vector<DeliveryId> ids;
  for (const DeliveryId id : lane->members) {
    if (!is_summary(impl_->ledger.find(id)->delivery)) ids.push_back(id);
  }
  return ids;
}

std::size_t Outbox::waiting() const {
  return impl_->waiting;
}

std::size_t Outbox::waiting_for(std::string_view receiver) const {
  const auto waiting_in = [&](const Impl::Lanes& lanes) {
    const auto lane = lanes.find(receiver);
    return lane == lanes.end() ? 0 : lane->second.waiting;
  };
  return waiting_in(impl_->lanes) + waiting_in(impl_->asides);
}

bool Outbox::may_have_got(std::string_view receiver, std::string_view dedup_key) const {
  if (impl_->keys.may_have_got(receiver, dedup_key)) return true;
  const auto lane = impl_->lanes.find(receiver);
  if (lane == impl_->lanes.end() || !lane->second.summary) return false;
  const bool told =
      lane->second.summary_may_have_arrived ||
      impl_->ledger.find(lane->second.summary)->delivery.state == DeliveryState::sending;
  return told && impl_->keys.is_folded(receiver, dedup_key);
}

std::vector<DeliveryId> Outbox::forget_finished(Now now, Duration keep) {
  std::vector<DeliveryId> forgotten;
  while (const auto id = impl_->ledger.forgettable(now.boot - keep)) {
    impl_->keys.remove(impl_->ledger.find(*id)->delivery);
    impl_->ledger.erase(*id);
    forgotten.push_back(*id);
  }
  return forgotten;
}

void Outbox::set_next_id(std::function<DeliveryId()> next_id) {
  impl_->next_id = std::move(next_id);
}

}  // namespace tocsin::outbox
