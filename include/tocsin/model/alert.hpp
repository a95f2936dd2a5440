// An alert: one instance of a rule, named by the rule and the labels of one series of its result.
// This is what storage keeps of it: everything that a restart must not forget.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin {

enum class AlertState { inactive, pending, firing, clearing };
[[nodiscard]] std::string_view to_string(AlertState state);

/// Why an alert changed its state, or stayed. The log, the timeline, `explain` and the page show
/// it.
enum class AlertReason {
  none,
  breached,              ///< the threshold was crossed and the rule asks for no more
  breach_began,          ///< crossed; the rule's `for` runs
  held_long_enough,      ///< `for` is over, or enough of the last evaluations were bad
  breach_ended,          ///< well again before `for` was over
  gap_too_long,          ///< not judged for longer than twice `every`: `for` starts anew
  well_again,            ///< beyond `clear`
  well_began,            ///< beyond `clear`; `keep_firing_for` runs
  stayed_well,           ///< `keep_firing_for` is over
  breached_again,        ///< while clearing
  between_thresholds,    ///< neither breach nor well: the state is kept
  no_data,               ///< a target that feeds it is unknown: health is not believed
  missing,               ///< its targets answer without the series
  missing_too_long,      ///< closed as "gone, without evidence"
  missing_means_breach,  ///< on_missing = "fire"
  missing_means_well,    ///< on_missing = "clear"
  warming_up,            ///< the rule's range lacks samples since the start
  severity_rose,
  severity_fell,
  expression_changed,  ///< a reload's new expression does not produce it
  rule_removed,
  drilled,     ///< a person asked for it: nothing was measured
  drill_over,  ///< its time is up, or a person ended it
};
[[nodiscard]] std::string_view to_string(AlertReason reason);

struct AlertKey {
  std::string rule;
  Labels labels;
  friend auto operator<=>(const AlertKey&, const AlertKey&) = default;
};

struct Alert {
  AlertKey key;
  AlertState state = AlertState::inactive;
  AlertReason reason = AlertReason::none;
  Stamp since;         ///< when it entered this state
  Stamp breach_since;  ///< when this breach began; meaningful unless inactive
  Duration held{};     ///< how long the breach (pending) or health (clearing) has counted so far
  std::vector<std::uint8_t>
      recent;                   ///< for `bad of`: the last known evaluations, newest last, 1 = bad
  std::optional<Stamp> judged;  ///< the tick of its last known judgement
  std::optional<Stamp> missing_since;
  bool no_data = false;
  Severity severity = Severity::warning;
  std::optional<double> value;  ///< at its last evaluation that had one
  std::optional<double> worst_value;
  std::vector<Stamp> transitions;  ///< into and out of firing, newest last, for flapping
  bool flapping = false;
  bool told = false;    ///< a notice of its incident has named it
  IncidentId incident;  ///< the open incident that it is a member of, or none
  /// Names of the targets that feed it; "!NAME" where what feeds it is tocsin's own knowledge of
  /// the target.
  std::vector<std::string> fed_by;
  bool held_back_once = false;      ///< a cause that was pending has held it back already
  std::optional<Stamp> hold_until;  ///< held back by such a cause until then
  std::optional<Stamp>
      drill_ends;  ///< invented, by a drill: fires until then, whatever is measured
};

}  // namespace tocsin
