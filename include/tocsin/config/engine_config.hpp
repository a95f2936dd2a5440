// What the engine needs of a configuration: all that decisions hang on, nothing of how to reach
// anything.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/incident/maintenance.hpp"
#include "tocsin/incident/policy.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/outbox/receiver.hpp"
#include "tocsin/rule/record.hpp"
#include "tocsin/rule/rule.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::config {

struct Target {
  std::string name;  ///< unique: "host", "prometheus.api", "tocsin"
  Duration every = std::chrono::minutes(1);
  Duration timeout = std::chrono::seconds(10);
  Labels labels;  ///< of its series: job, instance, and what the configuration adds
  bool honor_labels = false;
};

/// Figures of SEMANTICS that the configuration may change.
struct Tuning {
  Duration record_within = std::chrono::seconds(2);
  outbox::Tuning outbox;
  std::uint32_t flap_transitions = 6;  ///< more than this many
  Duration flap_window = std::chrono::minutes(30);
  Duration flap_steady = std::chrono::minutes(15);
  Duration reopen_within = std::chrono::minutes(10);
  std::uint32_t storm_incidents = 20;  ///< more than this many of one policy
  Duration storm_window = std::chrono::minutes(1);
  Duration warm_up_at_most = std::chrono::minutes(5);
  Duration poll_every = std::chrono::seconds(30);
  Duration poll_before = std::chrono::seconds(3);
  /// A rule that some of its targets have answered for waits for the others, the longer the more it
  /// costs: so long for each thousand samples that it reads (an element of its result counts as 40)
  /// and `wait_at_most`.
  Duration wait_per_1000_samples = std::chrono::milliseconds(5);
  Duration wait_at_most = std::chrono::seconds(1);
};

struct Limits {
  series::StoreLimits store;
  std::size_t alerts = 50'000;  ///< instances that are not inactive
  std::size_t open_incidents = 10'000;
  std::size_t outbox = 20'000;   ///< deliveries that are not final
  std::size_t timeline = 1'000;  ///< entries per incident
  std::size_t silences = 1'000;
  std::size_t notice_alerts = 20;  ///< alerts that a notice lists
};

struct EngineConfig {
  std::string host;
  Labels host_labels;
  TimeZone time_zone;  ///< of the clock times that people are shown
  std::vector<Target> targets;
  std::vector<rule::Record> records;  ///< each behind those that it reads
  std::vector<rule::Rule> rules;
  std::vector<incident::Policy> policies;  ///< always one named "default"
  std::vector<outbox::Receiver> receivers;
  std::vector<incident::MaintenanceWindow> maintenance;
  Tuning tuning;
  Limits limits;

  /// The policy of that name; "default" where there is none.
  [[nodiscard]] const incident::Policy& policy(std::string_view name) const;
  [[nodiscard]] const outbox::Receiver* receiver(std::string_view name) const;
  [[nodiscard]] const rule::Record* record(std::string_view name) const;
  [[nodiscard]] const rule::Rule* rule(std::string_view name) const;
  [[nodiscard]] const Target* target(std::string_view name) const;
};

/// The tick grid. Targets with the same `every` share the tick; one offset per host, from its name,
/// keeps a fleet out of step. Both the loop and the engine ask here.
[[nodiscard]] Duration host_offset(std::string_view host, Duration every);
/// The last tick at or before `at`.
[[nodiscard]] BootTime tick_at_or_before(BootTime at, Duration every, Duration offset);

}  // namespace tocsin::config
