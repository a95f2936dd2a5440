// Text in lines of a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::commands {

/// The text broken at spaces, no line longer than 80 columns, its later lines indented by `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

/// The text in lines of at most so many columns, broken at spaces, and within a word only where it
/// is longer than a line. At least one line.
[[nodiscard]] std::vector<std::string> wrapped_lines(std::string_view text, std::size_t width);

}  // namespace tocsin::commands
