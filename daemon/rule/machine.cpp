#include "tocsin/rule/machine.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::rule {
namespace {

bool beyond(Direction direction, double value, double threshold) {
  return direction == Direction::above ? value > threshold : value < threshold;
}

bool active(AlertState state) {
  return state == AlertState::firing || state == AlertState::clearing;
}

void enter(Alert& alert, AlertState state, AlertReason reason, Stamp at) {
  alert.state = state;
  alert.reason = reason;
  alert.since = at;
  alert.held = Duration::zero();
}

/// What on_missing makes of a series that its targets no longer give.
Judgement resolve_missing(const Alert& alert, const Rule& rule, Judgement judgement) {
  switch (rule.on_missing) {
    case OnMissing::fire:
      judgement.verdict = Verdict::breach;
      judgement.severity = std::max(alert.severity, rule.severity);
      judgement.why = AlertReason::missing_means_breach;
      return judgement;
    case OnMissing::clear:
      judgement.verdict = Verdict::well;
      judgement.why = AlertReason::missing_means_well;
      return judgement;
    case OnMissing::keep:
    case OnMissing::close_after:
      judgement.verdict = Verdict::unknown;
      judgement.why = AlertReason::missing;
      return judgement;
  }
  return judgement;
}

class Advance {
 public:
  Advance(Alert& alert, const Rule& rule, const Judgement& judgement, Duration interval, Stamp tick)
      : alert_(alert), rule_(rule), judgement_(judgement), interval_(interval), tick_(tick) {}

  std::optional<Transition> run() {
    from_ = alert_.state;
    note_values();
    switch (judgement_.verdict) {
      case Verdict::breach:
        breach();
        break;
      case Verdict::well:
        well();
        break;
      case Verdict::between:
        between();
        break;
      case Verdict::unknown:
      case Verdict::missing:
        unknown();
        break;
    }
    if (judgement_.verdict != Verdict::unknown) alert_.judged = tick_;
    if (alert_.state == from_) return std::nullopt;
    return Transition{from_, alert_.state, alert_.reason};
  }

 private:
  void note_values() {
    alert_.no_data =
        judgement_.verdict == Verdict::unknown && judgement_.why == AlertReason::no_data;
    if (!judgement_.value) return;
    alert_.value = judgement_.value;
    if (!rule_.threshold || judgement_.verdict != Verdict::breach) return;
    const auto worse = rule_.threshold->direction;
    if (!alert_.worst_value || beyond(worse, *judgement_.value, *alert_.worst_value)) {
      alert_.worst_value = judgement_.value;
    }
  }

  [[nodiscard]] Duration since_judged() const {
    return alert_.judged ? tick_.boot - alert_.judged->boot : Duration::zero();
  }
  [[nodiscard]] bool gap() const { return alert_.judged && since_judged() > 2 * interval_; }
  /// Unknown evaluations in between do not advance: at most one interval counts.
  void advance_held() { alert_.held += std::min(since_judged(), interval_); }

  void remember(bool bad) {
    const auto* window = std::get_if<BadOf>(&rule_.hold);
    if (window == nullptr) return;
    if (gap() && !active(alert_.state)) alert_.recent.clear();
    alert_.recent.push_back(bad ? 1 : 0);
    while (alert_.recent.size() > window->of) alert_.recent.erase(alert_.recent.begin());
  }
  [[nodiscard]] std::uint32_t bad_count() const {
    return static_cast<std::uint32_t>(std::count(alert_.recent.begin(), alert_.recent.end(), 1));
  }
  [[nodiscard]] bool held_long_enough() const {
    if (const auto* window = std::get_if<BadOf>(&rule_.hold)) return bad_count() >= window->bad;
    return alert_.held >= std::get<HoldFor>(rule_.hold).span;
  }

  void breach() {
    remember(true);
    switch (alert_.state) {
      case AlertState::inactive:
        begin_breach(AlertReason::breach_began);
        if (held_long_enough()) enter(alert_, AlertState::firing, fired_reason(), tick_);
        break;
      case AlertState::pending:
        if (gap()) {
          begin_breach(AlertReason::gap_too_long);
        } else {
          advance_held();
        }
        set_severity();
        if (held_long_enough()) enter(alert_, AlertState::firing, fired_reason(), tick_);
        break;
      case AlertState::firing:
        alert_.reason = judgement_.why == AlertReason::none ? alert_.reason : judgement_.why;
        set_severity();
        break;
      case AlertState::clearing:
        enter(alert_, AlertState::firing, AlertReason::breached_again, tick_);
        set_severity();
        break;
    }
  }

