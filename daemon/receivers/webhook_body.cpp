// The webhook's body, version 1. Fields are only ever added to it.
//
//   type       "incident.opened" | "incident.escalated" (a later level is told for the first time)
//              | "incident.repeated" | "incident.told_again" | "incident.updated"
//              | "incident.severity_rose" | "incident.flapping" | "incident.acknowledged"
//              | "incident.closed" | "incident.summary" | "test" | "change"
//   timestamp  RFC 3339: when the notice was made, the same for every try
//   data       version (1), action (open, update, acknowledge, close), dedup_key, incident, host,
//              host_labels, title, level, severity, impact, policy, opened, lasted_seconds,
//              alerts (rule, labels, summary, value, threshold, severity, since, firing, no_data,
//              targets_say, recent, which is empty where there is no room; of a rule with a
//              baseline also band: expected, lower, upper, one for each of recent), alerts_total,
//              lines, description, runbook, verdict, conference, next (level, at, receivers; or
//              null), acknowledged_by, acknowledged_until (or null), acknowledge_url (a signed
//              link, or ""), last_change, also_open, link, reason, recorded, drill
//
// A body stays below 20,000 bytes: lists are cut (alerts_total tells the number), texts shortened.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>

#include "receivers/webhook.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

constexpr std::size_t kBodyMost = 20'000;
constexpr std::size_t kBodyTextMost = 2000;

std::string text(std::string_view raw, std::size_t most) {
  return shortened(valid_utf8(shortened(raw, most)), most);
}

json::object labels(const Labels& from, std::size_t most) {
  json::object out;
  for (const LabelView& label : from) out[text(label.name, most)] = text(label.value, most);
  return out;
}

struct Room {
  std::size_t items;  ///< alerts, lines
  std::size_t bytes;  ///< of each text
  bool charts;        ///< the alerts' recent values
};

json::array numbers(const std::vector<double>& values, Room room) {
  json::array out;
  for (const double value : values) {
    if (!room.charts) break;
    out.push_back(std::isfinite(value) ? json::value(value) : json::value(nullptr));
  }
  return out;
}

json::object alert_object(const NoticeAlert& alert, Room room) {
  const std::size_t most = room.bytes;
  json::object out{{"rule", text(alert.rule, most)},
                   {"labels", labels(alert.labels, most)},
                   {"summary", text(alert.summary, most)},
                   {"value", text(alert.value, most)},
                   {"threshold", text(alert.threshold, most)},
                   {"severity", to_string(alert.severity)},
                   {"since", format_rfc3339(alert.since)},
                   {"firing", alert.firing},
                   {"no_data", alert.no_data},
                   {"targets_say", text(alert.targets_say, most)},
                   {"recent", numbers(alert.recent, room)}};
  if (!alert.band.expected.empty()) {
    out["band"] = json::object{{"expected", numbers(alert.band.expected, room)},
                               {"lower", numbers(alert.band.lower, room)},
                               {"upper", numbers(alert.band.upper, room)}};
  }
  return out;
}

std::string type_of(const Notice& notice) {
  if (notice.kind == NoticeKind::test || notice.kind == NoticeKind::change)
    return std::string(to_string(notice.kind));
  if (notice.kind == NoticeKind::opened && notice.level > 1) return "incident.escalated";
  std::string kind(to_string(notice.kind));
  std::replace(kind.begin(), kind.end(), ' ', '_');
  return "incident." + kind;
}

json::value next_step(const Notice& notice, std::size_t most) {
  if (!notice.next) return nullptr;
  json::array receivers;
  for (const std::string& name : notice.next->receivers)
    receivers.push_back(json::string(text(name, most)));
  return json::object{{"level", notice.next->level},
                      {"at", format_rfc3339(notice.next->at)},
                      {"receivers", std::move(receivers)}};
}

json::object data(const Delivery& delivery, Room room) {
  const Notice& notice = delivery.notice;
  const std::size_t most = room.bytes;
  json::array alerts;
  for (std::size_t i = 0; i < std::min(room.items, notice.alerts.size()); ++i) {
    alerts.push_back(alert_object(notice.alerts[i], room));
  }
  json::array lines;
  for (std::size_t i = 0; i < std::min(room.items, notice.lines.size()); ++i) {
    lines.push_back(json::string(text(notice.lines[i], most)));
  }
  json::array also_open;
  for (const std::string& line : notice.also_open)
    also_open.push_back(json::string(text(line, most)));
  json::value until;
  if (notice.acknowledged_until) until = format_rfc3339(*notice.acknowledged_until);
  return {{"version", 1},
          {"action", to_string(delivery.action)},
          {"dedup_key", text(delivery.dedup_key, most)},
          {"incident", notice.incident.value},
          {"host", text(notice.host, most)},
          {"host_labels", labels(notice.host_labels, most)},
          {"title", text(notice.title, most)},
          {"level", notice.level},
          {"severity", to_string(notice.severity)},
          {"impact", to_string(notice.impact)},
          {"policy", text(notice.policy, most)},
          {"opened", format_rfc3339(notice.opened)},
          {"lasted_seconds", std::chrono::floor<seconds>(notice.lasted).count()},
          {"alerts", std::move(alerts)},
          {"alerts_total", std::max<std::uint64_t>(notice.alerts_total, notice.alerts.size())},
          {"lines", std::move(lines)},
          {"description", text(notice.shown.text.value_or(notice.description), most)},
          {"runbook", text(notice.runbook, most)},
          {"verdict", text(notice.verdict, most)},
          {"conference", text(notice.conference, most)},
          {"next", next_step(notice, most)},
          {"acknowledged_by", text(notice.acknowledged_by, most)},
          {"acknowledged_until", std::move(until)},
          {"acknowledge_url", safe_url(notice.acknowledge_url)},
          {"last_change", text(notice.last_change, most)},
          {"also_open", std::move(also_open)},
          {"link", safe_url(notice.link)},
          {"reason", text(notice.reason, most)},
          {"recorded", notice.recorded},
          {"drill", notice.drill}};
}

}  // namespace

std::string webhook_body(const Delivery& delivery) {
  const Notice& notice = delivery.notice;
  Room room{std::max(notice.alerts.size(), notice.lines.size()), kBodyTextMost, true};
  for (;;) {
    std::string body = json::serialize(json::object{{"type", type_of(notice)},
                                                    {"timestamp", format_rfc3339(notice.at)},
                                                    {"data", data(delivery, room)}});
    if (body.size() < kBodyMost || (room.items == 0 && room.bytes <= 100)) return body;
    if (room.charts) {
      room.charts = false;
    } else if (room.items > 1) {
      room.items /= 2;
    } else if (room.bytes > 100) {
      room.bytes /= 2;
    } else {
      room.items = 0;
    }
  }
}

std::string webhook_id(const Delivery& delivery) {
  StableHash hash;
  hash.add(delivery.notice.host).add(delivery.receiver).add(delivery.dedup_key);
  hash.add(to_string(delivery.action)).add(delivery.id.value);
  return "msg_" + hash.hex();
}

}  // namespace tocsin::receivers
