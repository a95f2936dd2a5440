// What a simulated world is configured with, in plain words of its own: checkers read this, and
// configure.cpp translates it for the engine. Nothing here knows how the engine sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin::simulation {

/// One metric of one target: a gauge or a counter, with one series or one for each disk.
struct MetricPlan {
  std::string name;
  bool counter = false;
  bool falls = false;     ///< bad is low
  bool binary = false;    ///< 0 is bad, 1 is good
  std::size_t disks = 0;  ///< 0: one series without a disk label
};

struct TargetPlan {
  std::string name;      ///< as the engine knows it
  std::string instance;  ///< its label
  Duration every = minutes(1);
  Duration timeout = seconds(10);
  std::vector<MetricPlan> metrics;
};

enum class Shape {
  gauge,   ///< the metric against a threshold
  rate,    ///< its rate over two minutes
  filter,  ///< `metric == 0`, no threshold
  sum,     ///< over all targets that have it
  up,      ///< tocsin's own word on the target, as a filter
};

enum class Missing { close_after, keep, fire, clear };

struct RulePlan {
  std::string name;
  Shape shape = Shape::gauge;
  std::string metric;
  bool above = true;
  std::optional<double> warning;
  std::optional<double> critical;
  double clear = 0;
  Duration hold{};
  std::uint32_t bad = 0;  ///< with `of`: so many of the last evaluations instead of `hold`
  std::uint32_t of = 0;
  Duration keep_firing_for{};
  Missing on_missing = Missing::close_after;
  Duration missing_for = minutes(15);
  Severity severity = Severity::warning;
  Impact impact = Impact::medium;
  std::string policy;
  Labels labels;
  std::vector<std::string> inhibited_by;
  std::vector<std::string> equal;
  int variant = 0;  ///< an expression of another text and the same meaning
  friend bool operator==(const RulePlan&, const RulePlan&) = default;
};

struct EntryPlan {
  int level = 1;
  Duration after{};
  std::string match;
  Matchers matchers;
  std::vector<std::string> to;
};

struct PolicyPlan {
  std::string name;
  Duration repeat = minutes(15);
  Duration ack_expires = minutes(30);
  Duration group_interval = minutes(1);
  std::vector<std::string> group_by;
  std::vector<EntryPlan> entries;
};

struct ReceiverPlan {
  std::string name;
  bool wakes = false;
  bool by_key = false;
  bool can_poll = false;
  bool changes = false;
  std::vector<std::string> fallback;
};

struct Plan {
  std::vector<TargetPlan> targets;
  std::vector<RulePlan> rules;
  std::vector<PolicyPlan> policies;
  std::vector<ReceiverPlan> receivers;
  bool unhurried = false;  ///< rules wait for more of their targets, as those that read much do

  [[nodiscard]] const RulePlan* rule(std::string_view name) const;
  [[nodiscard]] const PolicyPlan* policy(std::string_view name) const;
  [[nodiscard]] const ReceiverPlan* receiver(std::string_view name) const;
  [[nodiscard]] const TargetPlan* target(std::string_view name) const;
};

/// One moment: the world's own count of time, which nothing steps, and what the engine is told.
struct Moment {
  Duration at{};
  Now now;
};

}  // namespace tocsin::simulation
