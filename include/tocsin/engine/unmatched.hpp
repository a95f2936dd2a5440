// Selectors that match no series, and which of those that are there was probably meant. For people
// who ask: it compares names, which no evaluation has to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tocsin/expr/expression.hpp"
#include "tocsin/rule/record.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::engine {

struct Unmatched {
  std::string says;    ///< one sentence without a full stop, harmless to a terminal
  std::string meant;   ///< the metric, label or value that is nearly the same, or ""
  bool known = false;  ///< of a metric that tocsin's own sources give where they find something
};

/// Each sentence once, in the order of the text. In place of a record that has given nothing, what
/// its own expression does not find.
[[nodiscard]] std::vector<Unmatched> unmatched(const expr::Expression& expression,
                                               const series::Store& store,
                                               std::span<const rule::Record> records);

}  // namespace tocsin::engine
