#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "commands/backtest.hpp"
#include "commands/plot.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"
#include "commands/told_apart.hpp"
#include "tocsin/backtest/report.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

using backtest::Episode;
using backtest::Outcome;
using backtest::RuleReport;

constexpr std::size_t kMostPages = 200;  ///< that a terminal is shown
constexpr std::size_t kPlottedRules = 6;

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string moment(WallTime at, const TimeZone& zone) {
  const auto seconds = at - at.time_since_epoch() % std::chrono::seconds(1);
  const Duration in_minute = seconds.time_since_epoch() % std::chrono::minutes(1);
  std::string text = format_local(seconds, zone);
  // The seconds stand behind the minute.
  const std::size_t minute = text.find(':');
  return minute == std::string::npos
             ? text
             : text.substr(0, minute + 3) + fmt::format(":{:02}", in_minute.count() / 1000);
}

std::string lasting(Duration duration) {
  return duration == Duration::zero() ? "" : humanize_duration(duration);
}

std::string whom(const RuleReport& rule) {
  std::string out;
  for (const auto& [receiver, rings] : rule.whom) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", receiver, rings);
  }
  return out;
}

/// What rang, in its order: "chat 1, on-call 2"; a repeat is counted.
std::string told(const Episode& episode) {
  std::vector<std::pair<std::string, std::size_t>> all;
  for (const backtest::Ring& ring : episode.rings) {
    const std::string one = fmt::format("{} (level {})", ring.receiver, ring.level);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&one](const auto& each) { return each.first == one; });
    if (found == all.end()) {
      all.emplace_back(one, 1);
    } else {
      ++found->second;
    }
  }
  std::string out;
  for (const auto& [one, times] : all) {
    out += (out.empty() ? "" : ", ") + one + (times > 1 ? fmt::format(" ×{}", times) : "");
  }
  return out.empty() ? "nobody" : out;
}

std::string instances(const Episode& episode) {
  std::string out;
  for (const Labels& labels : episode.instances) {
    if (out.size() > 100) break;
    out += (out.empty() ? "" : " ") + labels.to_string();
  }
  if (episode.instances_total > 1) out = fmt::format("{}: {}", episode.instances_total, out);
  return shortened(out, 120);
}

Course hours_of(const RuleReport& rule) {
  Course course;
  for (const std::size_t pages : rule.hours) {
    course.push_back(pages == 0 ? std::nullopt : std::optional(static_cast<double>(pages)));
  }
  // The scale begins at nothing.
  if (rule.pages > 0) {
    for (auto& value : course) value = value.value_or(0);
  }
  return course;
}

/// Nothing in the past tells of it.
bool unknown(const RuleReport& rule) {
  return !rule.found_series && rule.pages + rule.untold == 0 && rule.error.empty();
}

void print_table(const std::vector<RuleReport>& rules, FittedTables& tables) {
  Table table({"RULE", "PAGES", "RINGS", "WAKES", "UNTOLD", "FIRING", "MEDIAN", "LONGEST",
               "HOURS 0-23", "WHOM"});
  table.wraps({"WHOM"});
  table.keeps({"FIRING", "MEDIAN", "LONGEST", "HOURS 0-23"});
  table.spares({"HOURS 0-23", "UNTOLD", "MEDIAN", "LONGEST", "RINGS", "WHOM"});
  for (const RuleReport& rule : rules) {
    if (unknown(rule)) continue;
    const Look look = rule.wakes > 0 ? Look::bad : rule.pages > 0 ? Look::odd : Look::plain;
    table.add({{rule.rule, look},
               {std::to_string(rule.pages)},
               {std::to_string(rule.rings)},
               {std::to_string(rule.wakes)},
               {std::to_string(rule.untold)},
               {lasting(rule.firing)},
               {lasting(rule.median)},
               {lasting(rule.longest) + (rule.open_at_end ? " (open)" : "")},
               {sparkline(hours_of(rule), 24)},
               {whom(rule)}});
  }
  if (!table.empty()) tables.print(table);
}

void print_silent(const std::vector<RuleReport>& rules) {
  std::vector<std::string> nothing;
  for (const RuleReport& rule : rules) {
    if (!rule.error.empty()) fmt::print("{}: {}\n", rule.rule, printable(rule.error));
    if (unknown(rule)) nothing.push_back(rule.rule);
  }
  if (nothing.empty()) return;
  print_hanging(fmt::format("no series of theirs are there, so nothing is known of {}: {}",
                            counted(nothing.size(), "rule"), fmt::join(nothing, ", ")),
                line_width(false));
}

std::size_t pages_in(const Outcome& outcome) {
  return static_cast<std::size_t>(std::count_if(outcome.episodes.begin(), outcome.episodes.end(),
                                                [](const Episode& each) { return each.paged(); }));
}

