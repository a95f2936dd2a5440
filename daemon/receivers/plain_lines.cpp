// A notice as plain text, for terminals and the text form of a mail.
#include <fmt/format.h>

#include <algorithm>

#include "receivers/wording.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kAlertsShown = 20;
constexpr std::size_t kLinesShown = 50;
constexpr std::size_t kLineBytes = 1000;

void add_paragraph(std::vector<std::string>& lines, std::string_view name, std::string_view text) {
  std::string_view rest = text;
  std::string_view lead = name;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    lines.push_back(std::string(lead) + std::string(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    lead = "";
  }
}

void add_unlisted(std::vector<std::string>& lines, const Notice& notice, std::size_t listed) {
  const std::string more = unlisted(notice, listed);
  if (!more.empty()) lines.push_back("- " + more);
}

void add_alert(std::vector<std::string>& lines, const NoticeAlert& alert, const Notice& notice) {
  lines.push_back("- " + alert_line(alert, notice));
  lines.push_back("  " + alert_detail(alert));
}

void add_top_alerts(std::vector<std::string>& lines, const Notice& notice) {
  if (lists_below(notice)) {
    add_alert(lines, notice.alerts.front(), notice);
    for (std::size_t i = 1; i < kAlertsOnTop; ++i)
      lines.push_back("- " + alert_line(notice.alerts[i], notice));
    lines.push_back("- " + unlisted(notice, kAlertsOnTop));
    return;
  }
  const std::string said = headline(notice);
  const bool only = notice.alerts.size() == 1;
  for (const NoticeAlert& alert : notice.alerts) {
    lines.push_back((only ? "" : "- ") + alert_below(alert, notice, said));
    lines.push_back((only ? "" : "  ") + alert_detail(alert));
  }
  add_unlisted(lines, notice, notice.alerts.size());
}

void add_other_alerts(std::vector<std::string>& lines, const Notice& notice) {
  const std::size_t listed = std::min(notice.alerts.size(), kAlertsShown);
  for (std::size_t i = kAlertsOnTop; i < listed; ++i) add_alert(lines, notice.alerts[i], notice);
  add_unlisted(lines, notice, listed);
}

}  // namespace

std::vector<std::string> plain_lines(const Notice& notice, std::string_view program) {
  std::vector<std::string> lines;
  add_top_alerts(lines, notice);
  for (std::size_t i = 0; i < std::min(notice.lines.size(), kLinesShown); ++i) {
    lines.push_back("- " + one_line(notice.lines[i], kLineBytes));
  }
  if (notice.lines.size() > kLinesShown) {
    lines.push_back(fmt::format("- and {} more", notice.lines.size() - kLinesShown));
  }
  add_paragraph(lines, "Verdict: ", paragraph(notice.verdict, kLineBytes));
  add_paragraph(lines, "", next_line(notice));
  add_paragraph(lines, "Acknowledge in a browser: ", safe_url(notice.acknowledge_url));
  add_paragraph(lines, "", what_to_do(notice, 4 * kLineBytes));
  add_paragraph(lines, "Conference: ", one_line(notice.conference, kLineBytes));
  add_paragraph(lines, "Runbook: ", one_line(runbook_of(notice), kLineBytes));
  add_paragraph(lines, "More: ", safe_url(notice.link));
  for (const Fact& action : actions(notice, program))
    lines.push_back(action.name + on_host(notice) + ": " + action.value);
  std::string all;
  for (const Fact& fact : facts(notice)) {
    all += (all.empty() ? "" : " · ") + fact.name + ": " + fact.value;
  }
  if (!all.empty()) lines.push_back(all);
  if (lists_below(notice)) add_other_alerts(lines, notice);
  add_paragraph(lines, "", footnote(notice));
  return lines;
}

}  // namespace tocsin::receivers
