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

/// The text in lines of that width, all of them that far in, those after the first further.
[[nodiscard]] std::vector<std::string> hanging_lines(std::string_view text, std::size_t width,
                                                     std::size_t indent = 0);

}  // namespace tocsin::commands
