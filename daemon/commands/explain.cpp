// Why a rule fires or does not: its expression with the value of each part, its instances, what
// they did, and what comes next.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/incident_next.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"
#include "http/control_client.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

constexpr std::size_t kTransitionsShown = 8;

std::string series_name(const json::value& element) {
  const std::string labels = labels_of(member_of(element, "labels"));
  return labels.empty() ? "{}" : labels;
}

void print_rule(const json::value& answer) {
  fmt::print("{}", styled(shown_member(answer, "rule"), Look::bold, colour_wanted()));
  const json::value& threshold = member_of(answer, "threshold");
  if (threshold.is_object()) {
    fmt::print(": {}", shown_member(threshold, "direction"));
    for (const char* const severity : {"warning", "critical"}) {
      const std::string limit = shown_member(member_of(threshold, "shown"), severity);
      if (!limit.empty()) fmt::print(" {} ({})", limit, severity);
    }
    fmt::print(", clear {}", shown_member(member_of(threshold, "shown"), "clear"));
  } else if (member_of(answer, "normal").is_object()) {
    const json::value& normal = member_of(answer, "normal");
    fmt::print(": {} by {}", shown_member(normal, "direction"), shown_member(normal, "by"));
  } else {
    fmt::print(": fires for each series of its result");
  }
  fmt::print(", for {}, policy {}\n", shown_member(answer, "for"), shown_member(answer, "policy"));
  const std::string at = text_of(answer, "last_evaluation");
  if (at.empty()) {
    fmt::print("  not evaluated yet\n");
  } else {
    fmt::print("  evaluated {}, {} ago; the values are of then, not of now\n", moment_of(at),
               age_of(at));
  }
  const std::string warm = text_of(answer, "warm_at");
  if (!warm.empty()) fmt::print("  warming up until {}\n", moment_of(warm));
  const std::string normal = shown_member(member_of(answer, "baseline"), "says");
  if (!normal.empty()) fmt::print("  {}\n", normal);
  const std::string nothing = text_of(answer, "nothing_since");
  if (!nothing.empty())
    fmt::print("  {}\n",
               styled("finds no series since " + moment_of(nothing), Look::odd, colour_wanted()));
  const std::string error = shown_member(answer, "error");
  if (!error.empty()) fmt::print("  {}\n", styled(error, Look::bad, colour_wanted()));
}

/// In its unit, or as many digits as tell one value from the other; --json has all.
std::string value_of(const json::value& element) {
  const std::string shown = text_of(element, "shown_value");
  if (!shown.empty()) return shown;
  const auto number = parse_number(text_of(element, "value"));
  return number ? fmt::format("{:.9g}", *number) : text_of(element, "value");
}

std::string in_short(const json::value& part) {
  const std::string error = text_of(part, "error");
  if (!error.empty()) return "fails: " + error;
  const std::string type = text_of(part, "type");
  if (type == "range vector")
    return fmt::format("{:.0f} series, {:.0f} samples", number_of(part, "count"),
                       number_of(part, "samples"));
  const json::array& elements = array_of(part, "elements");
  if (type != "instant vector") return value_of(part);
  if (elements.empty()) return "nothing";
  if (elements.size() == 1)
    return value_of(elements[0]) + "  " + labels_of(member_of(elements[0], "labels"));
  return fmt::format("{:.0f} series", number_of(part, "count"));
}

void print_parts(const json::value& answer, std::size_t width, FittedTables& shown) {
  const std::size_t half = width / 2;
  const std::size_t other_half = half - 2;
  Table table({"EXPRESSION", "VALUE"});
  table.wraps({"VALUE"});
  for (const json::value& part : array_of(answer, "parts")) {
    const std::size_t indent = 2 * static_cast<std::size_t>(number_of(part, "depth"));
    const std::size_t room = half > indent + 16 ? half - indent : 16;
    const bool fails = !text_of(part, "error").empty();
    const std::string result = in_short(part);
    const std::string record = text_of(part, "record");
    const std::string what = (record.empty() ? "" : record + " = ") + text_of(part, "text");
    table.add({{std::string(indent, ' ') + shown.cut(what, room)},
               {fails ? result : shown.cut(result, other_half), fails ? Look::bad : Look::plain}});
    const json::array& elements = array_of(part, "elements");
    if (elements.size() < 2) continue;
    for (const json::value& element : elements) {
      const std::string line = "  " + value_of(element) + "  " + series_name(element);
      table.add({{""}, {shown.cut(line, other_half), Look::dim}});
    }
    const auto more = static_cast<std::size_t>(number_of(part, "count")) - elements.size();
    if (more > 0) table.add({{""}, {fmt::format("  and {} more", more), Look::dim}});
  }
  if (table.empty()) return;
  fmt::print("\n");
  shown.print(table);
}

