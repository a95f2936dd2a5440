#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/table.hpp"

namespace tocsin::commands {

namespace json = boost::json;

int alerts(const Common& common) {
  const auto answer = get(common, "/alerts");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200 || !answer->body.is_array()) return refused(*answer);
  bool firing = false;
  Table table({"RULE", "LABELS", "STATE", "SEVERITY", "VALUE", "SINCE", "REASON", "INCIDENT"});
  table.spares({"SINCE", "REASON", "SEVERITY", "INCIDENT"});
  for (const json::value& one : answer->body.get_array()) {
    const std::string state = text_of(one, "state");
    firing = firing || state == "firing" || state == "clearing";
    const double incident = number_of(one, "incident");
    table.add({{text_of(one, "rule")},
               {labels_of(member_of(one, "labels"))},
               {state, look_of(state)},
               {text_of(one, "severity"), look_of(text_of(one, "severity"))},
               {text_of(one, "shown_value")},
               {moment_of(text_of(one, "since"))},
               {text_of(one, "reason"), Look::dim},
               {incident > 0 ? fmt::format("{:.0f}", incident) : ""}});
  }
  if (common.json) {
    print_json(answer->body);
  } else if (table.empty()) {
    fmt::print("no alert is pending or firing\n");
  } else {
    FittedTables shown(common.wide);
    shown.print(table);
    shown.print_note();
  }
  return firing ? fires_or_fails : well;
}

}  // namespace tocsin::commands
