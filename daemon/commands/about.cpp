#include <fmt/format.h>

#include <cstdio>

#include "commands/commands.hpp"
#include "commands/help.hpp"
#include "commands/manual.hpp"
#include "commands/show_page.hpp"

namespace tocsin::commands {

int help_about_command(const std::vector<std::string>& path) {
  const Grammar all = grammar();
  if (const Command* const found = find_command(all, path)) {
    fmt::print("{}", help_text(all, *found));
    return well;
  }
  const Command* nearest_known = &all.front();
  std::vector<std::string> known;
  for (const std::string& word : path) {
    known.push_back(word);
    const Command* const deeper = find_command(all, known);
    if (deeper == nullptr) break;
    nearest_known = deeper;
  }
  fmt::print(stderr, "{}", mistake_text(all, *nearest_known, {known.back()}, ""));
  return usage_or_configuration;
}

int man_page(std::uint64_t section) {
  show_page(section == 1 ? program_manual(grammar()) : configuration_manual());
  return well;
}

}  // namespace tocsin::commands
