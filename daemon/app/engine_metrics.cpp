#include <map>

#include "app/own_metrics.hpp"

namespace tocsin::app {

namespace {

void target_metrics(const engine::Status& status, Families& out) {
  auto up = gauge(out, "tocsin_target_up", "1 where the target answered at its last tick.");
  for (const engine::TargetStatus& target : status.targets)
    if (target.last_outcome) up.add({{"target", target.name}}, target.answered ? 1 : 0);
  auto took = gauge(out, "tocsin_target_scrape_duration_seconds",
                    "How long the target's last scrape took.");
  for (const engine::TargetStatus& target : status.targets)
    if (target.last_outcome) took.add({{"target", target.name}}, in_seconds(target.took));
  auto samples = gauge(out, "tocsin_target_samples", "Samples of the target's last answer.");
  for (const engine::TargetStatus& target : status.targets)
    if (target.last_outcome) samples.add({{"target", target.name}}, as_double(target.samples));
  auto every = gauge(out, "tocsin_target_interval_seconds", "How often the target is scraped.");
  for (const engine::TargetStatus& target : status.targets)
    every.add({{"target", target.name}}, in_seconds(target.every));
}

void sample_metrics(const engine::Engine& engine, Families& out) {
  const engine::Counters& counts = engine.counters();
  counter(out, "tocsin_scrapes_total", "Scrapes of all targets.")
      .add({}, as_double(counts.scrapes));
  counter(out, "tocsin_scrape_failures_total", "Scrapes that gave no samples.")
      .add({}, as_double(counts.scrapes_failed));
  counter(out, "tocsin_samples_total", "Samples that were taken in.")
      .add({}, as_double(counts.samples));
  counter(out, "tocsin_samples_refused_total", "Samples that were refused over a limit.")
      .add({}, as_double(counts.samples_refused));
  counter(out, "tocsin_samples_out_of_order_total",
          "Samples that were not newer than what their series had.")
      .add({}, as_double(counts.samples_out_of_order));
  gauge(out, "tocsin_series", "Series in memory.")
      .add({}, as_double(engine.store().series_count()));
  gauge(out, "tocsin_series_limit", "Series that memory is allowed to hold.")
      .add({}, as_double(engine.config().limits.store.series));
  gauge(out, "tocsin_series_memory_bytes", "Memory that the series take.")
      .add({}, as_double(engine.store().memory_bytes()));
}

void baseline_metrics(const engine::Status& status, Families& out) {
  auto expected =
      gauge(out, "tocsin_baseline_expected", "What is normal now, of a rule with a baseline.");
  auto lower = gauge(out, "tocsin_baseline_lower", "Down to here chance alone may bring it.");
  auto upper = gauge(out, "tocsin_baseline_upper", "Up to here chance alone may bring it.");
  for (const engine::RuleStatus& rule : status.rules) {
    if (!rule.baseline || !rule.baseline->judges) continue;
    expected.add({{"rule", rule.name}}, rule.baseline->expected);
    lower.add({{"rule", rule.name}}, rule.baseline->lower);
    upper.add({{"rule", rule.name}}, rule.baseline->upper);
  }
}

void alert_metrics(const engine::Engine& engine, Families& out) {
  const engine::Counters& counts = engine.counters();
  counter(out, "tocsin_evaluations_total", "Evaluations of rules and records.")
      .add({}, as_double(counts.evaluations));
  counter(out, "tocsin_evaluation_failures_total", "Evaluations of rules and records that failed.")
      .add({}, as_double(counts.evaluation_errors));
  std::map<AlertState, double> by_state = {
      {AlertState::pending, 0}, {AlertState::firing, 0}, {AlertState::clearing, 0}};
  for (const Alert* alert : engine.alerts()) ++by_state[alert->state];
  auto alerts = gauge(out, "tocsin_alerts", "Alerts that are not inactive, by state.");
  for (const auto& [state, number] : by_state)
    if (state != AlertState::inactive) alerts.add({{"state", to_string(state)}}, number);
  gauge(out, "tocsin_alerts_limit", "Alerts that may be not inactive at once.")
      .add({}, as_double(engine.config().limits.alerts));
  counter(out, "tocsin_alert_transitions_total", "Changes of alerts from one state to another.")
      .add({}, as_double(counts.transitions));
}

}  // namespace

void engine_metrics(const engine::Engine& engine, const engine::Status& status, Families& out) {
  target_metrics(status, out);
  sample_metrics(engine, out);
  alert_metrics(engine, out);
  baseline_metrics(status, out);
  gauge(out, "tocsin_incidents_open", "Incidents that are open.")
      .add({}, as_double(status.open_incidents));
  gauge(out, "tocsin_incidents_unacknowledged", "Open incidents that nobody has acknowledged.")
      .add({}, as_double(status.unacknowledged));
  gauge(out, "tocsin_incidents_limit", "Incidents that may be open at once.")
      .add({}, as_double(engine.config().limits.open_incidents));
  counter(out, "tocsin_incidents_opened_total", "Incidents that were opened.")
      .add({}, as_double(engine.counters().incidents_opened));
  gauge(out, "tocsin_silences", "Silences in force.").add({}, as_double(status.silences));
  gauge(out, "tocsin_maintenance_in_force", "Maintenance windows in force.")
      .add({}, as_double(status.maintenance));
  counter(out, "tocsin_refused_at_limit_total",
          "Alerts, incidents, deliveries and silences that were refused over a limit.")
      .add({}, as_double(engine.counters().refused_at_limit));
}

}  // namespace tocsin::app
