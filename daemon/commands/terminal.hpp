// The terminal that standard output is, or is taken for.
#pragma once

#include <cstddef>

namespace tocsin::commands {

[[nodiscard]] bool on_terminal();
/// In characters: what COLUMNS says, or the terminal itself; 80 where neither does. At least 20.
[[nodiscard]] std::size_t terminal_width();
/// The columns that a line of text may have: those of the terminal. What is read by a program, kept
/// in a file or wanted whole is not cut.
[[nodiscard]] std::size_t line_width(bool whole);

}  // namespace tocsin::commands
