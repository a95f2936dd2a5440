// Strings in expressions: "…" and '…' with escapes, `…` without.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "tocsin/expr/expression.hpp"

namespace tocsin::expr {

struct StringLiteral {
  std::string value;
  std::size_t end = 0;  ///< offset behind the closing quote
};

/// `text[start]` is the opening quote.
[[nodiscard]] tl::expected<StringLiteral, ParseError> read_string(std::string_view text,
                                                                  std::size_t start);

}  // namespace tocsin::expr
