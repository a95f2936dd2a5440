// An expression taken apart: what each node gives by itself. For people who ask why.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/evaluate.hpp"

namespace tocsin::expr {

/// The same expression without remarks, each stretch of white space a space.
[[nodiscard]] std::string on_one_line(std::string_view expression);

/// One node, with the text that it stands for.
struct Part {
  std::size_t depth = 0;  ///< below the whole
  std::string text;       ///< on one line, whatever lines and remarks it is written in
  ValueType type = ValueType::scalar;
  std::size_t count = 0;     ///< elements of a vector, series of a range vector
  std::size_t samples = 0;   ///< in a range vector
  Value value;               ///< of a vector the first elements only, of a range vector nothing
  std::optional<Unit> unit;  ///< of its values, as far as metrics' names promise it
  std::string error;         ///< why it has no value, or ""
  std::string record;        ///< whose expression this is, where the part above reads it
};

/// What computes a metric, where a record does.
using Definition = std::function<const Expression*(const std::string& metric)>;

struct DissectBounds {
  std::size_t parts = 60;
  std::size_t elements = 5;  ///< of each part's vector
  Limits limits{};           ///< of all parts together
};

/// The whole first, each node before those below it. Literals and parentheses are no parts of their
/// own. What stands within a subquery is evaluated at `moment` like all the rest. Below a selector
/// that reads a record follows the record's own expression.
[[nodiscard]] std::vector<Part> dissect(const Expression& expression, const series::Store& store,
                                        series::FeedSets& feeds, const Moment& moment,
                                        const DissectBounds& bounds = {},
                                        const Definition& definition = {});

}  // namespace tocsin::expr
