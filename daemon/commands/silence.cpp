#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/table.hpp"

namespace tocsin::commands {

namespace json = boost::json;

int silence(const Common& common, const Silence& what) {
  json::object body;
  body["matchers"] = json::string(what.matchers);
  body["for"] = json::string(what.lasts);
  body["reason"] = json::string(what.reason);
  return say(common, "/silence", std::move(body));
}

int end_silence(const Common& common, const std::string& silence) {
  json::object body;
  body["silence"] = json::string(silence);
  return say(common, "/unsilence", std::move(body));
}

int silences(const Common& common) {
  const auto answer = get(common, "/silences");
  if (!answer) return unreached(answer.error());
  if (answer->status != 200 || !answer->body.is_array()) return refused(*answer);
  Table table({"ID", "MATCHERS", "BY", "REASON", "CREATED", "UNTIL"});
  for (const json::value& one : answer->body.get_array())
    table.add({{text_of(one, "name")},
               {text_of(one, "matchers")},
               {text_of(one, "by")},
               {text_of(one, "reason")},
               {moment_of(text_of(one, "created"))},
               {moment_of(text_of(one, "until"))}});
  if (common.json) {
    print_json(answer->body);
  } else if (table.empty()) {
    fmt::print("nothing is silenced\n");
  } else {
    table.print();
  }
  return well;
}

}  // namespace tocsin::commands
