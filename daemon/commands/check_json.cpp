#include "commands/check_json.hpp"

#include <boost/json/array.hpp>

#include "app/json.hpp"

namespace tocsin::commands {

namespace json = boost::json;

namespace {

/// Diagnostics name files of the folder below it, others by their path.
std::string path_of(const std::string& file, const std::string& folder) {
  if (file.empty() || file.starts_with('/') || file.starts_with('(')) {
    return file.starts_with('/') ? file : "";
  }
  return folder + (folder.ends_with('/') ? "" : "/") + file;
}

}  // namespace

json::object json_of(const config::Diagnostic& diagnostic, const std::string& folder) {
  json::object out;
  out["level"] = diagnostic.level == config::Level::error ? "error" : "warning";
  out["file"] = app::text(diagnostic.file);
  out["path"] = app::text(path_of(diagnostic.file, folder));
  out["line"] = diagnostic.line;
  out["column"] = diagnostic.column;
  out["length"] = diagnostic.length;
  out["message"] = app::text(diagnostic.message);
  out["hint"] = app::text(diagnostic.hint);
  out["source"] = app::text(diagnostic.source);
  return out;
}

json::object check_json(const config::Loaded& loaded, const std::string& folder) {
  json::array diagnostics;
  std::uint64_t errors = 0;
  for (const config::Diagnostic& one : loaded.diagnostics) {
    if (one.level == config::Level::error) ++errors;
    diagnostics.push_back(json_of(one, folder));
  }
  json::object out;
  out["ok"] = loaded.config.has_value();
  out["errors"] = errors;
  out["warnings"] = loaded.diagnostics.size() - errors;
  out["diagnostics"] = std::move(diagnostics);
  return out;
}

}  // namespace tocsin::commands