void print_sum(const Outcome& outcome, const std::vector<RuleReport>& rules,
               std::string_view whose = "") {
  const std::size_t pages = pages_in(outcome);
  if (pages == 0) {
    fmt::print("{}nobody would have been paged\n", whose);
    return;
  }
  std::size_t rings = 0;
  std::size_t wakes = 0;
  for (const Episode& each : outcome.episodes) {
    rings += each.rings.size();
    for (const backtest::Ring& ring : each.rings) wakes += ring.wakes ? 1 : 0;
  }
  const double days = std::max(in_seconds(outcome.to - outcome.from) / 86400, 1e-9);
  print_hanging(
      fmt::format("{}{}, {:.1f} a day; {}, {} of them to wake somebody; the noisiest is {} with {}",
                  whose, counted(pages, "page"), static_cast<double>(pages) / days,
                  counted(rings, "ring"), wakes, rules.front().rule,
                  counted(rules.front().pages, "page")),
      line_width(false));
}

/// A page in the lines that a narrow terminal has instead of a row of many columns. `row` ends in
/// what it told.
void print_page(const std::vector<Cell>& row, std::size_t width) {
  std::string head;
  for (std::size_t i = 0; i + 1 < row.size(); ++i) head += (i > 0 ? "  " : "") + row[i].text;
  print_hanging(head, width);
  print_hanging("told: " + row.back().text, width, 2);
}

void print_instances_of(const Episode& episode, std::size_t width) {
  for (const Labels& labels : episode.instances) print_hanging(labels_apart(labels), width, 2);
  if (episode.instances_total > episode.instances.size())
    fmt::print("  and {} more\n", episode.instances_total - episode.instances.size());
}

void print_pages(const Outcome& outcome, const TimeZone& zone, FittedTables& tables, bool whole) {
  Table table({"OPENED", "LASTED", "SEVERITY", "RULE", "TOLD", "INSTANCES"});
  std::vector<std::pair<std::vector<Cell>, const Episode*>> rows;
  std::size_t left_out = 0;
  for (const Episode& each : outcome.episodes) {
    if (on_terminal() && left_out + kMostPages < outcome.episodes.size()) {
      ++left_out;
      continue;
    }
    rows.push_back({{{moment(each.opened, zone)},
                     {humanize_duration(each.lasted(outcome.to)) + (each.closed ? "" : " (open)")},
                     {std::string(to_string(each.severity)), look_of(to_string(each.severity))},
                     {fmt::format("{}", fmt::join(each.rules, ", "))},
                     {told(each)},
                     {instances(each)}},
                    &each});
    table.add(rows.back().first);
  }
  if (table.empty()) return;
  fmt::print("\n");
  const std::size_t width = line_width(whole);
  if (table.width() <= width) {
    tables.print(table);
  } else {
    for (auto& [row, episode] : rows) {
      row.pop_back();
      print_page(row, width);
      print_instances_of(*episode, width);
    }
  }
  if (left_out > 0) fmt::print("and {} earlier ones: --json has all\n", left_out);
}

/// How many incidents of the rule were open, at the most, in each part of the time.
Course course_of(const Outcome& outcome, const std::string& rule, std::size_t points) {
  Course course(points, 0.0);
  const double whole = std::max(in_seconds(outcome.to - outcome.from), 1.0);
  const auto place = [&](WallTime at) {
    const double part = in_seconds(at - outcome.from) / whole * static_cast<double>(points);
    return static_cast<std::size_t>(std::clamp(part, 0.0, static_cast<double>(points - 1)));
  };
  for (const backtest::Firing& firing : outcome.firings) {
    if (firing.rule != rule) continue;
    for (std::size_t i = place(firing.from); i <= place(firing.to.value_or(outcome.to)); ++i) {
      course[i] = *course[i] + 1;
    }
  }
  return course;
}

void print_plot(const Outcome& outcome, const std::vector<RuleReport>& rules,
                const TimeZone& zone) {
  const bool colour = colour_wanted();
  const std::size_t width = terminal_width();
  std::vector<Course> courses;
  std::vector<std::string> names;
  for (const RuleReport& rule : rules) {
    if (rule.firing == Duration::zero() || courses.size() == kPlottedRules) continue;
    courses.push_back(course_of(outcome, rule.rule, 2 * (width - 10)));
    names.push_back(rule.rule);
  }
  if (courses.empty()) return;
  fmt::print("\ninstances that fire:\n");
  const std::string from = moment(outcome.from, zone);
  const std::string to = moment(outcome.to, zone);
  if (colour || courses.size() == 1) {
    const std::size_t margin = plot_margin(courses);
    fmt::print("{}", plot(courses, {.width = width, .height = 8}, colour));
    fmt::print("{:{}}{}{:>{}}\n", "", margin, from, to,
               width > margin + from.size() ? width - margin - from.size() : to.size() + 1);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (colour) {
      fmt::print("{} ", styled("■ " + names[i], course_look(i), colour));
    } else {
      fmt::print("{} {}\n", sparkline(courses[i], width / 2), names[i]);
    }
  }
  if (colour) fmt::print("\n");
}

}  // namespace

