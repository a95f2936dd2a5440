// Text in a terminal's columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tocsin {

/// The columns that terminals give to UTF-8 text of one line: two to an ideograph or an emoji, none
/// to a mark over a letter, one to a byte that is no UTF-8. Parts that a zero width joiner holds
/// together are one glyph, as newer terminals show them.
[[nodiscard]] std::size_t width_of(std::string_view text);
/// The text in at most so many columns, at least one; where it is wider it ends in "…". No glyph is
/// cut.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t width);

}  // namespace tocsin
