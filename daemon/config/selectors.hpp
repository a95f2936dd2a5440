// What an expression asks the store for.
#pragma once

#include <optional>
#include <vector>

#include "tocsin/expr/expression.hpp"

namespace tocsin::config {

/// One selector of an expression. Points into it.
struct Wanted {
  const series::Selector* selector = nullptr;
  std::optional<Duration> range;
  expr::Span span;
};

/// In the order of the text.
[[nodiscard]] std::vector<Wanted> selectors_of(const expr::Expression& expression);

}  // namespace tocsin::config
