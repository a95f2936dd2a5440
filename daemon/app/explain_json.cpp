// Why a rule's alerts are as they are.
#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "app/json.hpp"
#include "app/notes.hpp"
#include "app/routes.hpp"
#include "loop/clock.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/expr/parser.hpp"
#include "tocsin/rule/flapping.hpp"
#include "tocsin/rule/machine.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

/// Of instances that are well; those that are not are all shown.
constexpr std::size_t kMostWell = 20;

json::string time(WallTime at) {
  return text(format_rfc3339(at));
}

/// The value as people read it; "" where its unit is not known: then its digits are what there is.
json::string in_unit(double value, std::optional<Unit> unit) {
  return text(unit && *unit != Unit::none ? format_quantity(value, *unit) : "");
}

json::object json_of_part(const expr::Part& part, const rule::Rule& rule) {
  const std::optional<Unit> unit =
      part.depth == 0 && rule.unit != Unit::none ? rule.unit : part.unit;
  json::object out;
  out["depth"] = part.depth;
  out["text"] = text(part.text);
  out["type"] = text(expr::to_string(part.type));
  out["error"] = text(part.error);
  if (!part.record.empty()) out["record"] = text(part.record);
  if (part.type == expr::ValueType::vector || part.type == expr::ValueType::matrix)
    out["count"] = part.count;
  if (part.type == expr::ValueType::matrix) out["samples"] = part.samples;
  if (!part.error.empty()) return out;
  if (const double* const number = std::get_if<double>(&part.value);
      number != nullptr && part.type == expr::ValueType::scalar) {
    out["value"] = text(format_number(*number));
    out["shown_value"] = in_unit(*number, unit);
  }
  if (const std::string* const words = std::get_if<std::string>(&part.value))
    out["value"] = text(*words);
  if (const expr::Vector* const vector = std::get_if<expr::Vector>(&part.value)) {
    json::array elements;
    for (const expr::Element& element : *vector) {
      json::object one;
      one["labels"] = json_of(element.labels);
      one["value"] = text(format_number(element.value));
      one["shown_value"] = in_unit(element.value, unit);
      elements.push_back(std::move(one));
    }
    out["elements"] = std::move(elements);
  }
  return out;
}

/// How one rule looks at one value.
class Instances {
 public:
  Instances(const engine::Engine& engine, const rule::Rule& rule, const engine::RuleStatus& status,
            Now now)
      : engine_(engine), rule_(rule), status_(status), now_(now) {}

  void add(const Alert& alert) {
    if (alert.key.rule != rule_.name) return;
    seen_.insert(alert.key.labels);
    json::object out = json_of(alert, engine_).as_object();
    out["judged"] = alert.judged ? json::value(time(alert.judged->wall)) : json::value(nullptr);
    add_distance(out, alert.state, alert.value);
    out["withheld"] = text(engine_.withheld(alert));
    out["next"] = next_of(alert);
    all_.push_back(std::move(out));
    if (alert.incident) incidents_.insert(alert.incident);
  }

  /// What has a value and no alert is well.
  void add(const expr::Element& element) {
    Labels labels = element.labels;
    labels.remove(kNameLabel);
    if (!seen_.insert(labels).second || ++well_ > kMostWell) return;
    const auto judgement = rule::judge(rule_, AlertState::inactive, element.value);
    json::object out;
    out["labels"] = json_of(labels);
    out["state"] = text(to_string(AlertState::inactive));
    // Over the threshold and yet no alert: it has not been judged, or not been believed.
    const bool breach = judgement.verdict == rule::Verdict::breach;
    out["reason"] = status_.warm_at ? "warming up" : breach ? "not judged yet" : "";
    if (status_.warm_at) {
      json::array steps;
      add_step(steps, breach ? "is judged; is in breach now" : "is judged", status_.warm_at);
      out["next"] = std::move(steps);
    }
    if (status_.last_evaluation) out["judged"] = time(status_.last_evaluation->wall);
    out["value"] = text(format_number(element.value));
    out["shown_value"] = text(format_quantity(element.value, rule_.unit));
    add_distance(out, AlertState::inactive, element.value);
    all_.push_back(std::move(out));
  }

  void put(json::object& into, Now now) {
    into["instances"] = std::move(all_);
    into["well_not_shown"] = well_ > kMostWell ? well_ - kMostWell : 0;
    json::array incidents;
    for (const IncidentId id : incidents_)
      if (const Incident* const incident = engine_.incident(id))
        incidents.push_back(json_of(*incident, engine_, now));
    into["incidents"] = std::move(incidents);
  }

