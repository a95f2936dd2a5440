// From CLI11's tree to the grammar as data.
#pragma once

#include "commands/grammar.hpp"

namespace CLI {
class App;
}

namespace tocsin::commands {

/// The group of options without which a command cannot do, save where a command within it is given:
/// CLI11's own `required` knows no such exception.
inline constexpr const char* kNeeded = "Needed";

[[nodiscard]] Grammar describe(const CLI::App& app);

/// The names of the commands that were given, the outermost first.
[[nodiscard]] std::vector<std::string> chosen_path(const CLI::App& app);

}  // namespace tocsin::commands
