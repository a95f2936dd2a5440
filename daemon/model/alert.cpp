#include "tocsin/model/alert.hpp"

namespace tocsin {

std::string_view to_string(AlertState state) {
  switch (state) {
    case AlertState::inactive:
      return "inactive";
    case AlertState::pending:
      return "pending";
    case AlertState::firing:
      return "firing";
    case AlertState::clearing:
      return "clearing";
  }
  return "unknown";
}

std::string_view to_string(AlertReason reason) {
  switch (reason) {
    case AlertReason::none:
      return "none";
    case AlertReason::breached:
      return "breached";
    case AlertReason::breach_began:
      return "breach began";
    case AlertReason::held_long_enough:
      return "held long enough";
    case AlertReason::breach_ended:
      return "breach ended";
    case AlertReason::gap_too_long:
      return "gap too long";
    case AlertReason::well_again:
      return "well again";
    case AlertReason::well_began:
      return "well began";
    case AlertReason::stayed_well:
      return "stayed well";
    case AlertReason::breached_again:
      return "breached again";
    case AlertReason::between_thresholds:
      return "between thresholds";
    case AlertReason::no_data:
      return "no data";
    case AlertReason::missing:
      return "missing";
    case AlertReason::missing_too_long:
      return "missing too long";
    case AlertReason::missing_means_breach:
      return "missing means breach";
    case AlertReason::missing_means_well:
      return "missing means well";
    case AlertReason::warming_up:
      return "warming up";
    case AlertReason::severity_rose:
      return "severity rose";
    case AlertReason::severity_fell:
      return "severity fell";
    case AlertReason::expression_changed:
      return "expression changed";
    case AlertReason::rule_removed:
      return "rule removed";
    case AlertReason::drilled:
      return "a drill";
    case AlertReason::drill_over:
      return "the drill is over";
  }
  return "unknown";
}

}  // namespace tocsin
