// What a parser stumbles over, seen by following a file's quotes and brackets: what was opened and
// never closed, and letters outside of quotes.
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

/// The first byte beyond ASCII outside of texts and comments, where TOML has no place for it. A byte
/// order mark at the beginning is none.
[[nodiscard]] std::optional<std::size_t> beyond_ascii(std::string_view text);

}  // namespace tocsin::toml
