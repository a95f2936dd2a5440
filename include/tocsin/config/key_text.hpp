// A row of the table of keys in words: what help, reference and man page have in common.
#pragma once

#include <string>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

/// The section's header, or what to call the top of a file.
[[nodiscard]] std::string header_text(const Section& section);
/// The type, or the words of which it is one.
[[nodiscard]] std::string type_text(const Key& key);
/// The default as one would write it, or "required"; "" where there is none.
[[nodiscard]] std::string default_text(const Key& key);
/// "1s to 1h", "at least 1"; "" where there are none.
[[nodiscard]] std::string bounds_text(const Key& key);

}  // namespace tocsin::config
