#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <vector>

#include "commands/ask.hpp"
#include "commands/silence_target.hpp"
#include "commands/table.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// The daemon is asked what the word stands for; where that is nothing, it ends here with a status.
tl::expected<std::string, int> matchers_meant(const Common& common, const std::string& word) {
  const auto told = [](const std::string& why) {
    fmt::print(stderr, "tocsin: {}\n", printable(why));
    return tl::unexpected<int>(fires_or_fails);
  };
  if (const auto number = incident_meant(word)) {
    const auto answer = get(common, fmt::format("/incidents/{}", *number));
    if (!answer) return tl::unexpected<int>(unreached(answer.error()));
    if (answer->status != 200) return tl::unexpected<int>(refused(*answer));
    const auto matchers = matchers_of_incident(answer->body);
    if (!matchers) return told(matchers.error().text);
    return *matchers;
  }
  if (!rule_meant(word)) return word;
  const auto status = get(common, "/status");
  if (!status) return tl::unexpected<int>(unreached(status.error()));
  std::vector<std::string> names;
  for (const json::value& rule : array_of(status->body, "rules"))
    names.push_back(text_of(rule, "name"));
  if (std::find(names.begin(), names.end(), word) != names.end()) return matchers_of_rule(word);
  const std::string near = nearest(word, names);
  return told(fmt::format("no rule is called `{}`{}", word,
                          near.empty() ? "; matchers are written '{label=\"value\"}'"
                                       : ": did you mean `" + near + "`?"));
}

}  // namespace

int silence(const Common& common, const Silence& what) {
  const auto matchers = matchers_meant(common, what.what);
  if (!matchers) return matchers.error();
  json::object body;
  body["matchers"] = json::string(*matchers);
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