std::string steps_of(const json::value& instance) {
  std::string out;
  for (const json::value& step : array_of(instance, "next")) {
    const std::string at = moment_of(text_of(step, "at"));
    out += (out.empty() ? "" : "; ") + (at.empty() ? "" : at + " ") + text_of(step, "what");
  }
  const std::string withheld = text_of(instance, "withheld");
  if (!withheld.empty()) out += (out.empty() ? "" : "; ") + ("nobody is told: " + withheld);
  return out;
}

void print_notes(const json::value& answer) {
  const json::array& notes = array_of(answer, "notes");
  if (!notes.empty()) fmt::print("\n");
  for (const std::string& note : texts_of(notes))
    fmt::print("{}\n", styled(note, Look::odd, colour_wanted()));
}

void print_instances(const json::value& answer, FittedTables& shown) {
  Table table({"INSTANCE", "STATE", "SINCE", "VALUE", "OF", "DISTANCE", "WHY", "NEXT"});
  table.wraps({"WHY", "NEXT"});
  table.spares({"OF", "WHY", "SINCE", "DISTANCE"});
  for (const json::value& one : array_of(answer, "instances")) {
    const std::string state = text_of(one, "state");
    table.add({{series_name(one)},
               {state, look_of(state)},
               {moment_of(text_of(one, "since"))},
               {text_of(one, "shown_value")},
               {moment_of(text_of(one, "judged")), Look::dim},
               {text_of(one, "distance")},
               {text_of(one, "reason")},
               {steps_of(one)}});
  }
  fmt::print("\n");
  if (table.empty()) {
    fmt::print("no instance: the expression gives nothing\n");
  } else {
    shown.print(table);
  }
  const double more = number_of(answer, "well_not_shown");
  if (more > 0) fmt::print("and {:.0f} more that are well\n", more);
}

void print_incidents(const json::value& answer) {
  for (const json::value& incident : array_of(answer, "incidents")) {
    fmt::print("\nincident {:.0f}: {}, level {:.0f}\n", number_of(incident, "id"),
               shown_member(incident, "state"), number_of(incident, "level"));
    print_incident_next(incident);
  }
}

void print_past(const json::value& answer, FittedTables& shown) {
  const json::array& past = array_of(answer, "transitions");
  if (past.empty()) return;
  Table table({"WHEN", "INSTANCE", "FROM", "TO", "WHY"});
  table.wraps({"WHY"});
  for (std::size_t i = 0; i < std::min(past.size(), kTransitionsShown); ++i) {
    const std::string to = text_of(past[i], "to");
    table.add({{moment_of(text_of(past[i], "at")), Look::dim},
               {series_name(past[i])},
               {text_of(past[i], "from")},
               {to, look_of(to)},
               {text_of(past[i], "reason")}});
  }
  fmt::print("\n");
  shown.print(table);
}

bool fires(const json::value& answer) {
  const json::array& instances = array_of(answer, "instances");
  return std::any_of(instances.begin(), instances.end(), [](const json::value& one) {
    const std::string state = text_of(one, "state");
    return state == "firing" || state == "clearing";
  });
}

}  // namespace

int explain(const Common& common, const std::string& rule) {
  const auto answer = get(common, "/explain/" + http::url_encoded(rule));
  if (!answer) return unreached(answer.error());
  if (answer->status == 404) {
    refused(*answer);
    return usage_or_configuration;
  }
  if (answer->status != 200) return refused(*answer);
  const int status = fires(answer->body) ? fires_or_fails : well;
  if (common.json) {
    print_json(answer->body);
    return status;
  }
  print_rule(answer->body);
  FittedTables shown(common.wide);
  print_parts(answer->body, line_width(common.wide), shown);
  print_notes(answer->body);
  print_instances(answer->body, shown);
  print_incidents(answer->body);
  print_past(answer->body, shown);
  shown.print_note();
  return status;
}

}  // namespace tocsin::commands
