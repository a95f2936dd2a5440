// Which labels an expression's result may have, as far as the expression alone says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/expr/ast.hpp"

namespace tocsin::expr {

/// Some labels by name, or all but some.
struct KeptLabels {
  bool all_but = true;
  std::vector<std::string> names;  ///< sorted, each once

  [[nodiscard]] bool may_have(std::string_view name) const;
};

/// Nothing is dropped that the result can have: what a selector finds is not known here.
[[nodiscard]] KeptLabels kept_labels(const Node& node);

}  // namespace tocsin::expr
