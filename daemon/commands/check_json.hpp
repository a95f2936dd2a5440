// What `tocsin check --json` prints. Editors read it: members are added, never renamed or removed.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "tocsin/config/validate.hpp"

namespace tocsin::commands {

/// { "ok": false, "errors": 1, "warnings": 0, "diagnostics": [ {
///     "level": "error" | "warning",
///     "file": "rules.d/app.toml",               as people read it
///     "path": "/etc/tocsin/rules.d/app.toml",   as an editor opens it; "" : no file on disk
///     "line": 12, "column": 9, "length": 3,     from 1, in characters; line 0: the whole file
///     "message": "unknown key `abvoe` in [rule.A]",
///     "hint": "did you mean `above`?",          or ""
///     "source": "abvoe = 3" } ] }               the line itself, secrets as asterisks
/// With --diff also "changes" (app/changes_json.hpp), and "notes": [ "rule A: no series is called
/// …" ] on new expressions that find no series in the daemon.
[[nodiscard]] boost::json::object check_json(const config::Loaded& loaded,
                                             const std::string& folder);

/// One of its diagnostics.
[[nodiscard]] boost::json::object json_of(const config::Diagnostic& diagnostic,
                                          const std::string& folder);

}  // namespace tocsin::commands
