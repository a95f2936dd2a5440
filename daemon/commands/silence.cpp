#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <vector>

#include "commands/ask.hpp"
#include "commands/silence_target.hpp"
#include "commands/table.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/model/incident.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

Result<std::vector<std::string>> rule_names(const Common& common) {
  const auto status = get(common, "/status");
  if (!status) return tl::unexpected(status.error());
  std::vector<std::string> names;
  for (const json::value& rule : array_of(status->body, "rules"))
    names.push_back(text_of(rule, "name"));
  return names;
}

tl::unexpected<int> ended(const std::string& why, int status = fires_or_fails) {
  fmt::print(stderr, "tocsin: {}\n", printable(why));
  return tl::unexpected<int>(status);
}

tl::expected<std::string, int> matchers_of(const Common& common, IncidentId incident) {
  const auto answer = get(common, fmt::format("/incidents/{}", incident.value));
  if (!answer) return tl::unexpected<int>(unreached(answer.error()));
  const auto matchers = answer->status == 200
                            ? matchers_of_incident(answer->body)
                            : fail(ErrorCode::not_found, text_of(answer->body, "text"));
  if (matchers) return *matchers;
  const std::string number = std::to_string(incident.value);
  const auto rules = rule_names(common);
  const bool rule = rules && std::find(rules->begin(), rules->end(), number) != rules->end();
  return ended(matchers.error().text +
               (rule ? "; the rule of that name: tocsin silence --rule " + number : ""));
}

/// The daemon is asked what the word stands for; where that is nothing, it ends here with a status.
tl::expected<std::string, int> matchers_meant(const Common& common, const Silence& what) {
  const std::string& word = what.what;
  if (const auto incident = what.rule ? std::nullopt : incident_named(word))
    return matchers_of(common, *incident);
  if (!what.rule && !rule_meant(word)) return word;
  const auto names = rule_names(common);
  if (!names) return tl::unexpected<int>(unreached(names.error()));
  if (std::find(names->begin(), names->end(), word) != names->end()) return matchers_of_rule(word);
  const bool meant = !nearest(word, *names).empty();
  return ended(nothing_called("rule", word, *names) +
                   (meant ? "" : "; matchers are written '{label=\"value\"}'"),
               usage_or_configuration);
}

}  // namespace

int silence(const Common& common, const Silence& what) {
  const auto matchers = matchers_meant(common, what);
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
    FittedTables shown(common.wide);
    shown.print(table);
    shown.print_note();
  }
  return well;
}

}  // namespace tocsin::commands
