// A notice as an event of PagerDuty's Events API v2, and its REST answers read.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "receivers/pagerduty.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

constexpr std::size_t kEventMost = 512'000;
constexpr std::size_t kSummaryMost = 1024;
constexpr std::size_t kKeyMost = 255;
constexpr std::size_t kNameMost = 255;
constexpr std::size_t kTextMost = 4000;
constexpr std::size_t kLineMost = 1000;

std::string_view action_of(DeliveryAction action) {
  switch (action) {
    case DeliveryAction::acknowledge:
      return "acknowledge";
    case DeliveryAction::close:
      return "resolve";
    case DeliveryAction::open:
    case DeliveryAction::update:
      break;
  }
  return "trigger";
}

std::string_view severity_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return "critical";
    case Severity::warning:
      return "warning";
    case Severity::info:
      break;
  }
  return "info";
}

std::string source_of(const Notice& notice) {
  return one_line(notice.host.empty() ? "tocsin" : notice.host, kNameMost);
}

/// The name before it says "next" already.
std::string without_lead(std::string line) {
  constexpr std::string_view kLead = "Next: ";
  if (line.starts_with(kLead)) line.erase(0, kLead.size());
  return line;
}

/// What is read out on the phone: the kind, the trouble, the worst value.
std::string summary(const Notice& notice) {
  const std::string said = headline(notice);
  std::string text = led_by(mark(notice), notice);
  // How long it lasts is left out: PagerDuty shows the first event's summary to the end.
  if (!notice.alerts.empty())
    text += measured(notice.alerts.front(), said) + ", since " +
            moment(notice.alerts.front().since, notice);
  return shortened(text, kSummaryMost);
}

/// PagerDuty shows the details in the order in which they come.
json::object details(const Notice& notice, std::size_t shown, std::string_view program,
                     bool polled) {
  json::object out;
  const auto add = [&out](std::string_view name, const std::string& text) {
    if (!text.empty()) out[name] = text;
  };
  add("Verdict", one_line(notice.verdict, kLineMost));
  add("What to do", what_to_do(notice, kTextMost));
  add("Conference", one_line(notice.conference, kLineMost));
  add("Runbook", one_line(notice.runbook, kLineMost));
  add("What happens next", without_lead(next_line(notice)));
  if (!acknowledge_command(notice, program).empty())
    add("Acknowledging in PagerDuty",
        polled ? "is seen by tocsin: the climb stops" : "is not seen by tocsin: the climb goes on");
  for (const Fact& action : actions(notice, program))
    add(action.name + on_host(notice), action.value);
  for (const Fact& fact : facts(notice)) out[fact.name] = fact.value;
  add("Why this notice", footnote(notice));
  json::array alerts;
  for (std::size_t i = 0; i < std::min(shown, notice.alerts.size()); ++i) {
    alerts.push_back(json::string(alert_line(notice.alerts[i], notice) + " | " +
                                  alert_detail(notice.alerts[i])));
  }
  const std::string more = unlisted(notice, alerts.size());
  if (!more.empty()) alerts.push_back(json::string(more));
  if (!alerts.empty()) out["Alerts"] = std::move(alerts);
  json::array lines;
  for (std::size_t i = 0; i < std::min(shown, notice.lines.size()); ++i) {
    lines.push_back(json::string(one_line(notice.lines[i], kLineMost)));
  }
  if (!lines.empty()) out["List"] = std::move(lines);
  return out;
}

json::object payload(const Notice& notice) {
  json::object out{{"summary", summary(notice)},
                   {"source", source_of(notice)},
                   {"severity", severity_of(notice.severity)},
                   {"timestamp", format_rfc3339(notice.at)},
                   {"group", one_line(notice.policy, kNameMost)}};
  if (!notice.alerts.empty()) {
    out["class"] = one_line(notice.alerts.front().rule, kNameMost);
    const std::string_view component = notice.alerts.front().labels.get("component");
    if (!component.empty()) out["component"] = one_line(component, kNameMost);
  }
  return out;
}

