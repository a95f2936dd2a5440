#include <fmt/format.h>

#include "commands/ask.hpp"
#include "commands/table.hpp"

namespace tocsin::commands {

int announce(const Common& common, const Announcement& what) {
  boost::json::object body;
  body["text"] = boost::json::string(what.text);
  if (!what.link.empty()) body["link"] = boost::json::string(what.link);
  if (!what.concerns.empty()) body["concerns"] = boost::json::string(what.concerns);
  return say(common, "/change", std::move(body));
}

int changes(const Common& common) {
  const auto answer = get(common, "/changes");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200 || !answer->body.is_array()) return refused(*answer);
  Table table({"AT", "BY", "CHANGE", "CONCERNS", "LINK"});
  for (const boost::json::value& one : answer->body.get_array())
    table.add({{moment_of(text_of(one, "at"))},
               {text_of(one, "by")},
               {text_of(one, "text")},
               {text_of(one, "concerns")},
               {text_of(one, "link")}});
  if (common.json) {
    print_json(answer->body);
  } else if (table.empty()) {
    fmt::print("no change was announced in the last day\n");
  } else {
    table.print();
  }
  return well;
}

}  // namespace tocsin::commands
