#include "receivers/notice_values.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::receivers {
namespace {

constexpr std::size_t kValueMost = 1000;
constexpr std::size_t kParagraphMost = 4000;
constexpr std::size_t kEntriesMost = 50;  ///< of a list; a notice may hold hundreds

using Fields = outbox::NoticeValues::Fields;

std::string value(std::string_view raw) {
  return one_line(raw, kValueMost);
}

std::string yes(bool is) {
  return is ? "true" : "";
}

void add_labels(Fields& fields, std::string_view prefix, const Labels& labels) {
  for (const LabelView& label : labels)
    fields[fmt::format("{}{}", prefix, label.name)] = value(label.value);
}

Fields alert_values(const NoticeAlert& alert, const Notice& within) {
  Fields fields{{"alert.rule", value(alert.rule)},
                {"alert.summary", value(alert.summary)},
                {"alert.value", value(alert.value)},
                {"alert.threshold", value(alert.threshold)},
                {"alert.severity", std::string(to_string(alert.severity))},
                {"alert.since", format_rfc3339(alert.since)},
                {"alert.since_clock", moment(alert.since, within)},
                {"alert.firing", yes(alert.firing)},
                {"alert.no_data", yes(alert.no_data)},
                {"alert.line", alert_line(alert, within)},
                {"alert.detail", alert_detail(alert)},
                {"alert.chart", chart_of(alert)}};
  add_labels(fields, "alert.labels.", alert.labels);
  return fields;
}

std::string whole_text(const Notice& notice, std::string_view program) {
  std::string text;
  for (const std::string& line : plain_lines(notice, program)) {
    text += (text.empty() ? "" : "\n") + line;
  }
  return paragraph(text, 4 * kParagraphMost);
}

void add_people(Fields& fields, const Notice& notice, std::string_view program) {
  fields["acknowledge"] = acknowledge_command(notice, program);
  fields["acknowledge_url"] = safe_url(notice.acknowledge_url);
  fields["silence"] = silence_command(notice, program);
  fields["acknowledged_by"] = value(notice.acknowledged_by);
  fields["next"] = next_line(notice);
  fields["runbook"] = safe_url(runbook_of(notice));
  fields["last_change"] = value(notice.last_change);
  fields["also_open"] = also_open(notice);
  fields["link"] = safe_url(notice.link);
  fields["conference"] = safe_url(notice.conference);
  fields["verdict"] = paragraph(notice.verdict, kParagraphMost);
  fields["description"] = what_to_do(notice, kParagraphMost);
  fields["reason"] = footnote(notice);
}

}  // namespace

outbox::NoticeValues notice_values(const Delivery& delivery, std::string_view program) {
  const Notice& notice = delivery.notice;
  const bool of_incident = is_of_incident(notice.kind);
  outbox::NoticeValues out;
  out.fields = {
      {"kind", std::string(to_string(notice.kind))},
      {"action", std::string(to_string(delivery.action))},
      {"dedup_key", value(delivery.dedup_key)},
      {"receiver", value(delivery.receiver)},
      {"mark", mark(notice)},
      {"symbol", std::string(symbol(notice))},
      {"standing", standing(notice)},
      {"color", std::string(colour(notice))},
      {"headline", headline(notice)},
      {"title", value(notice.title)},
      {"text", whole_text(notice, program)},
      {"host", value(notice.host)},
      {"severity", std::string(to_string(notice.severity))},
      {"impact", of_incident ? std::string(to_string(notice.impact)) : ""},
      {"level", of_incident ? std::to_string(notice.level) : ""},
      {"policy", value(notice.policy)},
      {"incident", notice.incident ? std::to_string(notice.incident.value) : ""},
      {"at", format_rfc3339(notice.at)},
      {"opened", of_incident ? format_rfc3339(notice.opened) : ""},
      {"at_clock", moment(notice.at, notice)},
      {"opened_clock", of_incident ? moment(notice.opened, notice) : ""},
      {"lasted", of_incident ? humanize_duration(notice.lasted) : ""},
      {"lasted_seconds", std::to_string(std::chrono::floor<seconds>(notice.lasted).count())},
      {"drill", yes(notice.drill)},
      {"alerts_total",
       std::to_string(std::max<std::uint64_t>(notice.alerts_total, notice.alerts.size()))}};
  add_labels(out.fields, "labels.", notice.host_labels);
  add_people(out.fields, notice, program);
  for (std::size_t i = 0; i < std::min(notice.alerts.size(), kEntriesMost); ++i) {
    out.lists["alerts"].push_back(alert_values(notice.alerts[i], notice));
  }
  for (const Fact& fact : facts(notice)) {
    out.lists["facts"].push_back({{"fact.name", fact.name}, {"fact.value", fact.value}});
  }
  for (std::size_t i = 0; i < std::min(notice.lines.size(), kEntriesMost); ++i) {
    out.lists["lines"].push_back({{"line.text", value(notice.lines[i])}});
  }
  return out;
}

Result<std::string> render_notice(std::string_view text, const outbox::NoticeValues& values,
                                  outbox::Escaping escaping, std::size_t most) {
  const auto made = outbox::NoticeTemplate::parse(text);
  if (!made) return fail(ErrorCode::invalid, made.error().front().text);
  return made->render(values, escaping, most);
}

}  // namespace tocsin::receivers