void print_heading(const Past& past, const Outcome& outcome, const TimeZone& zone) {
  const std::size_t width = line_width(false);
  print_hanging(
      fmt::format("{}: {} to {}, {} of {}", past.source, moment(outcome.from, zone),
                  format_local(outcome.to, zone), humanize_duration(outcome.to - outcome.from),
                  counted(past.recording.targets.size(), "target")),
      width);
  for (const std::string& remark : past.remarks) print_hanging("note: " + remark, width);
  if (!outcome.absences.empty()) {
    Duration away{};
    for (const backtest::Absence& each : outcome.absences) away += each.to - each.from;
    const backtest::Absence& last = outcome.absences.back();
    print_hanging(
        fmt::format(
            "note: {} without any sample, {} in all, the last from {} to {}; nothing is judged "
            "there",
            outcome.absences.size() == 1 ? std::string("1 stretch")
                                         : fmt::format("{} stretches", outcome.absences.size()),
            humanize_duration(away), moment(last.from, zone), moment(last.to, zone)),
        width);
  }
  if (outcome.off_grid > 0) {
    fmt::print("note: {} ticks came too close upon another and were left out\n", outcome.off_grid);
  }
}

void print_report(const Past& past, const Backtested& tested, const Backtest& what,
                  const TimeZone& zone, bool whole) {
  FittedTables tables(whole);
  const auto rules = backtest::report(tested.outcome, zone);
  print_heading(past, tested.outcome, zone);
  print_table(rules, tables);
  print_silent(rules);
  print_sum(tested.outcome, rules);
  if (what.plot || on_terminal()) print_plot(tested.outcome, rules, zone);
  if (what.pages || !what.only.empty()) print_pages(tested.outcome, zone, tables, whole);
  tables.print_note();
}

void print_comparison(const Past& past, const Backtested& one, const Backtested& other,
                      const Backtest& what, const TimeZone& zone, bool whole) {
  FittedTables tables(whole);
  print_heading(past, one.outcome, zone);
  print_hanging(fmt::format("A is {}, B is {}", one.title, other.title), line_width(whole));
  const auto comparisons = backtest::compare(one.outcome, other.outcome);
  Table table({"RULE", "BOTH", "ONLY A", "ONLY B", "A SOONER BY"});
  table.wraps({"RULE"});
  for (const auto& each : comparisons) {
    const std::string name =
        each.rule == each.against ? each.rule : each.rule + " / " + each.against;
    const std::string absent = !each.here ? " (not in A)" : !each.there ? " (not in B)" : "";
    const Duration sooner = each.sooner < Duration::zero() ? -each.sooner : each.sooner;
    table.add({{name + absent},
               {std::to_string(each.both)},
               {std::to_string(each.only_one), each.only_one > 0 ? Look::odd : Look::plain},
               {std::to_string(each.only_other), each.only_other > 0 ? Look::odd : Look::plain},
               {each.both == 0                    ? ""
                : each.sooner == Duration::zero() ? "the same"
                : each.sooner < Duration::zero()  ? "-" + humanize_duration(sooner)
                                                  : humanize_duration(sooner)}});
  }
  tables.print(table);
  for (const Backtested* each : {&one, &other}) {
    print_sum(each->outcome, backtest::report(each->outcome, zone), each == &one ? "A: " : "B: ");
  }
  Table pages({"WHO", "OPENED", "LASTED", "RULE", "TOLD"});
  std::vector<std::vector<Cell>> rows;
  for (const auto& each : comparisons) {
    for (const backtest::Pair& pair : each.pairs) {
      if (pair.one != nullptr && pair.other != nullptr && !what.pages) continue;
      const Episode& shown = pair.one != nullptr ? *pair.one : *pair.other;
      const WallTime end = pair.one != nullptr ? one.outcome.to : other.outcome.to;
      rows.push_back({{pair.one == nullptr     ? "only B"
                       : pair.other == nullptr ? "only A"
                                               : "both"},
                      {moment(shown.opened, zone)},
                      {humanize_duration(shown.lasted(end)) + (shown.closed ? "" : " (open)")},
                      {fmt::format("{}", fmt::join(shown.rules, ", "))},
                      {told(shown)}});
      pages.add(rows.back());
    }
  }
  if (!pages.empty()) {
    fmt::print("\n");
    const std::size_t width = line_width(whole);
    if (pages.width() <= width) {
      tables.print(pages);
    } else {
      for (const auto& row : rows) print_page(row, width);
    }
  }
  tables.print_note();
}

}  // namespace tocsin::commands
