// What was opened and never closed: a parser stumbles over it lines later.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace tocsin::toml {

/// The byte of the list's bracket, or of the quotes, that are still open where the parser stumbled
/// (`stumbled`, a byte), while what stands there is meant to be outside of them. Nothing where the
/// mistake is another.
[[nodiscard]] std::optional<std::size_t> unclosed_before(std::string_view text,
                                                         std::size_t stumbled);

}  // namespace tocsin::toml
