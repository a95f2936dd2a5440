// One receiver's side of the outbox: who waits, in which lines, and what it last said. Each
// receiver has two: one for what people act on, and one beside it for what only informs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "tocsin/base/time.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/outbox/receiver.hpp"

namespace tocsin::outbox {

/// A receiver that says for how long it wants to be left alone is believed up to here.
inline constexpr Duration kLongestHold = std::chrono::hours(1);
/// So long is tried what only informs.
inline constexpr Duration kAsideTriedFor = std::chrono::hours(1);

/// The line in which a delivery keeps its turn: its key where the receiver keeps state by key, its
/// incident elsewhere; one without either stands alone.
[[nodiscard]] std::string line_of(const Delivery& delivery, bool by_key);

/// Made by the outbox itself, for several incidents.
[[nodiscard]] inline bool is_summary(const Delivery& delivery) {
  return delivery.notice.kind == NoticeKind::summary && !delivery.incident;
}

/// It only informs, so it goes through its receiver's lane beside: it holds nothing up, and how it
/// fares says nothing of how the receiver takes notices.
[[nodiscard]] inline bool only_informs(const Delivery& delivery) {
  return delivery.notice.kind == NoticeKind::change;
}

struct Lane {
  Receiver receiver;
  bool aside = false;  ///< the one for what only informs
  bool gone = false;   ///< no longer configured; it ends with the attempts under way

  std::map<std::string, std::set<DeliveryId>> lines;  ///< all that is not final
  std::set<std::pair<BootTime, DeliveryId>> ready;    ///< heads of lines whose time has come
  std::size_t waiting = 0;                            ///< not final
  std::size_t queued = 0;
  std::size_t in_flight = 0;
  std::uint32_t failures = 0;          ///< in a row
  std::optional<BootTime> held_until;  ///< it asked to be left alone

  DeliveryId summary;            ///< that waits or is being sent; at most one
  std::set<DeliveryId> members;  ///< told within it, summaries that it replaced among them
  std::size_t waking_members = 0;
  bool summary_may_have_arrived = false;

  [[nodiscard]] std::size_t capacity(const Tuning& tuning) const {
    return receiver.by_key && !aside ? tuning.in_flight_by_key : 1;
  }
  [[nodiscard]] bool folds() const { return !receiver.by_key && !aside; }
  [[nodiscard]] Duration tried_for(const Tuning& tuning) const {
    return aside ? std::min(kAsideTriedFor, tuning.give_up_after) : tuning.give_up_after;
  }
  [[nodiscard]] bool held(BootTime now) const { return held_until && *held_until > now; }
};

}  // namespace tocsin::outbox
