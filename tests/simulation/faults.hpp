// The weather: every fault kind that a world knows. A seed switches some on and others off (swarm),
// because faults that are always all on hide each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tocsin/base/random.hpp"

namespace tocsin::simulation {

enum class Fault : std::size_t {
  target_down,
  target_timeout,
  target_garbage,
  series_gone,
  counter_reset,
  slow_answers,
  flapping,
  many_at_once,
  receiver_slow,
  receiver_busy,
  receiver_retry_after,
  receiver_refuses,
  receiver_answer_lost,
  receiver_swallows,
  receiver_down_long,
  storage_late,
  storage_fails,
  crash,
  crash_around_send,
  reboot,
  suspend,
  stalled_loop,
  wall_step,
  wall_epoch,
  wall_drift,
  reload_same,
  reload_threshold,
  reload_labels,
  reload_severity,
  reload_expression,
  reload_rule_gone,
  reload_receiver_gone,
  reload_policy,
  acknowledge,
  acknowledge_there,
  unacknowledge,
  silence,
  end_silence,
  assess,
  change,
  wrong_command,
  count
};
inline constexpr std::size_t kFaults = static_cast<std::size_t>(Fault::count);
[[nodiscard]] std::string_view to_string(Fault fault);

/// How often each kind really happened.
using FaultCounts = std::array<std::uint64_t, kFaults>;

class Swarm {
 public:
  explicit Swarm(Random& random);
  [[nodiscard]] bool on(Fault fault) const { return on_[static_cast<std::size_t>(fault)]; }

 private:
  std::array<bool, kFaults> on_{};
};

}  // namespace tocsin::simulation
