#include "app/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::app {

namespace json = boost::json;

namespace {

json::string time(const Stamp& stamp) {
  return text(format_rfc3339(stamp.wall));
}

json::object acknowledgement(const Acknowledgement& given) {
  json::object out;
  out["by"] = text(given.by);
  out["note"] = text(given.note);
  out["at"] = time(given.at);
  out["until"] = text(format_rfc3339(given.at.wall + given.lasts));
  out["severity"] = text(to_string(given.severity));
  return out;
}

json::array rings(const Incident& incident) {
  json::array out;
  for (const Ring& ring : incident.rings) {
    json::object one;
    one["receiver"] = text(ring.receiver);
    one["level"] = ring.level;
    one["ring"] = ring.number;
    one["at"] = time(ring.at);
    one["closed"] = ring.closed;
    out.push_back(std::move(one));
  }
  return out;
}

json::value next_step(const Incident& incident, const engine::Engine& engine, Now now) {
  const auto next = incident.open() ? engine.next_step(incident, now) : std::nullopt;
  if (!next) return nullptr;
  json::object out;
  out["level"] = next->level;
  out["at"] = text(format_rfc3339(next->at));
  json::array to;
  for (const std::string& receiver : next->receivers) to.push_back(text(receiver));
  out["to"] = std::move(to);
  return out;
}

void history(const Incident& incident, json::object& out) {
  out["opened"] = time(incident.opened);
  out["closed"] = incident.closed ? json::value(time(*incident.closed)) : json::value(nullptr);
  out["close_reason"] = text(incident.close_reason);
  out["reopened"] = incident.reopened;
  out["worst_severity"] = text(to_string(incident.worst_severity));
  out["worst_impact"] = text(to_string(incident.worst_impact));
}

}  // namespace

json::string text(std::string_view from) {
  return json::string(valid_utf8(from));
}

json::value or_null(const std::optional<double>& value) {
  if (!value) return nullptr;
  return text(format_number(*value));
}

json::value json_of(const Labels& labels) {
  json::object out;
  for (const LabelView& label : labels) out[label.name] = text(label.value);
  return out;
}

std::string shown_value(const engine::Engine& engine, const Alert& alert) {
  if (!alert.value) return "";
  const rule::Rule* const rule = engine.config().rule(alert.key.rule);
  return format_quantity(*alert.value, rule != nullptr ? rule->unit : Unit::none);
}

json::value json_of(const Alert& alert, const engine::Engine& engine) {
  json::object out;
  out["rule"] = text(alert.key.rule);
  out["labels"] = json_of(alert.key.labels);
  out["state"] = text(to_string(alert.state));
  out["reason"] = text(to_string(alert.reason));
  out["since"] = time(alert.since);
  out["breach_since"] = time(alert.breach_since);
  out["severity"] = text(to_string(alert.severity));
  out["value"] = or_null(alert.value);
  out["shown_value"] = text(shown_value(engine, alert));
  out["no_data"] = alert.no_data;
  out["flapping"] = alert.flapping;
  out["withheld"] = text(engine.withheld(alert));
  out["incident"] = alert.incident ? json::value(alert.incident.value) : json::value(nullptr);
  return out;
}

json::value json_of(const Incident& incident, const engine::Engine& engine, Now now) {
  json::object out;
  out["id"] = incident.id.value;
  out["group"] = text(incident.group_key);
  out["policy"] = text(incident.policy);
  out["storm"] = incident.storm;
  out["drill"] = incident.drill;
  out["state"] = !incident.open() ? "closed" : incident.acknowledged ? "acknowledged" : "open";
  out["severity"] = text(to_string(incident.severity));
  out["impact"] = text(to_string(incident.effective_impact()));
  out["assessed_by"] = text(incident.assessed_by);
  out["level"] = incident.level;
  out["told_nobody"] = engine.told_nobody(incident.id);
  out["recorded"] = incident.recorded;
  history(incident, out);
  out["acknowledged"] = incident.acknowledged ? json::value(acknowledgement(*incident.acknowledged))
                                              : json::value(nullptr);
  out["rings"] = rings(incident);
  out["next"] = next_step(incident, engine, now);
  json::array alerts;
  std::size_t withheld = 0;
  std::string why;
  for (const Alert* alert : engine.alerts()) {
    if (alert->incident != incident.id) continue;
    alerts.push_back(json_of(*alert, engine));
    const std::string reason = engine.withheld(*alert);
    if (!reason.empty()) ++withheld;
    if (why.empty()) why = reason;
  }
  out["withheld"] = text(withheld > 0 && withheld == alerts.size() ? why : "");
  out["alerts"] = std::move(alerts);
  return out;
}

json::value json_of(const TimelineEntry& entry) {
  json::object out;
  out["number"] = entry.number;
  out["at"] = time(entry.at);
  out["kind"] = text(to_string(entry.kind));
  out["text"] = text(entry.text);
  json::array told;
  for (const std::string& receiver : entry.told) told.push_back(text(receiver));
  out["told"] = std::move(told);
  json::array woke;
  for (const std::string& receiver : entry.woke) woke.push_back(text(receiver));
  out["woke"] = std::move(woke);
  return out;
}

json::value json_of(const Silence& silence, Now now) {
  json::object out;
  out["id"] = silence.id.value;
  out["name"] = text(reference_to(silence));
  out["matchers"] = text(silence.matchers);
  out["by"] = text(silence.author);
  out["reason"] = text(silence.reason);
  out["created"] = time(silence.created);
  out["until"] = text(format_rfc3339(silence.created.wall + silence.lasts));
  const Duration left = silence.lasts - (now.boot - silence.created.boot);
  out["left_seconds"] = silence.ended_early ? 0.0 : std::max(0.0, in_seconds(left));
  return out;
}

json::value incidents_json(const engine::Engine& engine, Now now) {
  json::array out;
  for (const Incident* incident : engine.incidents())
    out.push_back(json_of(*incident, engine, now));
  return out;
}

json::value alerts_json(const engine::Engine& engine) {
  json::array out;
  for (const Alert* alert : engine.alerts()) out.push_back(json_of(*alert, engine));
  return out;
}

json::value changes_json(const engine::Engine& engine) {
  json::array out;
  for (const Change& change : engine.changes()) {
    out.push_back(json::object{{"at", format_rfc3339(change.at)},
                               {"by", text(change.by)},
                               {"text", text(change.text)},
                               {"link", text(change.link)},
                               {"concerns", text(change.concerns)}});
  }
  return out;
}

json::value silences_json(const engine::Engine& engine, Now now) {
  json::array out;
  for (const Silence* silence : engine.silences(now)) out.push_back(json_of(*silence, now));
  return out;
}

}  // namespace tocsin::app
