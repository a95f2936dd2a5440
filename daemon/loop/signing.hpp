// Signatures by a shared key, and the bytes that keys are made of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::loop {

/// HMAC-SHA256: 32 bytes.
[[nodiscard]] Result<std::string> hmac_sha256(std::string_view key, std::string_view text);
/// SHA-256: 32 bytes.
[[nodiscard]] Result<std::string> sha256(std::string_view text);
/// Takes as long wherever the two differ; what is not of one length is told apart at once.
[[nodiscard]] bool same_signature(std::string_view a, std::string_view b);
/// For keys: nobody can foretell them.
[[nodiscard]] Result<std::string> secret_bytes(std::size_t count);

}  // namespace tocsin::loop