 private:
  /// How far beyond the threshold that counts next: for what fires it is `clear`.
  void add_distance(json::object& out, AlertState state, std::optional<double> value) const {
    if (!rule_.threshold || !value) return;
    const rule::Threshold& threshold = *rule_.threshold;
    const bool fires = state == AlertState::firing || state == AlertState::clearing;
    const bool above = threshold.direction == rule::Direction::above;
    double next = threshold.warning.value_or(threshold.critical.value_or(threshold.clear));
    if (fires) next = threshold.clear;
    const double beyond = above ? *value - next : next - *value;
    out["beyond"] = text(format_number(beyond));
    const std::string far = format_quantity(std::abs(beyond), threshold.unit);
    const std::string what = format_quantity(next, threshold.unit);
    const bool over = (beyond > 0) == above;
    out["distance"] = text(beyond == 0 ? "at " + what
                                       : fmt::format("{} {} {}{}", far, over ? "above" : "below",
                                                     fires ? "clear, " : "", what));
  }

  static void add_step(json::array& steps, std::string_view what, std::optional<WallTime> at) {
    json::object step;
    step["what"] = text(what);
    step["at"] = at ? json::value(time(*at)) : json::value(nullptr);
    steps.push_back(std::move(step));
  }

  [[nodiscard]] WallTime on_calendar(BootTime at) const { return now_.wall + (at - now_.boot); }

  /// When what has counted for `held` so far will have counted for `whole`, if nothing changes.
  [[nodiscard]] WallTime full(const Alert& alert, Duration held, Duration whole) const {
    const Stamp from = alert.judged.value_or(alert.since);
    return on_calendar(from.boot + std::max(Duration::zero(), whole - held));
  }

  [[nodiscard]] json::array next_of(const Alert& alert) const {
    json::array steps;
    if (alert.state == AlertState::pending) {
      if (const auto* const hold = std::get_if<rule::HoldFor>(&rule_.hold)) {
        add_step(steps, "fires if it is still in breach", full(alert, alert.held, hold->span));
      } else {
        const auto& window = std::get<rule::BadOf>(rule_.hold);
        const auto bad = std::count(alert.recent.begin(), alert.recent.end(), 1);
        add_step(steps, fmt::format("fires at {} bad of {}; now {}", window.bad, window.of, bad),
                 std::nullopt);
      }
    }
    if (alert.state == AlertState::clearing)
      add_step(steps, "is over if it stays well", full(alert, alert.held, rule_.keep_firing_for));
    const bool closes = alert.missing_since && rule_.on_missing == rule::OnMissing::close_after;
    if (closes)
      add_step(steps, "is over if its series stays missing",
               on_calendar(alert.missing_since->boot + rule_.missing_for));
    if (alert.hold_until && alert.hold_until->boot > now_.boot)
      add_step(steps, "is told: held back for a cause until then",
               on_calendar(alert.hold_until->boot));
    if (alert.flapping) {
      const config::Tuning& tuning = engine_.config().tuning;
      add_step(steps, "counts as steady if it neither comes nor goes",
               on_calendar(rule::steady_at(
                   alert, {tuning.flap_transitions, tuning.flap_window, tuning.flap_steady})));
    }
    return steps;
  }

  const engine::Engine& engine_;
  const rule::Rule& rule_;
  const engine::RuleStatus& status_;
  Now now_;
  std::set<Labels> seen_;
  std::set<IncidentId> incidents_;
  std::size_t well_ = 0;
  json::array all_;
};

