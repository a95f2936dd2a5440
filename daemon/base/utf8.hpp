// One character of UTF-8 after the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tocsin {

[[nodiscard]] inline unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

struct Character {
  std::size_t length;  ///< bytes; 0: not valid UTF-8 here
  std::uint32_t code;
};

/// The character at the start of `text`, which is not empty: shortest forms only, no surrogates.
[[nodiscard]] Character character(std::string_view text);

}  // namespace tocsin
