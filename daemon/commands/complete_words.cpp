// The candidates that only the daemon, or the table of keys, knows.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "commands/completion.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/config/reference.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// A shell waits for it, with a person before it: no answer soon is no candidates.
constexpr Duration kPatience = std::chrono::seconds(1);

json::array answered(const Common& common, const std::string& target, std::string_view member) {
  const auto answer = get(common, target, kPatience);
  if (!answer || answer->status != 200) return {};
  const json::value& list = member.empty() ? answer->body : member_of(answer->body, member);
  return list.is_array() ? list.get_array() : json::array();
}

std::vector<Candidate> numbered(const json::array& all, std::string_view told) {
  std::vector<Candidate> out;
  for (const json::value& one : all) {
    if (text_of(one, "state") == "closed") continue;
    out.push_back({fmt::format("{:.0f}", number_of(one, "id")), text_of(one, told)});
  }
  return out;
}

std::vector<Candidate> named(const json::array& all, std::string_view told) {
  std::vector<Candidate> out;
  for (const json::value& one : all) out.push_back({text_of(one, "name"), text_of(one, told)});
  return out;
}

/// What [source.job.NAME] is called among the targets.
std::vector<Candidate> jobs(const json::array& targets) {
  constexpr std::string_view kKind = "job.";
  std::vector<Candidate> out;
  for (const json::value& one : targets) {
    const std::string name = text_of(one, "name");
    if (name.starts_with(kKind)) out.push_back({name.substr(kKind.size()), text_of(one, "detail")});
  }
  return out;
}

std::vector<Candidate> values_of(const std::string& kind, const Common& common) {
  if (kind == "INCIDENT") return numbered(answered(common, "/incidents", ""), "group");
  if (kind == "SILENCE") return numbered(answered(common, "/silences", ""), "matchers");
  if (kind == "WINDOW") return named(answered(common, "/maintenance", ""), "reason");
  if (kind == "RECEIVER") return named(answered(common, "/status", "receivers"), "error");
  if (kind == "JOB") return jobs(answered(common, "/status", "targets"));
  if (kind == "RULE") return named(answered(common, "/status", "rules"), "state");
  if (kind == "WHAT") {
    std::vector<Candidate> all = numbered(answered(common, "/incidents", ""), "group");
    for (Candidate& rule : named(answered(common, "/status", "rules"), "state"))
      all.push_back(std::move(rule));
    return all;
  }
  std::vector<Candidate> out;
  if (kind == "KEY") {
    for (std::string& word : config::words_with_help()) out.push_back({std::move(word), ""});
  }
  if (kind == "COMMAND") {
    const Grammar all = grammar();
    for (const Command* one : commands_within(all, {}))
      out.push_back({one->path.back(), one->meaning});
  }
  return out;
}

}  // namespace

int complete_words(const std::vector<std::string>& words) {
  const Completion found = complete(grammar(), words);
  if (found.kind == "FILE" || found.kind == "PATH") {
    fmt::print(":files\n");
    return well;
  }
  if (found.kind == "FOLDER") {
    fmt::print(":folders\n");
    return well;
  }
  Common common;
  if (found.folder) common.folder = *found.folder;
  common.socket = found.socket;
  std::vector<Candidate> all = found.candidates;
  for (Candidate& one : values_of(found.kind, common)) {
    if (one.word.starts_with(found.typed))
      all.push_back({found.prefix + one.word, std::move(one.meaning)});
  }
  for (const Candidate& one : all)
    fmt::print("{}\t{}\n", printable(one.word), printable(one.meaning));
  return well;
}

int completion_script(const std::string& shell) {
  fmt::print("{}", completion_script_of(shell));
  return well;
}

}  // namespace tocsin::commands
