// One incident as a story: what it is, what belongs to it, and what happened, line by line.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/incident_next.hpp"
#include "commands/table.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

void incident_head(const json::value& incident) {
  const bool colour = colour_wanted();
  const std::string state = text_of(incident, "state");
  fmt::print(
      "{} {}: {}, {}, impact {}, level {:.0f}\n", styled("incident", Look::bold, colour),
      styled(fmt::format("{:.0f} {}", number_of(incident, "id"), shown_member(incident, "group")),
             Look::bold, colour),
      styled(printable(state), look_of(state), colour), shown_member(incident, "severity"),
      shown_member(incident, "impact"), number_of(incident, "level"));
  fmt::print("  policy {}; opened {}, {} ago\n", shown_member(incident, "policy"),
             moment_of(text_of(incident, "opened")), age_of(text_of(incident, "opened")));
  if (state == "closed")
    fmt::print("  closed {}: {}\n", moment_of(text_of(incident, "closed")),
               shown_member(incident, "close_reason"));
  if (!flag_of(incident, "recorded")) fmt::print("  not recorded\n");
  const std::string withheld = shown_member(incident, "withheld");
  if (!withheld.empty()) fmt::print("  nobody is told: {}\n", styled(withheld, Look::odd, colour));
  if (flag_of(incident, "told_nobody"))
    fmt::print("  {}\n", styled("nobody could be told of this level", Look::bad, colour));
}

void alerts(const json::value& incident, FittedTables& shown) {
  const json::value& all = member_of(incident, "alerts");
  if (!all.is_array() || all.get_array().empty()) return;
  Table table({"ALERT", "STATE", "SEVERITY", "VALUE", "SINCE", ""});
  table.spares({"SINCE", "SEVERITY"});
  for (const json::value& one : all.get_array())
    table.add({{text_of(one, "rule") + labels_of(member_of(one, "labels"))},
               {text_of(one, "state"), look_of(text_of(one, "state"))},
               {text_of(one, "severity"), look_of(text_of(one, "severity"))},
               {text_of(one, "shown_value")},
               {moment_of(text_of(one, "since"))},
               {text_of(one, "withheld"), Look::odd}});
  fmt::print("\n");
  shown.print(table);
}

void story(const json::value& incident, FittedTables& shown) {
  const json::value& timeline = member_of(incident, "timeline");
  if (!timeline.is_array()) return;
  Table table({"WHEN", "", "WHAT HAPPENED"});
  table.wraps({"WHAT HAPPENED"});
  for (const json::value& entry : timeline.get_array())
    table.add({{moment_of(text_of(entry, "at")), Look::dim},
               {text_of(entry, "kind"), Look::bold},
               {text_of(entry, "text")}});
  fmt::print("\n");
  shown.print(table);
}

}  // namespace

int show_incident(const Common& common, std::uint64_t incident) {
  const auto answer = get(common, fmt::format("/incidents/{}", incident));
  if (!answer) return unreached(answer.error());
  if (common.json && answer->status == 200) {
    print_json(answer->body);
    return well;
  }
  if (answer->status != 200) return refused(*answer);
  FittedTables shown(common.wide);
  // An incident that closed long ago lives in storage alone: only its story is known.
  if (member_of(answer->body, "group").is_string()) {
    incident_head(answer->body);
    print_incident_next(answer->body);
    alerts(answer->body, shown);
  }
  story(answer->body, shown);
  shown.print_note();
  const std::string lacks = shown_member(answer->body, "timeline_lacks");
  if (!lacks.empty()) fmt::print(stderr, "tocsin: the story has gaps: {}\n", lacks);
  return well;
}

}  // namespace tocsin::commands
