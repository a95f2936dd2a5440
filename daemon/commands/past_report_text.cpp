// The report as Markdown, for a wiki or a ticket, and as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "commands/past_report.hpp"
#include "commands/table.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

constexpr std::size_t kNameMost = 120;
constexpr std::size_t kNightsNamed = 31;
constexpr std::size_t kBarWidth = 30;

/// A code span within a table's cell: no markup, link or mention works in it, and nothing ends it.
std::string code_cell(std::string_view text) {
  std::string out;
  for (const char c : shortened(printable(valid_utf8(shortened(text, kNameMost))), kNameMost)) {
    if (c == '|') out += '\\';
    out += c == '`' ? '\'' : c;
  }
  return "`" + (trim(out).empty() ? "-" : out) + "`";
}

std::string count_of(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string median_and_ninth(const Lengths& lengths, std::string_view lead = "") {
  if (lengths.count == 0) return "–";
  return fmt::format("{}{}, p90 {}", lead, humanize_duration(lengths.median),
                     humanize_duration(lengths.ninth));
}

std::string summary_lines(const PastReport& report) {
  const PageCounts& counts = report.counts;
  std::string out;
  const auto line = [&out](std::string_view what, const std::string& value) {
    out += fmt::format("| {} | {} |\n", what, value);
  };
  out += "| | |\n|---|---|\n";
  line("Pages", fmt::format("{}{}", counts.pages,
                            report.open > 0 ? fmt::format(", {} still open", report.open) : ""));
  line("Rings", fmt::format("{}, of which {} to wake somebody", counts.rings, counts.wakes));
  line("Acknowledged", fmt::format("{} of {}", counts.acknowledged, counts.pages));
  line("Time to acknowledge", median_and_ninth(counts.to_acknowledge, "median "));
  line("Time to resolve", median_and_ninth(counts.to_resolve, "median "));
  line("Nights disturbed",
       fmt::format("{} of {} (22 to 7 o'clock)", report.disturbed.size(), report.nights));
  line("Told to nobody", count_of(report.untold, "incident"));
  if (report.drills > 0) line("Drills, not counted above", std::to_string(report.drills));
  return out;
}

constexpr std::string_view kRulesTitle = "## Rules, the noisiest first\n\n";

/// For a terminal, which does not draw Markdown's.
std::string rule_columns(const PastReport& report, std::size_t width) {
  Table table({"RULE", "PAGES", "RINGS", "WAKES", "LEVEL", "ACK", "TO ACKNOWLEDGE", "TO RESOLVE"});
  for (const GroupReport& group : report.groups) {
    const PageCounts& counts = group.counts;
    table.add({{group.group},
               {std::to_string(counts.pages)},
               {std::to_string(counts.rings)},
               {std::to_string(counts.wakes)},
               {std::to_string(group.level)},
               {std::to_string(counts.acknowledged)},
               {median_and_ninth(counts.to_acknowledge)},
               {median_and_ninth(counts.to_resolve)}});
  }
  return fmt::format("{}```\n{}```\n\n", kRulesTitle, table.text(false, width));
}

std::string rule_table(const PastReport& report, std::size_t width) {
  if (width > 0) return rule_columns(report, width);
  std::string out =
      std::string(kRulesTitle) +
      "| Rule | Pages | Rings | Wakes | Level | Acknowledged | To acknowledge | To resolve |\n"
      "|---|--:|--:|--:|--:|--:|---|---|\n";
  for (const GroupReport& group : report.groups) {
    const PageCounts& counts = group.counts;
    out +=
        fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", code_cell(group.group),
                    counts.pages, counts.rings, counts.wakes, group.level, counts.acknowledged,
                    median_and_ninth(counts.to_acknowledge), median_and_ninth(counts.to_resolve));
  }
  return out + "\n";
}

std::string hour_table(const PastReport& report) {
  std::string out = "## Hours of the day\n\n```\nHOUR   PAGES  WAKES\n";
  const std::size_t most =
      std::max<std::size_t>(1, *std::max_element(report.hours.begin(), report.hours.end()));
  for (std::size_t hour = 0; hour < report.hours.size(); ++hour) {
    const std::size_t pages = report.hours.at(hour);
    const std::size_t wakes = report.wake_hours.at(hour);
    std::string line =
        fmt::format("{:02}-{:02}  {:5}  {:5}  ", hour, (hour + 1) % 24, pages, wakes);
    const std::size_t width = (pages * kBarWidth + most - 1) / most;
    for (std::size_t at = 0; at < width; ++at) line += "█";
    while (line.ends_with(' ')) line.pop_back();
    out += line + "\n";
  }
  return out + "```\n\n";
}

std::string night_list(const PastReport& report) {
  if (report.disturbed.empty()) return "";
  std::string out = "## Nights disturbed\n\n";
  const std::size_t hidden =
      report.disturbed.size() - std::min(report.disturbed.size(), kNightsNamed);
  for (std::size_t at = hidden; at < report.disturbed.size(); ++at)
    out += (at == hidden ? "" : ", ") + report.disturbed[at];
  if (hidden > 0) out += fmt::format(", and {} before", hidden);
  return out + "\n";
}

json::object lengths_json(const Lengths& lengths) {
  json::object out;
  out["count"] = lengths.count;
  out["median_seconds"] = lengths.count > 0 ? json::value(in_seconds(lengths.median)) : nullptr;
  out["p90_seconds"] = lengths.count > 0 ? json::value(in_seconds(lengths.ninth)) : nullptr;
  return out;
}

void add_counts(json::object& out, const PageCounts& counts) {
  out["pages"] = counts.pages;
  out["rings"] = counts.rings;
  out["wakes"] = counts.wakes;
  out["acknowledged"] = counts.acknowledged;
  out["to_acknowledge"] = lengths_json(counts.to_acknowledge);
  out["to_resolve"] = lengths_json(counts.to_resolve);
}

json::array hours_json(const std::array<std::size_t, 24>& hours) {
  json::array out;
  for (const std::size_t count : hours) out.push_back(count);
  return out;
}

}  // namespace

std::string markdown(const PastReport& report, std::string_view host, std::size_t width) {
  std::string out = fmt::format("# Pages of {}\n\n{} to {}, times in {}.\n\n", code_cell(host),
                                format_local(report.from, report.zone),
                                format_local(report.to, report.zone), report.zone.name());
  out += summary_lines(report) + "\n";
  if (report.counts.pages == 0) return out + "Nobody was paged.\n";
  return out + rule_table(report, width) + hour_table(report) + night_list(report);
}

json::object past_report_json(const PastReport& report) {
  json::object out;
  out["from"] = json::string(format_rfc3339(report.from));
  out["to"] = json::string(format_rfc3339(report.to));
  out["zone"] = json::string(report.zone.name());
  add_counts(out, report.counts);
  out["open"] = report.open;
  out["untold"] = report.untold;
  out["drills"] = report.drills;
  out["nights"] = report.nights;
  json::array nights;
  for (const std::string& night : report.disturbed) nights.push_back(json::string(night));
  out["nights_disturbed"] = std::move(nights);
  out["pages_by_hour"] = hours_json(report.hours);
  out["wakes_by_hour"] = hours_json(report.wake_hours);
  json::array rules;
  for (const GroupReport& group : report.groups) {
    json::object one;
    one["rule"] = json::string(valid_utf8(group.group));
    one["level"] = group.level;
    add_counts(one, group.counts);
    rules.push_back(std::move(one));
  }
  out["rules"] = std::move(rules);
  return out;
}

}  // namespace tocsin::commands