json::object json_of_rule(const rule::Rule& rule) {
  json::object out;
  out["rule"] = text(rule.name);
  out["expression"] = text(rule.expression.text());
  out["policy"] = text(rule.policy);
  if (rule.threshold) {
    json::object threshold;
    threshold["direction"] =
        rule.threshold->direction == rule::Direction::above ? "above" : "below";
    threshold["warning"] = or_null(rule.threshold->warning);
    threshold["critical"] = or_null(rule.threshold->critical);
    threshold["clear"] = text(format_number(rule.threshold->clear));
    json::object shown;
    if (rule.threshold->warning)
      shown["warning"] = text(format_quantity(*rule.threshold->warning, rule.unit));
    if (rule.threshold->critical)
      shown["critical"] = text(format_quantity(*rule.threshold->critical, rule.unit));
    shown["clear"] = text(format_quantity(rule.threshold->clear, rule.unit));
    threshold["shown"] = std::move(shown);
    out["threshold"] = std::move(threshold);
  }
  if (rule.normal) {
    const auto& tuning = rule.normal->tuning;
    json::object normal;
    normal["direction"] = tuning.side == rule::Side::drop ? "drop" : "rise";
    normal["by"] = text(format_quantity(tuning.by, Unit::ratio));
    normal["false_pages_a_year"] = tuning.false_pages_a_year;
    out["normal"] = std::move(normal);
  }
  if (const auto* const hold = std::get_if<rule::HoldFor>(&rule.hold)) {
    out["for"] = text(format_duration(hold->span));
  } else {
    const auto& window = std::get<rule::BadOf>(rule.hold);
    out["for"] = text(fmt::format("{} bad of {}", window.bad, window.of));
  }
  out["keep_firing_for"] = text(format_duration(rule.keep_firing_for));
  return out;
}

engine::RuleStatus status_of(const engine::Engine& engine, const std::string& rule, Now now) {
  for (engine::RuleStatus& status : engine.status(now).rules)
    if (status.name == rule) return std::move(status);
  return {};
}

void add_status(json::object& out, const engine::RuleStatus& status) {
  const auto moment = [](const auto& at) {
    return at ? json::value(time(at->wall)) : json::value(nullptr);
  };
  out["last_evaluation"] = moment(status.last_evaluation);
  out["error"] = text(status.last_error);
  if (status.baseline) {
    json::object baseline;
    baseline["says"] = text(status.baseline->says);
    baseline["judges"] = status.baseline->judges;
    baseline["expected"] = status.baseline->expected;
    baseline["lower"] = status.baseline->lower;
    baseline["upper"] = status.baseline->upper;
    out["baseline"] = std::move(baseline);
  }
  out["reason"] = text(to_string(status.reason));
  out["nothing_since"] = moment(status.nothing_since);
  out["warm_at"] = status.warm_at ? json::value(time(*status.warm_at)) : json::value(nullptr);
}

json::array json_of_past(const std::vector<engine::PastTransition>& past) {
  json::array out;
  for (auto it = past.rbegin(); it != past.rend(); ++it) {
    json::object one;
    one["at"] = time(it->at.wall);
    one["labels"] = json_of(it->labels);
    one["from"] = text(to_string(it->from));
    one["to"] = text(to_string(it->to));
    one["reason"] = text(to_string(it->reason));
    out.push_back(std::move(one));
  }
  return out;
}

http::Response unknown_rule(const engine::Engine& engine, const std::string& name) {
  std::vector<std::string> names;
  for (const rule::Rule& rule : engine.config().rules) names.push_back(rule.name);
  return http::text_response(404, nothing_called("rule", name, names));
}

}  // namespace

http::Response answer_explain(const Surface& surface, const std::string& name) {
  engine::Engine& engine = surface.driver.evaluator();
  const rule::Rule* const rule = engine.config().rule(name);
  if (rule == nullptr) return unknown_rule(engine, name);
  const Now now = loop::now();
  json::object out = json_of_rule(*rule);
  const engine::RuleStatus status = status_of(engine, name, now);
  add_status(out, status);
  json::array parts;
  for (const expr::Part& part : engine.dissect(name, now))
    parts.push_back(json_of_part(part, *rule));
  out["parts"] = std::move(parts);
  out["notes"] = json_of_notes(notes_on(rule->expression, engine));
  Instances instances(engine, *rule, status, now);
  for (const Alert* alert : engine.alerts()) instances.add(*alert);
  // All of one moment: that of the evaluation which made the alerts what they are.
  const BootTime at = status.last_evaluation ? status.last_evaluation->boot : now.boot;
  if (const auto result = engine.query(rule->expression, at, now)) {
    if (const auto* const vector = std::get_if<expr::Vector>(&result->value)) {
      for (const expr::Element& element : *vector) instances.add(element);
    } else if (const auto* const number = std::get_if<double>(&result->value)) {
      instances.add(expr::Element{{}, *number});
    }
  }
  instances.put(out, now);
  out["transitions"] = json_of_past(engine.transitions(name));
  return http::json_response(200, json::serialize(out) + '\n');
}

}  // namespace tocsin::app
