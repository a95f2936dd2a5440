// What the grammar cannot say of a command: where it stands in a list, what its exit status 1
// means, and examples.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::commands {

struct Example {
  std::string line;
  std::string meaning;
};

struct Notes {
  std::string command;  ///< "incidents show"; "" is the program
  std::string group;
  bool asks = false;  ///< the daemon that runs: exit status 3 where it cannot be reached
  std::string fails;  ///< what exit status 1 means; "" : it never comes
  std::vector<Example> examples;
  std::string unreached{};  ///< what 3 means where it is not the daemon's silence
};

/// In the order in which people shall read them.
[[nodiscard]] const std::vector<Notes>& all_notes();

}  // namespace tocsin::commands
