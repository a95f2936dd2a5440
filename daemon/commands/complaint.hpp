// What the parser of the command line complains of, in the words of everything else.
#pragma once

#include <string>

#include "commands/grammar.hpp"

namespace tocsin::commands {

/// As it is where it is of no known form.
[[nodiscard]] std::string in_own_words(const Command& command, const std::string& complaint);

}  // namespace tocsin::commands
