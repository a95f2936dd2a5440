// In which unit an expression's values are, as far as the names of its metrics promise it.
#pragma once

#include <optional>

#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/ast.hpp"

namespace tocsin::expr {

/// Bytes a second are read as bytes, seconds a second as a ratio. None where the names say nothing
/// or arithmetic leads elsewhere.
[[nodiscard]] std::optional<Unit> unit_of(const Node& node);

}  // namespace tocsin::expr
