// What the command line says of a run, and where its configuration comes from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/config/validate.hpp"
#include "toml/snapshot.hpp"

namespace tocsin::app {

struct RunOptions {
  std::string folder = "/etc/tocsin";
  /// Where there is no tocsin.toml in it: watch this host by the shipped rules and tell the
  /// terminal. A folder other than the usual must be there all the same.
  bool embedded = false;
  std::optional<std::string> state;   ///< instead of `[storage] path`
  std::optional<std::string> listen;  ///< instead of `[listen] address`
  std::optional<std::string> socket;  ///< instead of `[control] socket`
};

/// What the command line may put other words above.
struct Places {
  config::Listen listen;
  config::Control control;
  config::Storage storage;
};
struct Configuration : config::Loaded {
  Places written;           ///< as the files say
  toml::Snapshot snapshot;  ///< of the files
};
/// Reads and judges the whole configuration, and puts the command line's word above it.
/// Blocks on the file system.
[[nodiscard]] Configuration load_configuration(const RunOptions& options);

/// The same with rule files in place of what it has under their names (see toml::load_with). A path
/// that is a whole configuration (it has a tocsin.toml) takes the folder's place; where there is no
/// folder either, the built-in one is what the files stand in. `rules`: those that they name.
[[nodiscard]] Configuration load_edited(const RunOptions& options, std::vector<std::string> paths,
                                        std::vector<std::string>& rules, bool fed_elsewhere);

/// The folder of the shipped packs: where the package puts them, or the checkout's.
[[nodiscard]] std::string rules_folder();

/// Where the daemon of this configuration is asked, also where the rest of it is wrong: a person
/// who broke a rule must still reach the daemon that runs.
[[nodiscard]] std::string configured_socket(const std::string& folder);

/// A receiver from the text that is kept of it (outbox::Receiver::definition).
[[nodiscard]] Result<config::ReceiverDefinition> receiver_from(const std::string& definition);

}  // namespace tocsin::app
