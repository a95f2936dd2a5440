// What a person is told who names something that there is not.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/text.hpp"

namespace tocsin::engine {

/// `things`: rules or receivers, by their names.
template <typename Things>
[[nodiscard]] std::string unknown_text(const char* what, const std::string& name,
                                       const Things& things) {
  std::vector<std::string> names;
  names.reserve(things.size());
  for (const auto& thing : things) names.push_back(thing.name);
  return nothing_called(what, name, names);
}

}  // namespace tocsin::engine
