// The rule's state machine: inactive → pending → firing → clearing → inactive, one alert at a time.
//
//             breach            held long enough            well              stayed well
//   inactive ────────▶ pending ─────────────────▶ firing ────────▶ clearing ─────────────▶ inactive
//        ▲                │ well, gap too long       ▲  ◀──breach──┘
//        └────────────────┘                          └── unknown and between: kept
//
// Missing data is a third value throughout: a breach is believed, health is not.
#pragma once

#include <optional>

#include "tocsin/base/time.hpp"
#include "tocsin/model/alert.hpp"
#include "tocsin/rule/rule.hpp"

namespace tocsin::rule {

enum class Verdict {
  breach,
  well,
  between,  ///< neither over the threshold nor beyond `clear`
  unknown,  ///< nothing is known: neither advances nor counts
  missing,  ///< the targets answer without the series (or with NaN)
};

struct Judgement {
  Verdict verdict = Verdict::unknown;
  Severity severity = Severity::warning;  ///< of a breach
  std::optional<double> value;
  AlertReason why = AlertReason::none;  ///< for unknown: no_data or warming_up
};

struct Transition {
  AlertState from = AlertState::inactive;
  AlertState to = AlertState::inactive;
  AlertReason reason = AlertReason::none;
};

/// What a value means under the rule's threshold, for an alert in this state. NaN is missing.
[[nodiscard]] Judgement judge(const Rule& rule, AlertState state, double value);

/// One evaluation of one alert. `tick` is the evaluation's nominal time, `interval` the usual
/// distance to the next. Changes the alert; the transition where its state changed.
std::optional<Transition> advance(Alert& alert, const Rule& rule, const Judgement& judgement,
                                  Duration interval, Stamp tick);

/// Puts the alert into a state from outside (expression changed, rule removed).
Transition force(Alert& alert, AlertState to, AlertReason reason, Stamp at);

}  // namespace tocsin::rule
