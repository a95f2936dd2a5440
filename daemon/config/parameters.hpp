// Parameters: names by which shipped rules ask for what is called otherwise from one application to
// the next. Expressions are read with what they stand for in their place.
#pragma once

#include <optional>

#include "report.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

/// The input in which every expression says in full what its parameters stand for, at the places
/// where they are written; nothing where there are no parameters. What is wrong with a parameter is
/// reported at its own definition.
[[nodiscard]] std::optional<Input> with_parameters(const Input& input, Report& report);

}  // namespace tocsin::config
