// From the syntax-free tree to a configuration that can be run, or to everything that is wrong with
// it at once. Pure: whoever read the files has put all that counts into the input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/config/diagnostic.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

struct Options {
  std::string host_name;      ///< where the configuration names none
  bool console_only = false;  ///< it is meant that nobody but the console hears, whatever it says
  bool fed_elsewhere =
      false;  ///< samples come from elsewhere than its sources: they are not judged
};

/// A reference to a secret, and a diagnostic at its place that says whose it is.
struct SecretReference {
  Secret secret;
  Diagnostic at;
};

struct Loaded {
  std::optional<Config> config;  ///< only where nothing is an error
  std::vector<Diagnostic> diagnostics;
  std::vector<SecretReference> secrets;
};

/// `found` is what reading the files has already brought to light.
[[nodiscard]] Loaded validate(const Input& input, const Options& options,
                              std::vector<Diagnostic> found = {});

/// The packs that `[packs] enable` names, each with its place: the reader must know them before
/// everything else is judged.
struct PackWish {
  std::string name;
  Place place;
};
struct PackWishes {
  std::vector<PackWish> enable;
  std::string path;  ///< "" : where the package puts them
};
[[nodiscard]] PackWishes wished_packs(const Input& input);

/// The time zones that maintenance windows and baselines name, each once: the reader puts them into
/// the input.
[[nodiscard]] std::vector<std::string> wished_zones(const Input& input);

/// A receiver from what stands in its own table, without regard to any other. Fails with the first
/// thing that is wrong.
[[nodiscard]] Result<ReceiverDefinition> receiver_alone(const Input& input);

/// The same configuration for every way of writing it: TOML, keys sorted.
[[nodiscard]] std::string canonical_section(std::string_view family, std::string_view name,
                                            const Value& table);

}  // namespace tocsin::config