json::array links(const Notice& notice) {
  json::array out;
  const auto add = [&out](const std::string& url, std::string_view text) {
    const std::string safe = safe_url(url);
    if (!safe.empty()) out.push_back(json::object{{"href", safe}, {"text", text}});
  };
  add(notice.acknowledge_url, "Acknowledge in tocsin");
  add(notice.conference, "Join the call");
  add(notice.runbook, "Runbook");
  add(notice.link, "More");
  return out;
}

std::string change_event(const Notice& notice, const std::string& routing_key) {
  json::object details;
  if (const std::string text = what_to_do(notice, kTextMost); !text.empty())
    details["Description"] = text;
  for (const Fact& fact : facts(notice)) details[fact.name] = fact.value;
  details["Why this notice"] = footnote(notice);
  json::object event{
      {"routing_key", routing_key},
      {"payload", json::object{{"summary", shortened(headline(notice), kSummaryMost)},
                               {"source", source_of(notice)},
                               {"timestamp", format_rfc3339(notice.at)},
                               {"custom_details", std::move(details)}}}};
  json::array to = links(notice);
  if (!to.empty()) event["links"] = std::move(to);
  return json::serialize(event);
}

/// A person's name: acknowledgements that came in through our own events do not count.
std::string person(const json::value& acknowledgement) {
  const json::object* whole = acknowledgement.if_object();
  const json::value* who = whole != nullptr ? whole->if_contains("acknowledger") : nullptr;
  const json::object* acknowledger = who != nullptr ? who->if_object() : nullptr;
  if (acknowledger == nullptr) return "";
  const json::value* type = acknowledger->if_contains("type");
  const json::value* name = acknowledger->if_contains("summary");
  if (type == nullptr || !type->is_string() || name == nullptr || !name->is_string()) return "";
  const json::string& kind = type->get_string();
  if (kind != "user_reference" && kind != "user") return "";
  return one_line(name->get_string(), kNameMost);
}

}  // namespace

std::string pagerduty_event(const Delivery& delivery, const std::string& routing_key,
                            std::string_view program, bool polled) {
  const Notice& notice = delivery.notice;
  if (notice.kind == NoticeKind::change) return change_event(notice, routing_key);
  json::object event{{"routing_key", routing_key},
                     {"event_action", action_of(delivery.action)},
                     {"dedup_key", shortened(delivery.dedup_key, kKeyMost)}};
  if (event["event_action"].get_string() != "trigger") return json::serialize(event);
  event["client"] = "tocsin";
  json::array to = links(notice);
  if (!to.empty()) event["links"] = std::move(to);
  std::size_t shown = std::max(notice.alerts.size(), notice.lines.size());
  for (;;) {
    json::object body = payload(notice);
    body["custom_details"] = details(notice, shown, program, polled);
    event["payload"] = std::move(body);
    std::string text = json::serialize(event);
    if (text.size() <= kEventMost || shown == 0) return text;
    shown /= 2;
  }
}

std::string pagerduty_acknowledger(const std::string& body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  const json::object* whole = error ? nullptr : answer.if_object();
  const json::value* list = whole != nullptr ? whole->if_contains("incidents") : nullptr;
  if (list == nullptr || !list->is_array()) return "";
  for (const json::value& incident : list->get_array()) {
    const json::object* fields = incident.if_object();
    if (fields == nullptr) continue;
    const json::value* status = fields->if_contains("status");
    if (status == nullptr || !status->is_string() || status->get_string() != "acknowledged") {
      continue;
    }
    const json::value* acknowledgements = fields->if_contains("acknowledgements");
    if (acknowledgements == nullptr || !acknowledgements->is_array()) continue;
    for (const json::value& acknowledgement : acknowledgements->get_array()) {
      std::string name = person(acknowledgement);
      if (!name.empty()) return name;
    }
  }
  return "";
}

}  // namespace tocsin::receivers
