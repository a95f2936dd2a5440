// Why a rule fires or does not: its expression with the value of each part, its instances, what
// they did, and what comes next.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <optional>

#include "commands/ask.hpp"
#include "commands/incident_next.hpp"
#include "commands/table.hpp"
#include "commands/terminal.hpp"
#include "commands/told_apart.hpp"
#include "commands/wrapped.hpp"
#include "http/control_client.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

constexpr std::size_t kTransitionsShown = 8;
constexpr std::size_t kInner = 2;  ///< of what belongs to the line before

using Hidden = std::vector<std::string>;  ///< labels

std::string series_name(const json::value& element) {
  const std::string labels = labels_of(member_of(element, "labels"));
  return labels.empty() ? "{}" : labels;
}

std::string what_it_judges(const json::value& answer) {
  std::string out = shown_member(answer, "rule");
  const json::value& threshold = member_of(answer, "threshold");
  if (threshold.is_object()) {
    out += ": " + text_of(threshold, "direction");
    for (const char* const severity : {"warning", "critical"}) {
      const std::string limit = shown_member(member_of(threshold, "shown"), severity);
      if (!limit.empty()) out += fmt::format(" {} ({})", limit, severity);
    }
    out += ", clear " + text_of(member_of(threshold, "shown"), "clear");
  } else if (member_of(answer, "normal").is_object()) {
    const json::value& normal = member_of(answer, "normal");
    out += fmt::format(": {} by {}", text_of(normal, "direction"), text_of(normal, "by"));
  } else {
    out += ": fires for each series of its result";
  }
  return out +
         fmt::format(", for {}, policy {}", text_of(answer, "for"), text_of(answer, "policy"));
}

