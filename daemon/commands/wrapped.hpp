// Text in lines of a terminal.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::commands {

/// The text broken at spaces, no line longer than 80 columns, its later lines indented by `indent`.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace tocsin::commands
