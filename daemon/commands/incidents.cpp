#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/incident_next.hpp"
#include "commands/table.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// How long it has been open, or was.
std::string span_of(const json::value& incident) {
  const auto opened = parse_rfc3339(text_of(incident, "opened"));
  const auto closed = parse_rfc3339(text_of(incident, "closed"));
  if (!opened) return "";
  if (!closed) return age_of(text_of(incident, "opened"));
  return humanize_duration(std::max(Duration(0), *closed - *opened));
}

}  // namespace

int incidents(const Common& common, bool all) {
  const auto answer = get(common, "/incidents");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200 || !answer->body.is_array()) return refused(*answer);
  Table table({"ID", "STATE", "SEVERITY", "IMPACT", "LEVEL", "WHAT", "OPENED", "LASTS",
               "ACKNOWLEDGED BY", "NEXT"});
  table.wraps({"NEXT"});
  table.spares({"IMPACT", "OPENED", "LASTS", "SEVERITY", "ACKNOWLEDGED BY"});
  bool open = false;
  json::array shown;
  for (const json::value& one : answer->body.get_array()) {
    const std::string state = text_of(one, "state");
    open = open || state != "closed";
    if (state == "closed" && !all) continue;
    const std::string withheld = text_of(one, "withheld");
    shown.push_back(one);
    table.add({{fmt::format("{:.0f}", number_of(one, "id"))},
               {state + (withheld.empty() ? "" : ", " + withheld),
                withheld.empty() ? look_of(state) : Look::odd},
               {text_of(one, "severity"), look_of(text_of(one, "severity"))},
               {text_of(one, "impact")},
               {fmt::format("{:.0f}{}", number_of(one, "level"),
                            flag_of(one, "told_nobody") ? ", told nobody" : ""),
                flag_of(one, "told_nobody") ? Look::bad : Look::plain},
               {text_of(one, "group")},
               {moment_of(text_of(one, "opened"))},
               {span_of(one)},
               {text_of(member_of(one, "acknowledged"), "by")},
               {next_of(one)}});
  }
  if (common.json) {
    print_json(shown);
  } else if (table.empty()) {
    fmt::print("no incident is open\n");
  } else {
    FittedTables fitted(common.wide);
    fitted.print(table);
    fitted.print_note();
  }
  return open ? fires_or_fails : well;
}

}  // namespace tocsin::commands
