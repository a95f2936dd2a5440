// A rule as the engine runs it: parsed, checked, all defaults filled in.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/expr/expression.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/severity.hpp"
#include "tocsin/rule/baseline_tuning.hpp"

namespace tocsin::rule {

enum class Direction { above, below };

/// The threshold stands apart from the expression: the notice says how far over it is, `clear`
/// gives hysteresis. A breach is strictly beyond.
struct Threshold {
  Direction direction = Direction::above;
  /// With both, the severity follows the value; with one of them it is the rule's.
  std::optional<double> warning;
  std::optional<double> critical;
  double clear = 0;        ///< a firing instance is well at or on the well side of this
  Unit unit = Unit::none;  ///< for people: how value and threshold are shown
};

/// How long, or how often, a breach must have been seen before the rule fires.
struct HoldFor {
  Duration span{};
};
struct BadOf {
  std::uint32_t bad = 1;
  std::uint32_t of = 1;
};

/// What a series that its targets no longer give means.
enum class OnMissing {
  close_after,  ///< kept for `missing_for`, then closed as "gone, without evidence"
  keep,
  fire,
  clear,
};

/// What is normal at this time of the week, learned; beside a threshold or instead of one.
struct NormalOf {
  BaselineTuning tuning;
  TimeZone zone;                       ///< of the week
  std::optional<expr::Expression> of;  ///< what the rule's value is a part of
};

struct Rule {
  std::string name;
  expr::Expression expression;
  std::optional<Threshold> threshold;
  std::optional<NormalOf> normal;  ///< with neither: a PromQL filter; presence is breach
  Unit unit = Unit::none;
  std::variant<HoldFor, BadOf> hold;
  Duration keep_firing_for{};
  OnMissing on_missing = OnMissing::close_after;
  Duration missing_for = std::chrono::minutes(15);
  std::optional<Duration> every;          ///< slower than its sources; by default their interval
  Severity severity = Severity::warning;  ///< for a rule with one threshold or none
  Impact impact = Impact::medium;
  std::string policy = "default";
  Labels labels;
  std::string summary;  ///< template: {{value}}, {{threshold}}, {{labels.NAME}}, {{rule}}
  std::string description;
  std::string runbook;
  std::vector<std::string> inhibited_by;
  std::vector<std::string> equal;  ///< labels that a cause must share with its effect
};

}  // namespace tocsin::rule
