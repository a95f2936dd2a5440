// One notice on its way to one receiver: stable over retries and restarts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin {

/// What the receiver's side is told about the key.
enum class DeliveryAction {
  open,         ///< a ring: the key becomes open
  update,       ///< more about a key that is open
  acknowledge,  ///< somebody has it in hand
  close,        ///< it is over
};
[[nodiscard]] std::string_view to_string(DeliveryAction action);

enum class DeliveryState {
  recording,      ///< waits for storage, two seconds at most
  queued,         ///< waits for its turn, its order or its next attempt
  sending,        ///< an attempt is on its way
  delivered,      ///< the receiver said yes
  refused,        ///< the receiver said never
  withdrawn,      ///< no longer needed before it left: acknowledged, closed, or overtaken
  folded,         ///< told within a summary
  expired,        ///< a day has passed, or there is nobody left to tell
  undeliverable,  ///< its receiver is gone
};
[[nodiscard]] std::string_view to_string(DeliveryState state);
[[nodiscard]] bool is_final(DeliveryState state);

/// An incident's own message at a receiver, and what it is to say now.
struct StoryUpdate {
  std::string thread;
  Notice notice;
};

struct Delivery {
  DeliveryId id;
  IncidentId incident;  ///< none for a summary over several, a test
  std::string receiver;
  DeliveryAction action = DeliveryAction::open;
  int level = 1;
  std::uint64_t ring = 0;
  std::string dedup_key;
  Notice notice;
  bool wakes = false;  ///< it is to wake someone: a ring at a receiver that wakes

  DeliveryState state = DeliveryState::recording;
  Stamp created;
  std::uint32_t attempts = 0;
  std::optional<Stamp> next_attempt;
  bool may_have_arrived = false;  ///< an attempt ended without an answer
  std::string last_error;
  DeliveryId stands_in_for;          ///< the delivery whose fallback this is
  std::uint32_t fallbacks_used = 0;  ///< how far down its receiver's chain it has gone
  DeliveryId folded_into;
  /// Where its receiver keeps the incident's story, in its own words; filled in as it is sent.
  std::string thread;
  /// Of a summary: messages of the incidents that it tells of; filled in as it is sent.
  std::vector<StoryUpdate> stories;
};

enum class DeliveryResult {
  delivered,
  retryable,  ///< not now
  permanent,  ///< never
};

/// A receiver's answer.
struct DeliveryOutcome {
  DeliveryResult result = DeliveryResult::delivered;
  std::string detail;                   ///< for people: status and words of the answer
  bool in_part = false;                 ///< a yes, but not for everyone: `detail` says whom not
  std::optional<Duration> retry_after;  ///< the receiver's own waiting time
  bool may_have_arrived = false;        ///< the request may have been taken although no yes came
  std::string thread;                   ///< where later notices of this incident belong; "": as was
};

}  // namespace tocsin
