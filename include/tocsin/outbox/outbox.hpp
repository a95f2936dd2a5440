// The outbox: deliveries from their record to the receiver's yes. Pure: it decides when each
// attempt is due, in which order, and when another receiver must stand in. Held by the engine,
// which gives it the time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/outbox/receiver.hpp"

namespace tocsin::outbox {

/// What became of a delivery, for the engine to act on and to write into the timeline.
struct Event {
  enum class Kind {
    delivered,
    retrying,  ///< an attempt failed; another will follow
    refused,   ///< permanent
    expired,
    undeliverable,  ///< its receiver is gone
    withdrawn,
    folded,
    fallback_due,  ///< `stand_in` is to be told in its place (the engine makes that delivery)
    not_heard,  ///< it was to wake someone and nobody who wakes has said yes: the next level falls
                ///< due. Once per delivery, and perhaps once more after each restart.
  } kind{};
  DeliveryId delivery;
  std::string stand_in;
  std::string detail;
};

/// What an outbox call wants done.
struct Outcome {
  std::vector<DeliveryId> changed;  ///< to be recorded
  std::vector<DeliveryId> send;     ///< attempts that begin now (state `sending`)
  std::vector<DeliveryId> made;     ///< summaries: to be released once they are recorded
  std::vector<Event> events;
};

/// Configure first: a delivery for a receiver that is not configured is undeliverable.
class Outbox {
 public:
  Outbox(Tuning tuning, std::uint64_t seed);
  ~Outbox();
  Outbox(Outbox&&) noexcept;
  Outbox& operator=(Outbox&&) noexcept;

  /// The receivers now configured, and those that a reload removed and that something is still owed
  /// to. A waiting delivery to a receiver in neither becomes undeliverable.
  [[nodiscard]] Outcome configure(const std::vector<Receiver>& receivers, Tuning tuning, Now now);
  /// Takes over what storage knew: `sending` and `recording` are queued again, due at once.
  /// Whatever was not final may have arrived: its attempt is recorded while it is made.
  /// `in_hand`: incidents that somebody has acknowledged; whatever was still to wake someone for
  /// them is not sent again.
  [[nodiscard]] Outcome restore(std::vector<Delivery> deliveries, Now now,
                                const std::vector<IncidentId>& in_hand = {});

  /// Takes a new delivery (id, receiver, key and notice filled in); it waits in `recording` until
  /// released. A close that meets its open before that ever left: at a receiver by key both are
  /// withdrawn, in a channel the open is withdrawn and the close is the one line.
  [[nodiscard]] Outcome add(Delivery delivery, Now now);
  /// Its record is committed, or two seconds have passed.
  [[nodiscard]] Outcome release(DeliveryId id, Now now);
  /// It leaves without being recorded, and its notice says so; to be called before `release`.
  void leaves_unrecorded(DeliveryId id);
  /// A receiver's answer to an attempt. Answers to attempts that are no longer known are ignored.
  [[nodiscard]] Outcome answered(DeliveryId id, const DeliveryOutcome& outcome, Now now);
  /// Withdraws what is to wake someone for this incident and has not left.
  [[nodiscard]] Outcome withdraw_wakes(IncidentId incident, Now now);
  /// The incident has closed and all that it is owed is queued: its opens and updates need no more
  /// retries once no receiver can have got them.
  [[nodiscard]] Outcome incident_closed(IncidentId incident, Now now);
  /// What fell due by now: attempts, fallbacks, expiries.
  [[nodiscard]] Outcome woke(Now now);
  [[nodiscard]] std::optional<BootTime> next_due() const;

  [[nodiscard]] const Delivery* find(DeliveryId id) const;
  /// A summary's text needs the engine's knowledge of what is still open: it fills in the notice of
  /// a delivery that is about to be sent (`send` of the same outcome).
  [[nodiscard]] Delivery* summary(DeliveryId id);
  /// The deliveries that a summary tells until its fate is known, in order, however often they were
  /// folded.
  [[nodiscard]] std::vector<DeliveryId> folded_in(DeliveryId summary) const;
  [[nodiscard]] std::size_t waiting() const;  ///< not final
  [[nodiscard]] std::size_t waiting_for(std::string_view receiver) const;
  [[nodiscard]] bool may_have_got(std::string_view receiver, std::string_view dedup_key) const;
  /// Final deliveries that nothing refers to any more; the engine erases their records. What
  /// `may_have_got` rests on is kept until the close of its key (of its incident, in a channel) is
  /// final, or `incident_closed` finds no close queued.
  [[nodiscard]] std::vector<DeliveryId> forget_finished(Now now, Duration keep);
  /// Names a new summary delivery.
  void set_next_id(std::function<DeliveryId()> next_id);

 private:
  struct Impl;  // machine.hpp
  std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::outbox
