// The terminal that standard output is, or is taken for.
#pragma once

#include <cstddef>

namespace tocsin::commands {

[[nodiscard]] bool on_terminal();
/// In characters: what COLUMNS says, or the terminal itself; 80 where neither does. At least 20.
[[nodiscard]] std::size_t terminal_width();

}  // namespace tocsin::commands
