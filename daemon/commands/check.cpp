#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "app/acknowledge_links.hpp"
#include "app/changes_json.hpp"
#include "app/notes.hpp"
#include "app/secret_check.hpp"
#include "app/template_check.hpp"
#include "commands/ask.hpp"
#include "commands/check_json.hpp"
#include "commands/commands.hpp"
#include "toml/load.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// `embedded`: the built-in configuration stands where the folder has none.
void print(const Common& common, bool embedded, const config::Loaded& loaded) {
  const auto errors = std::count_if(
      loaded.diagnostics.begin(), loaded.diagnostics.end(),
      [](const config::Diagnostic& one) { return one.level == config::Level::error; });
  const auto warnings = static_cast<std::ptrdiff_t>(loaded.diagnostics.size()) - errors;
  if (!loaded.diagnostics.empty()) fmt::print("{}\n", config::render(loaded.diagnostics));
  const auto many = [](std::ptrdiff_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  if (!loaded.config) {
    // Also for whoever throws the diagnostics away, as scripts do.
    std::fflush(stdout);
    fmt::print(stderr, "{}: {}, {}\n", common.folder, many(errors, "error"),
               many(warnings, "warning"));
    return;
  }
  const config::EngineConfig& engine = loaded.config->engine;
  const auto count = [&many](std::size_t number, std::string_view what) {
    return many(static_cast<std::ptrdiff_t>(number), what);
  };
  const std::string records =
      engine.records.empty() ? "" : count(engine.records.size(), "record") + ", ";
  const bool built_in = embedded && toml::is_absent(common.folder + "/tocsin.toml");
  fmt::print("{}{}: well; {}, {}{}, {}, {}\n", built_in ? "the built-in configuration, " : "",
             common.folder, count(engine.targets.size(), "target"), records,
             count(engine.rules.size(), "rule"), count(engine.receivers.size(), "receiver"),
             many(warnings, "warning"));
}

/// Against what the daemon runs, which must be reached.
Result<config::Difference> changes_of(const Common& common, const app::Configuration& read) {
  const auto answer = get(common, "/configuration");
  if (!answer) return tl::unexpected(answer.error());
  const auto running = app::description_from(member_of(answer->body, "items"));
  if (!running) return tl::unexpected(running.error());
  return config::difference(*running, config::describe(*read.config));
}

/// What the daemon notes of rules that are new; nothing where it is too old to be asked.
std::vector<std::string> notes_of(const Common& common, const config::Difference& changes,
                                  const config::EngineConfig& next) {
  const auto expressions = app::new_expressions(changes, next);
  if (expressions.empty()) return {};
  const auto answer = post(common, "/notes",
                           app::asked_notes(expressions, next.records, app::adds_target(changes)));
  if (!answer || answer->status != 200) return {};
  return texts_of(array_of(answer->body, "notes"));
}

void print(const config::Difference& changes, const std::vector<std::string>& notes) {
  if (changes.empty()) fmt::print("a reload would change nothing\n");
  fmt::print("{}", config::render(changes));
  for (const std::string& note : notes) fmt::print("note: {}\n", note);
}

}  // namespace

int check(const Common& common, const Check& how) {
  app::RunOptions options;
  options.folder = common.folder;
  options.embedded = how.embedded;
  app::Configuration read = app::load_configuration(options);
  for (config::Diagnostic& each : app::secret_warnings(read.secrets))
    read.diagnostics.push_back(std::move(each));
  if (read.config) {
    for (config::Diagnostic& each : app::template_warnings(*read.config, common.folder))
      read.diagnostics.push_back(std::move(each));
    const bool links = !read.config->listen.external_url.empty();
    if (auto key = links ? app::exposed_key(read.config->storage.path) : std::nullopt)
      read.diagnostics.push_back(*std::move(key));
  }
  json::object out = check_json(read, common.folder);
  if (!common.json) print(common, how.embedded, read);
  Result<config::Difference> changes = config::Difference{};
  if (how.diff && read.config) {
    changes = changes_of(common, read);
    std::vector<std::string> notes;
    if (changes) notes = notes_of(common, *changes, read.config->engine);
    if (changes && common.json) {
      out["changes"] = app::json_of(*changes);
      out["notes"] = app::json_of_notes(notes);
    }
    if (changes && !common.json) print(*changes, notes);
  }
  if (common.json) print_json(out);
  if (!read.config) return usage_or_configuration;
  return changes ? well : unreached(changes.error());
}

}  // namespace tocsin::commands
