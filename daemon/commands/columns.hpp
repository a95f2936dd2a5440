// Text in a terminal's columns.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::commands {

/// Characters, not bytes: a column's width on the terminal, near enough.
[[nodiscard]] std::size_t width_of(std::string_view text);
/// The text in so many columns, at least one; where it is longer it ends in "…".
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t width);
/// The text broken at spaces, no line longer than 80 columns, its later lines indented by `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace tocsin::commands
