// A folder of files as a configuration: tocsin.toml, then conf.d/*.toml, then rules.d/*.toml, and
// the shipped packs that they enable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "snapshot.hpp"
#include "tocsin/config/validate.hpp"
#include "tocsin/ruletest/suite.hpp"

namespace tocsin::toml {

struct LoadOptions {
  std::string host_name;     ///< where the configuration names none
  std::string rules_folder;  ///< the shipped packs, where `[packs] path` names none; "" : none
  std::string zone_folder = "/usr/share/zoneinfo";
  /// Where a folder has no tocsin.toml, the built-in one counts: this host and tocsin itself, told
  /// to the console.
  bool embedded = false;
};

/// It is not there; what may not be looked at is no absence.
[[nodiscard]] bool is_absent(const std::string& path);

/// Blocks on the file system: for the start, for `check`, and for the pool on a reload.
/// `snapshot` is of the files as they were before they were read.
[[nodiscard]] config::Loaded load(const std::string& folder, const LoadOptions& options,
                                  Snapshot* snapshot = nullptr);
/// The same from memory; packs are still read from their folder.
[[nodiscard]] config::Loaded load_texts(std::vector<config::File> files,
                                        const LoadOptions& options);

struct LoadedWith {
  config::Loaded loaded;
  std::vector<std::string> rules;  ///< that the files define or tune, as written
};
/// A configuration as if rule files stood in it: what they name takes the place of what it has
/// under the same names, shipped or its own. `paths` are files, or folders of them. Without a
/// `folder`, the built-in configuration.
[[nodiscard]] LoadedWith load_with(const std::string& folder, const std::vector<std::string>& paths,
                                   const LoadOptions& options, bool fed_elsewhere = false);

struct LoadedSuite {
  std::optional<ruletest::Suite> suite;  ///< only where nothing is an error
  std::vector<config::Diagnostic> diagnostics;
};
/// A test file with the configuration that it tests. What `check` only warns of is left out.
[[nodiscard]] LoadedSuite load_suite(const std::string& path, const LoadOptions& options);
/// The same from memory; what it loads is still read from files.
[[nodiscard]] LoadedSuite suite_from(config::File file, const LoadOptions& options);

/// A receiver from its `definition` (see outbox::Receiver), after a reload or a restart without it.
[[nodiscard]] Result<config::ReceiverDefinition> receiver_from(std::string_view definition);

}  // namespace tocsin::toml
