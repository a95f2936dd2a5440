// Names that refer to names, and the circles that they may form.
#pragma once

#include <string>
#include <vector>

#include "tocsin/config/ir.hpp"

namespace tocsin::config {

struct NamedAt {
  std::string name;
  Place place;
};
/// The texts of a list, or of a text that stands for one.
[[nodiscard]] std::vector<NamedAt> names_at(const Value& value);

struct Edge {
  std::string from;
  std::string to;
  Place place;  ///< of the name `to`
};
using Graph = std::vector<Edge>;

struct Cycle {
  std::string text;  ///< "a → b → a"
  Place place;       ///< of the edge that closes it
};
/// Each circle once, found from the edges as they are given.
[[nodiscard]] std::vector<Cycle> cycles(const Graph& graph);

}  // namespace tocsin::config
