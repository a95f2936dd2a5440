// Help for the terminal, and what is said of a command line that is wrong.
#pragma once

#include "commands/grammar.hpp"

namespace tocsin::commands {

[[nodiscard]] std::string help_text(const Grammar& grammar, const Command& command);

/// What is wrong with the words, which command they were meant for, and what was probably meant.
/// `left` are the words that found no place; `complaint` is what the parser says.
[[nodiscard]] std::string mistake_text(const Grammar& grammar, const Command& command,
                                       const std::vector<std::string>& left,
                                       const std::string& complaint);

}  // namespace tocsin::commands
