// Whether the secrets that a configuration names can be read from here.
#pragma once

#include <vector>

#include "tocsin/config/validate.hpp"

namespace tocsin::app {

/// A warning for each reference that cannot be read, at the first place that makes it. Credentials
/// are given to the unit alone: where this process has none at all, one warning names them
/// together. Reads the secrets: blocks on the file system.
[[nodiscard]] std::vector<config::Diagnostic> secret_warnings(
    const std::vector<config::SecretReference>& references);

}  // namespace tocsin::app
