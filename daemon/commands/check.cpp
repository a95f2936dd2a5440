#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdio>

#include "commands/ask.hpp"
#include "commands/commands.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

json::object json_of(const config::Diagnostic& diagnostic) {
  json::object out;
  out["level"] = diagnostic.level == config::Level::error ? "error" : "warning";
  out["file"] = json::string(diagnostic.file);
  out["line"] = diagnostic.line;
  out["column"] = diagnostic.column;
  out["length"] = diagnostic.length;
  out["message"] = json::string(diagnostic.message);
  out["hint"] = json::string(diagnostic.hint);
  return out;
}

void print(const Common& common, const config::Loaded& loaded) {
  const auto errors = std::count_if(
      loaded.diagnostics.begin(), loaded.diagnostics.end(),
      [](const config::Diagnostic& one) { return one.level == config::Level::error; });
  const auto warnings = static_cast<std::ptrdiff_t>(loaded.diagnostics.size()) - errors;
  if (!loaded.diagnostics.empty()) fmt::print("{}\n", config::render(loaded.diagnostics));
  const auto many = [](std::ptrdiff_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  if (!loaded.config) {
    fmt::print("{}: {}, {}\n", common.folder, many(errors, "error"), many(warnings, "warning"));
    return;
  }
  const config::EngineConfig& engine = loaded.config->engine;
  const auto count = [&many](std::size_t number, std::string_view what) {
    return many(static_cast<std::ptrdiff_t>(number), what);
  };
  fmt::print("{}: well; {}, {}, {}, {}\n", common.folder, count(engine.targets.size(), "target"),
             count(engine.rules.size(), "rule"), count(engine.receivers.size(), "receiver"),
             many(warnings, "warning"));
}

}  // namespace

int check(const Common& common) {
  app::RunOptions options;
  options.folder = common.folder;
  const config::Loaded loaded = app::load_configuration(options);
  if (common.json) {
    json::array diagnostics;
    for (const config::Diagnostic& one : loaded.diagnostics) diagnostics.push_back(json_of(one));
    json::object out;
    out["ok"] = loaded.config.has_value();
    out["diagnostics"] = std::move(diagnostics);
    print_json(out);
  } else {
    print(common, loaded);
  }
  return loaded.config ? well : usage_or_configuration;
}

}  // namespace tocsin::commands