  [[nodiscard]] AlertReason fired_reason() const {
    if (judgement_.why == AlertReason::missing_means_breach) return judgement_.why;
    const auto* span = std::get_if<HoldFor>(&rule_.hold);
    const bool at_once =
        span != nullptr ? span->span == Duration::zero() : std::get<BadOf>(rule_.hold).bad <= 1;
    return at_once ? AlertReason::breached : AlertReason::held_long_enough;
  }

  void begin_breach(AlertReason reason) {
    enter(alert_, AlertState::pending, reason, tick_);
    alert_.breach_since = tick_;
    alert_.worst_value = judgement_.value;
    alert_.severity = judgement_.severity;
  }

  void set_severity() { alert_.severity = judgement_.severity; }

  void well() {
    remember(false);
    const auto reason =
        judgement_.why == AlertReason::missing_means_well ? judgement_.why : AlertReason::none;
    switch (alert_.state) {
      case AlertState::inactive:
        break;
      case AlertState::pending:
        if (bad_count() == 0) end(AlertReason::breach_ended);
        break;
      case AlertState::firing:
        if (std::holds_alternative<BadOf>(rule_.hold) && held_long_enough()) break;  // still bad of
        if (rule_.keep_firing_for == Duration::zero()) {
          end(reason == AlertReason::none ? AlertReason::well_again : reason);
        } else {
          enter(alert_, AlertState::clearing, AlertReason::well_began, tick_);
        }
        break;
      case AlertState::clearing:
        // A gap is no health: as with `for`, it starts anew.
        if (gap()) {
          enter(alert_, AlertState::clearing, AlertReason::gap_too_long, tick_);
        } else {
          advance_held();
        }
        if (alert_.held >= rule_.keep_firing_for) end(AlertReason::stayed_well);
        break;
    }
  }

  void between() {
    remember(false);
    if (alert_.state == AlertState::pending && bad_count() == 0) end(AlertReason::breach_ended);
    if (active(alert_.state)) alert_.reason = AlertReason::between_thresholds;
  }

  void unknown() {
    if (alert_.state == AlertState::pending && gap()) end(AlertReason::gap_too_long);
    if (active(alert_.state)) alert_.reason = judgement_.why;
  }

  void end(AlertReason reason) {
    enter(alert_, AlertState::inactive, reason, tick_);
    alert_.recent.clear();
    alert_.no_data = false;
    alert_.held_back_once = false;
    alert_.hold_until.reset();
  }

  Alert& alert_;
  const Rule& rule_;
  const Judgement& judgement_;
  Duration interval_;
  Stamp tick_;
  AlertState from_ = AlertState::inactive;
};

}  // namespace

Judgement judge(const Rule& rule, AlertState state, double value) {
  if (!rule.threshold) return {Verdict::breach, rule.severity, value, AlertReason::none};
  if (std::isnan(value))
    return {Verdict::missing, rule.severity, std::nullopt, AlertReason::missing};
  const auto& threshold = *rule.threshold;
  const bool both = threshold.warning && threshold.critical;
  if (threshold.critical && beyond(threshold.direction, value, *threshold.critical)) {
    return {Verdict::breach, both ? Severity::critical : rule.severity, value, AlertReason::none};
  }
  if (threshold.warning && beyond(threshold.direction, value, *threshold.warning)) {
    return {Verdict::breach, both ? Severity::warning : rule.severity, value, AlertReason::none};
  }
  const bool beyond_clear = beyond(threshold.direction, value, threshold.clear);
  return {active(state) && beyond_clear ? Verdict::between : Verdict::well, rule.severity, value,
          AlertReason::none};
}

std::optional<Transition> advance(Alert& alert, const Rule& rule, const Judgement& judgement,
                                  Duration interval, Stamp tick) {
  if (judgement.verdict != Verdict::missing) {
    if (judgement.verdict != Verdict::unknown) alert.missing_since.reset();
    return Advance(alert, rule, judgement, interval, tick).run();
  }
  if (!alert.missing_since) alert.missing_since = tick;
  if (rule.on_missing == OnMissing::close_after && active(alert.state) &&
      tick.boot - alert.missing_since->boot >= rule.missing_for) {
    return force(alert, AlertState::inactive, AlertReason::missing_too_long, tick);
  }
  return Advance(alert, rule, resolve_missing(alert, rule, judgement), interval, tick).run();
}

Transition force(Alert& alert, AlertState to, AlertReason reason, Stamp at) {
  const auto from = alert.state;
  enter(alert, to, reason, at);
  if (to == AlertState::inactive) {
    alert.recent.clear();
    alert.no_data = false;
    alert.held_back_once = false;
    alert.hold_until.reset();
    alert.missing_since.reset();
  }
  return {from, to, reason};
}

}  // namespace tocsin::rule
