// When an attempt begins, and what follows from its answer.
#include <algorithm>
#include <vector>

#include "tocsin/outbox/backoff.hpp"
#include "tocsin/outbox/machine.hpp"

namespace tocsin::outbox {

void Outbox::Impl::pump() {
  for (auto& [name, lane] : lanes) pump(lane);
  for (auto& [name, lane] : asides) pump(lane);
}

void Outbox::Impl::pump(Lane& lane) {
  if (lane.gone || lane.held(now.boot)) return;
  lane.held_until.reset();
  while (lane.in_flight < lane.capacity(tuning) && !lane.ready.empty()) {
    // A summary leaves once it is recorded, like any other; until then nothing overtakes it.
    const Entry* summary = ledger.find(lane.summary);
    if (summary != nullptr && summary->delivery.state == DeliveryState::recording) return;
    if (lane.folds() && fold(lane)) continue;
    attempt(lane, *ledger.find(lane.ready.begin()->second));
  }
}

void Outbox::Impl::attempt(Lane& lane, Entry& entry) {
  const DeliveryId id = entry.delivery.id;
  if (entry.ready_since) lane.ready.erase({*entry.ready_since, id});
  entry.ready_since.reset();
  agenda.clear(id, Agenda::Kind::attempt);
  entry.delivery.next_attempt.reset();
  ++entry.delivery.attempts;
  set_state(entry, DeliveryState::sending);
  outcome.send.push_back(id);
}

void Outbox::Impl::answered(Entry& entry, const DeliveryOutcome& answer) {
  Lane* lane = lane_of(entry);
  const bool in_full = answer.result == DeliveryResult::delivered && !answer.in_part;
  entry.delivery.last_error = in_full ? std::string() : answer.detail;
  switch (answer.result) {
    case DeliveryResult::delivered:
      if (lane != nullptr) lane->failures = 0;
      finish(entry, DeliveryState::delivered, answer.detail);
      break;
    case DeliveryResult::permanent:
      entry.delivery.may_have_arrived |= answer.may_have_arrived;
      finish(entry, DeliveryState::refused, answer.detail);
      break;
    case DeliveryResult::retryable:
      entry.delivery.may_have_arrived |= answer.may_have_arrived;
      if (entry.delivery.may_have_arrived) note_arrival(entry);
      if (lane != nullptr && lane->summary == entry.delivery.id) {
        lane->summary_may_have_arrived |= answer.may_have_arrived;
      }
      if (lane == nullptr || lane->gone) {
        finish(entry, DeliveryState::undeliverable, "its receiver is no longer configured");
      } else {
        retry(*lane, entry, answer);
      }
      break;
  }
}

void Outbox::Impl::retry(Lane& lane, Entry& entry, const DeliveryOutcome& answer) {
  ++entry.failures;
  ++lane.failures;
  Duration wait = backoff(tuning, entry.failures, random);
  if (answer.retry_after && *answer.retry_after > Duration::zero()) {
    const Duration asked = std::min(*answer.retry_after, kLongestHold);
    lane.held_until = std::max(lane.held_until.value_or(now.boot), now.boot + asked);
    wait = std::max(wait, asked);
  }
  if (entry.delivery.created.boot + lane.tried_for(tuning) <= now.boot) {
    finish(entry, DeliveryState::expired, answer.detail);
    return;
  }
  if (entry.no_more) {
    drop(entry, answer.detail);
    return;
  }
  entry.delivery.next_attempt = Stamp{now.boot + wait, now.wall + wait};
  set_state(entry, DeliveryState::queued);
  say(Event::Kind::retrying, entry.delivery.id, answer.detail);
  consider(lane, entry);
}

void Outbox::Impl::fall_due(const Agenda::Item& item) {
  Entry* entry = ledger.find(item.delivery);
  if (entry == nullptr) return;
  Lane* lane = lane_of(*entry);
  switch (item.kind) {
    case Agenda::Kind::attempt:
      if (lane != nullptr && !entry->line.empty()) consider(*lane, *entry);
      break;
    case Agenda::Kind::expiry:
      if (entry->delivery.state == DeliveryState::sending) {
        entry->no_more = true;
      } else if (!is_final(entry->delivery.state)) {
        finish(*entry, DeliveryState::expired, "given up: " + entry->delivery.last_error);
      }
      break;
    case Agenda::Kind::fallback:
      next_stand_in(item.delivery);
      break;
    case Agenda::Kind::not_heard:
      say(Event::Kind::not_heard, item.delivery, "nobody who wakes has said yes");
      end_chain_if_done(item.delivery);
      break;
  }
}

}  // namespace tocsin::outbox
