// A notice as the engine makes it, for the tests of rendering.
#pragma once

#include "tocsin/base/time.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::testing {

inline constexpr const char* kSigningSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

inline WallTime wall(const char* text) {
  return parse_rfc3339(text).value();
}

inline Delivery sample_delivery() {
  NoticeAlert alert;
  alert.rule = "CpuBusy";
  alert.labels = Labels{{"component", "api"}, {"instance", "web-1"}};
  alert.summary = "CPU 93 % busy";
  alert.value = "93 %";
  alert.threshold = "above 80 %";
  alert.severity = Severity::critical;
  alert.since = wall("2025-12-31T09:10:00Z");
  alert.recent = {0.2, 0.3, 0.9, 0.93};

  Delivery delivery;
  delivery.id = DeliveryId(71);
  delivery.incident = IncidentId(17);
  delivery.receiver = "alerts";
  delivery.dedup_key = "0123456789abcdef0123456789abcdef";
  Notice& notice = delivery.notice;
  notice.incident = IncidentId(17);
  notice.host = "web-1";
  notice.host_labels = Labels{{"env", "production"}};
  notice.title = "CPU busy";
  notice.severity = Severity::critical;
  notice.impact = Impact::high;
  notice.policy = "production";
  notice.at = wall("2025-12-31T09:15:00Z");
  notice.opened = wall("2025-12-31T09:15:00Z");
  notice.alerts = {alert};
  notice.alerts_total = 1;
  notice.runbook = "https://runbooks.example.com/cpu";
  notice.next = NextStep{2, wall("2025-12-31T09:20:00Z"), {"on-call", "database-lead"}};
  notice.reason = "the threshold was crossed";
  return delivery;
}

/// Everything a label should not be able to do.
inline Delivery hostile_delivery() {
  Delivery delivery = sample_delivery();
  Notice& notice = delivery.notice;
  const std::string evil =
      "<!channel> <@U1> `code` *b* & \x1b[31mred\x1b[0m\nnew \xff\xfe \"quoted\" \xe2\x80\xae";
  notice.title = evil;
  notice.host = evil;
  notice.host_labels = Labels{{"env", evil}};
  notice.description = evil;
  notice.reason = evil;
  notice.verdict = evil;
  notice.conference = "https://meet.example.com/a|<!here>`";
  notice.runbook = "javascript:alert(1)//<!channel>";
  notice.next->receivers = {evil};
  notice.policy = evil;
  notice.last_change = evil;
  notice.link = notice.runbook;
  notice.lines = {evil, evil};
  notice.alerts[0].summary = evil;
  notice.alerts[0].rule = evil;
  notice.alerts[0].value = evil;
  notice.alerts[0].labels = Labels{{"path", evil}, {"long", std::string(10'000, '<')}};
  return delivery;
}

/// As many alerts as a bad day brings, each with a value of ten thousand bytes.
inline Delivery huge_delivery() {
  Delivery delivery = hostile_delivery();
  Notice& notice = delivery.notice;
  notice.alerts[0].summary = std::string(10'000, '&');
  notice.alerts.resize(500, notice.alerts[0]);
  notice.alerts_total = 500;
  notice.lines.resize(500, std::string(10'000, '>'));
  notice.title = std::string(10'000, '<');
  notice.description = std::string(10'000, '&');
  notice.verdict = std::string(10'000, '&');
  notice.reason = std::string(10'000, '&');
  notice.runbook = "https://example.com/" + std::string(1900, '&');
  notice.conference = notice.runbook;
  notice.next->receivers.resize(100, std::string(10'000, '&'));
  return delivery;
}

}  // namespace tocsin::testing
