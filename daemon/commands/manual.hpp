// The man pages: of the program from its grammar, of the configuration from the table of keys.
#pragma once

#include <string>

#include "commands/grammar.hpp"

namespace tocsin::commands {

/// tocsin(1)
[[nodiscard]] std::string program_manual(const Grammar& grammar);
/// tocsin.toml(5)
[[nodiscard]] std::string configuration_manual();

}  // namespace tocsin::commands