void print_rule(const json::value& answer, std::size_t width) {
  const std::string name = shown_member(answer, "rule");
  std::vector<std::string> head = hanging_lines(printable(what_it_judges(answer)), width);
  if (head.front().starts_with(name))
    head.front().replace(0, name.size(), styled(name, Look::bold, colour_wanted()));
  for (const std::string& line : head) fmt::print("{}\n", line);
  const std::string at = text_of(answer, "last_evaluation");
  if (at.empty()) {
    fmt::print("  not evaluated yet\n");
  } else {
    print_hanging(fmt::format("evaluated {}, {} ago; the values are of then, not of now",
                              moment_of(at), age_of(at)),
                  width, kInner);
  }
  const std::string warm = text_of(answer, "warm_at");
  if (!warm.empty()) fmt::print("  warming up until {}\n", moment_of(warm));
  const std::string normal = shown_member(member_of(answer, "baseline"), "says");
  if (!normal.empty()) print_hanging(normal, width, kInner);
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

std::string in_short(const json::value& part, bool whole) {
  const std::string error = text_of(part, "error");
  if (!error.empty()) return "fails: " + error;
  const std::string type = text_of(part, "type");
  if (type == "range vector")
    return fmt::format("{:.0f} series, {:.0f} samples", number_of(part, "count"),
                       number_of(part, "samples"));
  const json::array& elements = array_of(part, "elements");
  if (type != "instant vector") return value_of(part);
  if (elements.empty()) return "nothing";
  if (elements.size() == 1) {
    const json::value& labels = member_of(elements[0], "labels");
    return value_of(elements[0]) + "  " + (whole ? labels_of(labels) : labels_apart(labels));
  }
  return fmt::format("{:.0f} series", number_of(part, "count"));
}

struct Part {
  std::size_t indent = 0;
  std::string expression;
  bool has_parts = false;  ///< which show again what is in it
  std::vector<Cell> values;
};

std::vector<Part> parts_of(const json::value& answer, bool whole) {
  std::vector<Part> out;
  for (const json::value& each : array_of(answer, "parts")) {
    Part part;
    part.indent = kInner * static_cast<std::size_t>(number_of(each, "depth"));
    if (!out.empty()) out.back().has_parts = part.indent > out.back().indent;
    const std::string record = text_of(each, "record");
    part.expression = printable((record.empty() ? "" : record + " = ") + text_of(each, "text"));
    const bool fails = !text_of(each, "error").empty();
    part.values.push_back({printable(in_short(each, whole)), fails ? Look::bad : Look::plain});
    const json::array& elements = array_of(each, "elements");
    if (elements.size() > 1) {
      const Hidden hidden = whole ? Hidden() : labels_to_hide(elements);
      for (const json::value& element : elements)
        part.values.push_back({value_of(element) + "  " +
                                   (whole ? series_name(element)
                                          : labels_apart(member_of(element, "labels"), hidden)),
                               Look::dim});
      const auto more = static_cast<std::size_t>(number_of(each, "count")) - elements.size();
      if (more > 0) part.values.push_back({fmt::format("and {} more", more), Look::dim});
    }
    out.push_back(std::move(part));
  }
  return out;
}

Table table_of(const std::vector<Part>& parts) {
  Table table({"EXPRESSION", "VALUE"});
  for (const Part& part : parts) {
    std::string left = std::string(part.indent, ' ') + part.expression;
    for (const Cell& value : part.values) {
      const std::size_t indent = &value == &part.values.front() ? 0 : kInner;
      table.add({{std::move(left)}, {std::string(indent, ' ') + value.text, value.look}});
      left.clear();
    }
  }
  return table;
}

void print_lines(const Cell& text, std::size_t width, std::size_t indent) {
  for (const std::string& line : hanging_lines(text.text, width, indent))
    fmt::print("{}\n", styled(line, text.look, colour_wanted()));
}

/// Each above what it is made of, for which reason the middle of an inner one may be cut.
void print_outline(const std::vector<Part>& parts, std::size_t width) {
  for (const Part& part : parts) {
    const std::size_t room = width > part.indent + 16 ? width - part.indent : 16;
    const bool inner = part.has_parts && part.indent > 0;
    const std::string what = inner ? cut_within(part.expression, room) : part.expression;
    const Cell result{"= " + part.values.front().text, part.values.front().look};
    if (part.indent + width_of(what) + kInner + width_of(result.text) <= width) {
      fmt::print("{:{}}{}  {}\n", "", part.indent, what,
                 styled(result.text, result.look, colour_wanted()));
    } else {
      print_lines({what}, width, part.indent);
      print_lines(result, width, part.indent + kInner);
    }
    for (std::size_t i = 1; i < part.values.size(); ++i)
      print_lines(part.values[i], width, part.indent + 2 * kInner);
  }
}

void print_parts(const json::value& answer, std::size_t width, FittedTables& shown) {
  const Table table = table_of(parts_of(answer, true));
  if (table.empty()) return;
  fmt::print("\n");
  if (table.width() <= width) return shown.print(table);
  print_outline(parts_of(answer, false), width);
  shown.abbreviated();
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

Table table_of(const json::array& instances, const std::optional<Hidden>& hidden) {
  Table table({"INSTANCE", "STATE", "SINCE", "VALUE", "OF", "DISTANCE", "WHY", "NEXT"});
  table.wraps({"INSTANCE", "DISTANCE", "WHY", "NEXT"});
  table.spares({"OF", "SINCE"});
  for (const json::value& one : instances) {
    const std::string state = text_of(one, "state");
    table.add({{hidden ? labels_apart(member_of(one, "labels"), *hidden) : series_name(one)},
               {state, look_of(state)},
               {moment_of(text_of(one, "since"))},
               {text_of(one, "shown_value")},
               {moment_of(text_of(one, "judged")), Look::dim},
               {text_of(one, "distance")},
               {text_of(one, "reason")},
               {steps_of(one)}});
  }
  return table;
}

/// One below the other, where a line has no room for all that is told of one.
void print_one_by_one(const json::array& instances, const Hidden& hidden, std::size_t width) {
  for (const json::value& one : instances) {
    print_hanging(labels_apart(member_of(one, "labels"), hidden), width);
    const std::string state = text_of(one, "state");
    const std::string since = moment_of(text_of(one, "since"));
    const std::string judged = moment_of(text_of(one, "judged"));
    fmt::print("  {}{}\n", styled(printable(state), look_of(state), colour_wanted()),
               since.empty() ? "" : " since " + since);
    std::string value = text_of(one, "shown_value");
    if (!value.empty() && !judged.empty()) value += " at " + judged;
    const std::string distance = text_of(one, "distance");
    if (!distance.empty()) value += (value.empty() ? "" : ": ") + distance;
    if (!value.empty()) print_hanging(value, width, kInner);
    const std::string reason = text_of(one, "reason");
    if (!reason.empty()) print_hanging("why: " + reason, width, kInner);
    const std::string next = steps_of(one);
    if (!next.empty()) print_hanging("next: " + next, width, kInner);
  }
}

/// Of those that are, and those that were.
Hidden hidden_of_instances(const json::value& answer) {
  json::array all = array_of(answer, "instances");
  for (const json::value& each : array_of(answer, "transitions")) all.push_back(each);
  return labels_to_hide(all);
}

void print_instances(const json::value& answer, std::size_t width, FittedTables& shown) {
  const json::array& instances = array_of(answer, "instances");
  fmt::print("\n");
  const Table whole = table_of(instances, std::nullopt);
  if (whole.empty()) {
    fmt::print("no instance: the expression gives nothing\n");
  } else if (whole.width() <= width) {
    shown.print(whole);
  } else {
    const Hidden hidden = hidden_of_instances(answer);
    const Table table = table_of(instances, hidden);
    const Table::Lost lost = table.lost(width);
    if (!hidden.empty()) shown.abbreviated();
    if (lost.cut || lost.left.size() > 1) {
      print_one_by_one(instances, hidden, width);
    } else {
      shown.print(table);
    }
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

void print_past(const json::value& answer, std::size_t width, FittedTables& shown) {
  const json::array& past = array_of(answer, "transitions");
  if (past.empty()) return;
  const auto table_with = [&past](const std::optional<Hidden>& hidden) {
    Table table({"WHEN", "INSTANCE", "FROM", "TO", "WHY"});
    table.wraps({"INSTANCE", "WHY"});
    table.spares({"FROM"});
    for (std::size_t i = 0; i < std::min(past.size(), kTransitionsShown); ++i) {
      const std::string to = text_of(past[i], "to");
      table.add(
          {{moment_of(text_of(past[i], "at")), Look::dim},
           {hidden ? labels_apart(member_of(past[i], "labels"), *hidden) : series_name(past[i])},
           {text_of(past[i], "from")},
           {to, look_of(to)},
           {text_of(past[i], "reason")}});
    }
    return table;
  };
  fmt::print("\n");
  const Table whole = table_with(std::nullopt);
  if (whole.width() <= width) return shown.print(whole);
  const Hidden hidden = hidden_of_instances(answer);
  if (!hidden.empty()) shown.abbreviated();
  shown.print(table_with(hidden));
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
  const std::size_t width = line_width(common.wide);
  print_rule(answer->body, width);
  FittedTables shown(common.wide);
  print_parts(answer->body, width, shown);
  print_notes(answer->body);
  print_instances(answer->body, width, shown);
  print_incidents(answer->body);
  print_past(answer->body, width, shown);
  shown.print_note();
  return status;
}

}  // namespace tocsin::commands
