// An outbox under a clock that the test moves, and words to write event scripts with.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tocsin/outbox/outbox.hpp"

namespace tocsin::outbox::test {

inline Receiver channel(std::string name, std::vector<std::string> fallback = {}) {
  Receiver receiver;
  receiver.name = std::move(name);
  receiver.fallback = std::move(fallback);
  return receiver;
}

inline Receiver pager(std::string name, std::vector<std::string> fallback = {}) {
  Receiver receiver;
  receiver.name = std::move(name);
  receiver.wakes = true;
  receiver.by_key = true;
  receiver.fallback = std::move(fallback);
  return receiver;
}

class Script {
 public:
  explicit Script(std::vector<Receiver> receivers, Tuning with = {}, std::uint64_t seed = 1)
      : tuning(with), outbox(with, seed) {
    outbox.set_next_id([this] { return DeliveryId(++last_id_); });
    take(outbox.configure(std::move(receivers), tuning, now));
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  Delivery make(DeliveryAction action, const std::string& receiver, std::string key,
                std::uint64_t incident = 1) {
    Delivery delivery;
    delivery.id = DeliveryId(++last_id_);
    delivery.incident = IncidentId(incident);
    delivery.receiver = receiver;
    delivery.action = action;
    delivery.dedup_key = std::move(key);
    delivery.created = now;
    return delivery;
  }
  DeliveryId add(Delivery delivery) {
    const DeliveryId id = delivery.id;
    take(outbox.add(std::move(delivery), now));
    return id;
  }
  DeliveryId add(DeliveryAction action, const std::string& receiver, std::string key = "k",
                 std::uint64_t incident = 1) {
    return add(make(action, receiver, std::move(key), incident));
  }
  /// An open that is to wake someone.
  DeliveryId ring(const std::string& receiver, std::string key = "k", std::uint64_t incident = 1) {
    Delivery delivery = make(DeliveryAction::open, receiver, std::move(key), incident);
    delivery.wakes = true;
    return add(std::move(delivery));
  }
  void release(DeliveryId id) { take(outbox.release(id, now)); }
  DeliveryId push(DeliveryAction action, const std::string& receiver, std::string key = "k",
                  std::uint64_t incident = 1) {
    const DeliveryId id = add(action, receiver, std::move(key), incident);
    release(id);
    return id;
  }
  DeliveryId push_ring(const std::string& receiver, std::string key = "k",
                       std::uint64_t incident = 1) {
    const DeliveryId id = ring(receiver, std::move(key), incident);
    release(id);
    return id;
  }
  DeliveryId stand_in(const std::string& receiver, DeliveryId root, bool wakes) {
    Delivery delivery =
        make(DeliveryAction::open, receiver, "in-for-" + std::to_string(root.value));
    delivery.stands_in_for = root;
    delivery.wakes = wakes;
    const DeliveryId id = add(std::move(delivery));
    release(id);
    return id;
  }
  void yes(DeliveryId id) { answer(id, DeliveryResult::delivered, false); }
  void no(DeliveryId id) { answer(id, DeliveryResult::retryable, false); }
  void lost(DeliveryId id) { answer(id, DeliveryResult::retryable, true); }
  void never(DeliveryId id) { answer(id, DeliveryResult::permanent, false); }
  void hold(DeliveryId id, Duration retry_after) {
    DeliveryOutcome outcome;
    outcome.result = DeliveryResult::retryable;
    outcome.detail = "429";
    outcome.retry_after = retry_after;
    take(outbox.answered(id, outcome, now));
  }
  void acknowledge(std::uint64_t incident = 1) {
    take(outbox.withdraw_wakes(IncidentId(incident), now));
  }
  void close(std::uint64_t incident = 1) {
    take(outbox.incident_closed(IncidentId(incident), now));
  }
  void pass(Duration duration) {
    now.boot += duration;
    now.wall += duration;
  }
  void wake() { take(outbox.woke(now)); }
  /// Lets time pass, waking the outbox at each moment that it asks for.
  void run(Duration duration) {
    const BootTime end = now.boot + duration;
    while (true) {
      const auto due = outbox.next_due();
      if (!due || *due > end) break;
      if (*due > now.boot) pass(*due - now.boot);
      wake();
    }
    pass(end - now.boot);
  }
  /// A crash and a start, `later`: another outbox takes over what is recorded.
  void restart(std::vector<Receiver> receivers, Duration later) {
    const std::vector<Delivery> known = records();
    outbox = Outbox(tuning, 2);
    outbox.set_next_id([this] { return DeliveryId(++last_id_); });
    pass(later);
    take(outbox.configure(std::move(receivers), tuning, now));
    take(outbox.restore(known, now));
  }
  [[nodiscard]] std::vector<const Delivery*> known() const {
    std::vector<const Delivery*> all;
    for (std::uint64_t id = 1; id <= last_id_; ++id) {
      if (const Delivery* delivery = outbox.find(DeliveryId(id))) all.push_back(delivery);
    }
    return all;
  }
  /// The records as storage would hold them.
  [[nodiscard]] std::vector<Delivery> records() const {
    std::vector<Delivery> all;
    for (const Delivery* delivery : known()) all.push_back(*delivery);
    return all;
  }

  [[nodiscard]] DeliveryState state(DeliveryId id) const { return outbox.find(id)->state; }
  [[nodiscard]] bool sent(DeliveryId id) const {
    return std::find(last.send.begin(), last.send.end(), id) != last.send.end();
  }
  [[nodiscard]] bool has_changed(DeliveryId id) const {
    return std::find(last.changed.begin(), last.changed.end(), id) != last.changed.end();
  }
  [[nodiscard]] std::size_t said(Event::Kind kind, DeliveryId id) const {
    return static_cast<std::size_t>(std::count_if(
        events.begin(), events.end(),
        [&](const Event& event) { return event.kind == kind && event.delivery == id; }));
  }
  [[nodiscard]] std::vector<std::string> stand_ins() const {
    std::vector<std::string> names;
    for (const Event& event : events) {
      if (event.kind == Event::Kind::fallback_due) names.push_back(event.stand_in);
    }
    return names;
  }
  void take(Outcome outcome) {
    for (const DeliveryId made : std::exchange(outcome.made, {})) {
      Outcome released = outbox.release(made, now);
      const auto append = [](auto& to, const auto& from) {
        to.insert(to.end(), from.begin(), from.end());
      };
      append(outcome.changed, released.changed);
      append(outcome.send, released.send);
      append(outcome.events, released.events);
    }
    last = std::move(outcome);
    events.insert(events.end(), last.events.begin(), last.events.end());
    attempts.insert(attempts.end(), last.send.begin(), last.send.end());
    recorded.insert(last.changed.begin(), last.changed.end());
  }

  Now now{BootTime(hours(100)), WallTime(hours(1000))};
  Tuning tuning;
  Outbox outbox;
  Outcome last;                      ///< of the last call
  std::vector<Event> events;         ///< since the start
  std::vector<DeliveryId> attempts;  ///< since the start
  std::set<DeliveryId> recorded;     ///< whatever changed since the start

 private:
  void answer(DeliveryId id, DeliveryResult result, bool may_have_arrived) {
    DeliveryOutcome outcome;
    outcome.result = result;
    outcome.detail = "as the script says";
    outcome.may_have_arrived = may_have_arrived;
    take(outbox.answered(id, outcome, now));
  }
  std::uint64_t last_id_ = 0;
};

}  // namespace tocsin::outbox::test
