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

}  // namespace

std::vector<std::string> plain_lines(const Notice& notice, std::string_view program) {
  std::vector<std::string> lines;
  std::string all;
  for (const Fact& fact : facts(notice)) {
    all += (all.empty() ? "" : " · ") + fact.name + ": " + fact.value;
  }
  if (!all.empty()) lines.push_back(all);
  std::size_t listed = 0;
  for (const NoticeAlert& alert : notice.alerts) {
    if (++listed > kAlertsShown) break;
    lines.push_back("- " + alert_line(alert, notice));
    lines.push_back("  " + alert_detail(alert));
  }
  const std::string more = unlisted(notice, std::min(notice.alerts.size(), kAlertsShown));
  if (!more.empty()) lines.push_back("- " + more);
  for (std::size_t i = 0; i < std::min(notice.lines.size(), kLinesShown); ++i) {
    lines.push_back("- " + one_line(notice.lines[i], kLineBytes));
  }
  if (notice.lines.size() > kLinesShown) {
    lines.push_back(fmt::format("- and {} more", notice.lines.size() - kLinesShown));
  }
  add_paragraph(lines, "", paragraph(notice.description, 4 * kLineBytes));
  add_paragraph(lines, "Verdict: ", paragraph(notice.verdict, kLineBytes));
  add_paragraph(lines, "Conference: ", one_line(notice.conference, kLineBytes));
  add_paragraph(lines, "Runbook: ", one_line(notice.runbook, kLineBytes));
  add_paragraph(lines, "More: ", safe_url(notice.link));
  add_paragraph(lines, "", next_line(notice));
  add_paragraph(lines, "Acknowledge here: ", safe_url(notice.acknowledge_url));
  for (const Fact& action : actions(notice, program))
    lines.push_back(action.name + ": " + action.value);
  add_paragraph(lines, "", footnote(notice));
  return lines;
}

}  // namespace tocsin::receivers
