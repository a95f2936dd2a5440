#include "receivers/sample_notice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::receivers {
namespace {

constexpr std::size_t kListedMost = 20;

NoticeAlert sample_alert(std::size_t number, WallTime opened) {
  NoticeAlert alert;
  const std::string instance = fmt::format("web-{}:8000", number + 1);
  alert.rule = "CheckoutErrorsHigh";
  alert.labels = Labels{{"component", "api"}, {"instance", instance}};
  alert.value = "3.1 %";
  alert.summary = fmt::format("{} of requests fail (threshold 0.5 %) on {}", alert.value, instance);
  alert.threshold = "above 0.5 %";
  alert.limit = 0.005;
  alert.severity = Severity::critical;
  alert.since = opened - minutes(2);
  alert.recent = {0.001, 0.001, 0.002, 0.001, 0.003, 0.009, 0.021, 0.028, 0.031};
  return alert;
}

/// When it is sent, after the open.
Duration after(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::opened:
      return {};
    case NoticeKind::repeated:
      return minutes(30);
    case NoticeKind::told_again:
      return minutes(36);
    case NoticeKind::closed:
      return minutes(41);
    default:
      return minutes(6);
  }
}

std::string_view reason_of(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::opened:
      return "CheckoutErrorsHigh fires";
    case NoticeKind::repeated:
      return "nobody has acknowledged";
    case NoticeKind::told_again:
      return "the acknowledgement of ada has ended";
    case NoticeKind::updated:
      return "1 alert has joined";
    case NoticeKind::severity_rose:
      return "severity rose from warning to critical";
    case NoticeKind::flapping:
      return "it comes and goes; held until it is steady";
    case NoticeKind::acknowledged:
      return "rolling back";
    case NoticeKind::closed:
      return "well again (now 0.1 %)";
    case NoticeKind::summary:
      return "this channel could not be reached";
    case NoticeKind::test:
      return "ada asked for it";
    case NoticeKind::change:
      return "announced by ada";
  }
  return "";
}

void make_summary(Notice& notice) {
  notice.severity = Severity::critical;
  notice.title = "1 still open, 2 over (told late: this channel could not be reached)";
  notice.lines = {
      "#17 critical, level 2, still open after 6 min: 3.1 % of requests fail on web-1:8000",
      "2 are over by now"};
}

}  // namespace

std::string kind_word(NoticeKind kind) {
  std::string word(to_string(kind));
  std::replace(word.begin(), word.end(), ' ', '-');
  return word;
}

std::vector<std::string> kind_words() {
  std::vector<std::string> words;
  for (int i = 0; i < kNoticeKinds; ++i) words.push_back(kind_word(static_cast<NoticeKind>(i)));
  return words;
}

std::optional<NoticeKind> kind_of_word(std::string_view word) {
  const std::vector<std::string> words = kind_words();
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<NoticeKind>(found - words.begin());
}

DeliveryAction usual_action(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::opened:
    case NoticeKind::repeated:
    case NoticeKind::told_again:
    case NoticeKind::test:
    case NoticeKind::change:
      return DeliveryAction::open;
    case NoticeKind::acknowledged:
      return DeliveryAction::acknowledge;
    case NoticeKind::closed:
      return DeliveryAction::close;
    default:
      return DeliveryAction::update;
  }
}

Delivery sample_notice(NoticeKind kind, std::size_t alerts, std::optional<Duration> lasted) {
  Delivery delivery;
  delivery.id = DeliveryId(71);
  delivery.receiver = "preview";
  delivery.action = usual_action(kind);
  delivery.dedup_key = "tocsin-0123456789abcdef";
  Notice& notice = delivery.notice;
  notice.kind = kind;
  notice.host = "web-1";
  notice.host_labels = Labels{{"env", "production"}, {"role", "api"}};
  notice.opened = parse_rfc3339("2026-03-14T03:02:00Z").value_or(WallTime{});
  notice.lasted = lasted.value_or(after(kind));
  notice.at = notice.opened + notice.lasted;
  notice.reason = kind == NoticeKind::opened ? "" : reason_of(kind);
  if (is_of_incident(kind) || kind == NoticeKind::summary) notice.policy = "production";
  notice.severity = Severity::info;
  notice.title = "Test notice from web-1: there is nothing to do";
  if (kind == NoticeKind::summary) make_summary(notice);
  if (kind == NoticeKind::change) {
    notice.title = "shop 2.3.1 deployed";
    notice.link = "https://ci.example.com/shop/1207";
  }
  if (!is_of_incident(kind)) return delivery;
  delivery.incident = notice.incident = IncidentId(17);
  const bool firing = kind != NoticeKind::closed;
  // Whoever is well again has left the incident by its close.
  for (std::size_t i = 0; firing && i < std::min(alerts, kListedMost); ++i)
    notice.alerts.push_back(sample_alert(i, notice.opened));
  notice.alerts_total = notice.alerts.empty() ? 0 : alerts;
  notice.title = alerts == 0 ? "requests fail" : sample_alert(0, notice.opened).summary;
  if (alerts > 1) notice.title += fmt::format(" and {} more", alerts - 1);
  notice.severity = Severity::critical;
  notice.impact = Impact::high;
  notice.description = "People cannot pay. The checkout's error rate over two minutes.";
  notice.runbook = "https://runbooks.example.com/checkout-errors";
  const auto minutes_in = notice.lasted / minutes(1);
  notice.level = minutes_in >= 15 ? 4 : minutes_in >= 10 ? 3 : minutes_in >= 5 ? 2 : 1;
  delivery.level = notice.level;
  if (kind == NoticeKind::opened && notice.level > 1) notice.reason = "nobody has acknowledged";
  if (notice.level >= 3 && firing) {
    notice.verdict = "Roll back now: the impact is high and a deployment is under way.";
    notice.conference = "https://meet.example.com/incident";
  }
  if (kind == NoticeKind::acknowledged) {
    notice.acknowledged_by = "ada";
    notice.acknowledged_until = notice.at + minutes(30);
  }
  if (firing && kind != NoticeKind::acknowledged) {
    notice.next = NextStep{
        std::min(notice.level + 1, 4), notice.opened + minutes(5), {"on-call"}, notice.level >= 4};
    while (notice.next->at <= notice.at) notice.next->at += minutes(5);
  }
  return delivery;
}

}  // namespace tocsin::receivers
