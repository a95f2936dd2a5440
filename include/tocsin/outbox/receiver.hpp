// What the engine must know of a receiver; how to reach it is the ring's affair.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"

namespace tocsin::outbox {

/// When deliveries are tried again, when another receiver stands in, when to give up.
struct Tuning {
  Duration fallback_after = std::chrono::minutes(2);
  Duration retry_first = std::chrono::seconds(1);
  Duration retry_most = std::chrono::minutes(5);
  Duration give_up_after = std::chrono::hours(24);
  std::size_t fold_from = 3;  ///< so many waiting for a channel that failed are told as one summary
  std::size_t in_flight_by_key =
      8;  ///< attempts at once at a receiver that keeps state by key; others get one
};

struct Receiver {
  std::string name;
  /// A call or a page that is meant to wake a person.
  bool wakes = false;
  /// Keeps its own state by dedup_key (PagerDuty): gets an acknowledge and a close for every key
  /// that is open. Otherwise people read it (chat, console): one close per incident, and summaries.
  bool by_key = false;
  /// Can be asked whether a key was acknowledged there.
  bool can_poll = false;
  /// Is told of what people announce to have changed.
  bool changes = false;
  std::vector<std::string> fallback;
  std::string definition;  ///< as configured, secrets by reference; opaque
};

}  // namespace tocsin::outbox
