// A notice as a page that a phone's mail program shows: one column, inline style, nothing loaded.
#include <fmt/format.h>

#include <algorithm>

#include "receivers/email.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kAlertsOnPage = 20;
constexpr std::size_t kListedLines = 50;
constexpr std::size_t kTextBytes = 4000;
constexpr std::string_view kBody =
    "font:16px/1.45 -apple-system,'Segoe UI',Roboto,sans-serif;color:#1a1a1a;max-width:640px;"
    "margin:0 auto;padding:12px";
constexpr std::string_view kMono = "font:13px/1.4 Menlo,Consolas,monospace;word-break:break-word";

std::string_view page_color(const Notice& notice) {
  switch (notice.kind) {
    case NoticeKind::closed:
      return "#1a7f37";
    case NoticeKind::acknowledged:
    case NoticeKind::test:
    case NoticeKind::summary:
      return "#0969da";
    default:
      return notice.severity == Severity::critical  ? "#b42318"
             : notice.severity == Severity::warning ? "#b54708"
                                                    : "#475467";
  }
}

std::string paragraph_of(std::string_view text) {
  if (text.empty()) return "";
  std::string out = "<p style=\"margin:12px 0;white-space:pre-line\">";
  return out.append(html_escaped(text)).append("</p>\n");
}

std::string head(const Notice& notice) {
  return fmt::format(
      "<div style=\"border-left:6px solid {0};padding:4px 0 4px 12px\">"
      "<div style=\"color:{0};font-weight:600\">{1}</div>"
      "<div style=\"font-size:19px;font-weight:600\">{2}</div></div>\n",
      page_color(notice), html_escaped(mark(notice)), html_escaped(headline(notice)));
}

std::string fact_table(const Notice& notice) {
  const std::vector<Fact> shown = facts(notice);
  if (shown.empty()) return "";
  std::string out = "<table style=\"margin:12px 0;border-spacing:0\">\n";
  for (const Fact& fact : shown) {
    out += fmt::format(
        "<tr><td style=\"padding:1px 12px 1px 0;color:#667085;vertical-align:top\">{}</td>"
        "<td>{}</td></tr>\n",
        html_escaped(fact.name), html_escaped(fact.value));
  }
  return out + "</table>\n";
}

std::string alert_entry(std::string_view line, const NoticeAlert& alert) {
  return fmt::format(
      "<div style=\"margin:10px 0\">{}<div style=\"{};color:#475467\">{}</div></div>\n",
      html_escaped(line), kMono, html_escaped(alert_detail(alert)));
}

std::string top_alerts(const Notice& notice) {
  std::string out;
  if (!lists_below(notice)) {
    const std::string said = headline(notice);
    for (const NoticeAlert& alert : notice.alerts)
      out += alert_entry(alert_below(alert, notice, said), alert);
    return out + paragraph_of(unlisted(notice, notice.alerts.size()));
  }
  out += alert_entry(alert_line(notice.alerts.front(), notice), notice.alerts.front());
  for (std::size_t i = 1; i < kAlertsOnTop; ++i)
    out += fmt::format("<div style=\"margin:6px 0\">{}</div>\n",
                       html_escaped(alert_line(notice.alerts[i], notice)));
  return out + paragraph_of(unlisted(notice, kAlertsOnTop));
}

std::string other_alerts(const Notice& notice) {
  std::string out;
  const std::size_t listed = std::min(notice.alerts.size(), kAlertsOnPage);
  for (std::size_t i = kAlertsOnTop; i < listed; ++i)
    out += alert_entry(alert_line(notice.alerts[i], notice), notice.alerts[i]);
  return out + paragraph_of(unlisted(notice, listed));
}

std::string line_list(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = "<ul style=\"padding-left:20px\">\n";
  for (std::size_t i = 0; i < std::min(lines.size(), kListedLines); ++i)
    out += "<li>" + html_escaped(one_line(lines[i], kTextBytes)) + "</li>\n";
  if (lines.size() > kListedLines)
    out += fmt::format("<li>and {} more</li>\n", lines.size() - kListedLines);
  return out + "</ul>\n";
}

std::string page_link(std::string_view name, std::string_view url) {
  if (url.empty()) return "";
  const std::string safe = safe_url(url);
  if (safe.empty()) return paragraph_of(fmt::format("{}: {}", name, one_line(url, kTextBytes)));
  return fmt::format("<p style=\"margin:12px 0\">{}: <a href=\"{}\">{}</a></p>\n",
                     html_escaped(name), html_escaped(safe), html_escaped(safe));
}

std::string action_list(const Notice& notice, std::string_view program) {
  std::string out;
  for (const Fact& action : actions(notice, program)) {
    out +=
        fmt::format("<p style=\"margin:12px 0\">{}: <code style=\"{}\">{}</code></p>\n",
                    html_escaped(action.name + on_host(notice)), kMono, html_escaped(action.value));
  }
  return out;
}

}  // namespace

std::string email_html(const Notice& notice, std::string_view program) {
  std::string out =
      "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"></head>\n";
  out += fmt::format("<body style=\"{}\">\n", kBody);
  out += head(notice) + top_alerts(notice) + line_list(notice.lines);
  if (!notice.verdict.empty())
    out += fmt::format("<p style=\"margin:12px 0;font-weight:600\">{}</p>\n",
                       html_escaped(one_line(notice.verdict, kTextBytes)));
  out += paragraph_of(next_line(notice));
  if (const std::string page = safe_url(notice.acknowledge_url); !page.empty())
    out += fmt::format(
        "<p style=\"margin:16px 0\"><a href=\"{}\" style=\"display:inline-block;padding:10px 18px;"
        "border-radius:6px;background:#1264a3;color:#ffffff;text-decoration:none;font-weight:600\">"
        "I have it in hand</a></p>\n",
        html_escaped(page));
  out += paragraph_of(what_to_do(notice, kTextBytes));
  out += page_link("Conference", notice.conference) + page_link("Runbook", runbook_of(notice)) +
         page_link("More", notice.link);
  out += action_list(notice, program) + fact_table(notice);
  if (lists_below(notice)) out += other_alerts(notice);
  const std::string foot = footnote(notice);
  if (!foot.empty())
    out += fmt::format("<p style=\"margin:16px 0 0;font-size:13px;color:#667085\">{}</p>\n",
                       html_escaped(foot));
  return out + "</body></html>\n";
}

}  // namespace tocsin::receivers
