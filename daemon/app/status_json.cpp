#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/json.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

json::value time_or_null(const std::optional<Stamp>& stamp) {
  if (!stamp) return nullptr;
  return text(format_rfc3339(stamp->wall));
}

json::object target(const engine::TargetStatus& status) {
  json::object out;
  out["name"] = text(status.name);
  out["answered"] = status.answered;
  out["outcome"] =
      status.last_outcome ? json::value(text(to_string(*status.last_outcome))) : nullptr;
  out["answer"] = text(answer_of(status));
  out["detail"] = text(status.last_detail);
  out["last_tick"] = time_or_null(status.last_tick);
  out["took_seconds"] = in_seconds(status.took);
  out["samples"] = status.samples;
  out["every_seconds"] = in_seconds(status.every);
  return out;
}

json::object rule(const engine::RuleStatus& status, const engine::Engine& engine) {
  json::object out;
  out["name"] = text(status.name);
  out["state"] = text(to_string(status.worst));
  out["pending"] = status.pending;
  out["firing"] = status.firing;
  out["reason"] = text(to_string(status.reason));
  out["nothing_since"] = time_or_null(status.nothing_since);
  out["warm_at"] =
      status.warm_at ? json::value(text(format_rfc3339(*status.warm_at))) : json::value(nullptr);
  if (status.baseline) out["baseline"] = text(status.baseline->says);
  out["last_evaluation"] = time_or_null(status.last_evaluation);
  out["error"] = text(status.last_error);
  out["value"] = status.value ? json::value(text(format_number(*status.value))) : nullptr;
  const rule::Rule* const defined = engine.config().rule(status.name);
  const Unit unit = defined != nullptr ? defined->unit : Unit::none;
  out["shown_value"] = status.value ? text(format_quantity(*status.value, unit)) : json::string();
  out["threshold"] = text(status.threshold);
  return out;
}

json::object record(const engine::RecordStatus& status) {
  json::object out;
  out["name"] = text(status.name);
  out["series"] = status.series;
  out["refused"] = status.refused;
  out["last_evaluation"] = time_or_null(status.last_evaluation);
  out["error"] = text(status.last_error);
  return out;
}

json::object receiver(const engine::ReceiverStatus& status, const std::string& trouble) {
  json::object out;
  out["name"] = text(status.name);
  out["waiting"] = status.waiting;
  out["consecutive_failures"] = status.consecutive_failures;
  out["refuses"] = status.refuses;
  out["usable"] = trouble.empty();
  out["error"] = text(trouble.empty() ? status.last_error : trouble);
  out["last_yes"] = time_or_null(status.last_yes);
  return out;
}

json::object totals(const View& view, const engine::Status& status) {
  std::size_t pending = 0;
  std::size_t firing = 0;
  for (const Alert* alert : view.engine.alerts())
    ++(alert->state == AlertState::pending ? pending : firing);
  json::object out;
  out["incidents_open"] = status.open_incidents;
  out["incidents_unacknowledged"] = status.unacknowledged;
  out["alerts_pending"] = pending;
  out["alerts_firing"] = firing;
  out["silences"] = status.silences;
  out["maintenance"] = status.maintenance;
  out["outbox"] = status.outbox;
  out["series"] = view.engine.store().series_count();
  return out;
}

json::object storage(const engine::Status& status) {
  json::object out;
  out["degraded"] = status.storage_degraded;
  out["error"] = text(status.storage_error);
  out["steps_uncommitted"] = status.steps_uncommitted;
  return out;
}

json::object config(const ConfigState& state) {
  json::object out;
  out["folder"] = text(state.folder);
  out["loaded"] = text(format_rfc3339(state.loaded_at));
  out["last_reload_ok"] = state.last_ok;
  out["last_error"] = text(state.last_error);
  out["older_than_files"] = state.older_than_files;
  return out;
}

}  // namespace

std::string answer_of(const engine::TargetStatus& target) {
  if (!target.last_outcome) return "waits for its first tick";
  if (target.answered && !target.last_detail.empty()) return "found trouble";
  return std::string(to_string(*target.last_outcome));
}

json::value status_json(const View& view, Now now) {
  const engine::Status status = view.engine.status(now);
  json::object out;
  out["version"] = text(kVersion);
  out["host"] = text(view.engine.config().host);
  out["now"] = text(format_rfc3339(now.wall));
  out["started"] = text(format_rfc3339(view.started.wall));
  out["uptime_seconds"] = in_seconds(now.boot - view.started.boot);
  out["totals"] = totals(view, status);
  out["storage"] = storage(status);
  out["config"] = config(view.config);
  json::array targets;
  for (const auto& one : status.targets) targets.push_back(target(one));
  json::array records;
  for (const auto& one : status.records) records.push_back(record(one));
  json::array rules;
  for (const auto& one : status.rules) rules.push_back(rule(one, view.engine));
  json::array receivers;
  for (const auto& one : status.receivers)
    receivers.push_back(receiver(one, view.receivers.trouble(one.name)));
  out["targets"] = std::move(targets);
  out["records"] = std::move(records);
  out["rules"] = std::move(rules);
  out["receivers"] = std::move(receivers);
  out["maintenance"] = maintenance_json(view.engine, now);
  return out;
}

}  // namespace tocsin::app
