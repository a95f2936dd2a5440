// Turns a secret's reference into the secret, at the moment of use.
#pragma once

#include <string>

#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {

/// An empty reference gives an empty secret. Errors name the reference, never the content. One
/// trailing newline is trimmed.
[[nodiscard]] Result<std::string> read_secret(const config::Secret& secret);

}  // namespace tocsin::loop
