// What the engine shows of itself: for `status`, the page and /metrics.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/model/alert.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::engine {

struct TargetStatus {
  std::string name;
  bool answered = false;                      ///< at its last tick
  std::optional<ScrapeOutcome> last_outcome;  ///< none before the first tick
  std::string last_detail;
  std::optional<Stamp> last_tick;
  Duration took{};
  std::size_t samples = 0;
  Duration every{};
};

/// What a rule's baseline expects of its last bucket.
struct BaselineStatus {
  std::string says;  ///< one line: what it has, what is missing, or what it expects and sees
  bool judges = false;
  double expected = 0;  ///< of the last bucket; the band is what chance leaves
  double lower = 0;
  double upper = 0;
};

struct RuleStatus {
  std::string name;
  AlertState worst = AlertState::inactive;
  std::size_t pending = 0;
  std::size_t firing = 0;  ///< firing or clearing
  std::optional<Stamp> last_evaluation;
  std::string last_error;                  ///< of its last evaluation, or ""
  AlertReason reason = AlertReason::none;  ///< warming_up while nothing is judged
  std::optional<double> value;             ///< of its worst instance at the last evaluation
  std::string threshold;  ///< "above 80 %": what its worst instance is beyond; "" of none
  /// Since when its expression has found no series at all: neither breach nor health is seen.
  std::optional<Stamp> nothing_since;
  std::optional<BaselineStatus> baseline;
  std::optional<WallTime> warm_at;  ///< while it warms up: when it is judged at the earliest
};

struct RecordStatus {
  std::string name;
  std::size_t series = 0;   ///< that have a value
  std::size_t refused = 0;  ///< over a limit, or a target gives them itself
  std::optional<Stamp> last_evaluation;
  std::string last_error;  ///< of its last evaluation, or ""
};

struct PastTransition {
  Stamp at;
  Labels labels;
  AlertState from = AlertState::inactive;
  AlertState to = AlertState::inactive;
  AlertReason reason = AlertReason::none;
};

struct ReceiverStatus {
  std::string name;
  std::size_t waiting = 0;  ///< deliveries not final
  std::uint32_t consecutive_failures = 0;
  std::string last_error;
  bool refuses = false;  ///< its last answer was a permanent no
  std::optional<Stamp> last_yes;
};

/// A maintenance window, configured or made by hand.
struct MaintenanceStatus {
  std::string name;  ///< of one that was made by hand, "M" and its number
  bool by_hand = false;
  std::string matchers;
  std::string recurrence;  ///< "" : once
  std::string reason;
  std::string author;
  bool in_force = false;
  bool ended_early = false;  ///< the occurrence that it is in
  /// Of the occurrence that it is in, or of the next; none where there is none to come.
  std::optional<WallTime> begins;
  std::optional<WallTime> ends;
  TimeZone zone;
};

struct Status {
  std::vector<TargetStatus> targets;
  std::vector<RecordStatus> records;
  std::vector<RuleStatus> rules;
  std::vector<ReceiverStatus> receivers;
  std::size_t open_incidents = 0;
  std::size_t unacknowledged = 0;
  std::size_t outbox = 0;
  std::size_t silences = 0;
  std::size_t maintenance = 0;  ///< windows in force
  bool storage_degraded = false;
  std::string storage_error;
  std::size_t steps_uncommitted = 0;
};

/// Monotonic counts since the start.
struct Counters {
  std::uint64_t scrapes = 0;
  std::uint64_t scrapes_failed = 0;
  std::uint64_t samples = 0;
  std::uint64_t samples_refused = 0;  ///< over a limit
  std::uint64_t samples_out_of_order = 0;
  std::uint64_t evaluations = 0;
  std::uint64_t evaluation_errors = 0;
  std::uint64_t transitions = 0;
  std::uint64_t incidents_opened = 0;
  std::uint64_t steps = 0;
  std::uint64_t steps_not_recorded = 0;  ///< released without their commit
  std::uint64_t refused_at_limit = 0;    ///< alerts, incidents, deliveries or silences over a limit
  std::map<std::string, std::uint64_t> deliveries_delivered;  ///< by receiver
  std::map<std::string, std::uint64_t> deliveries_retried;
  std::map<std::string, std::uint64_t> deliveries_refused;
};

}  // namespace tocsin::engine
