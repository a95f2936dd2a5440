// Expressions in the configuration, most of them under the key `expr`.
#pragma once

#include <optional>
#include <string_view>

#include "fields.hpp"
#include "report.hpp"
#include "tocsin/expr/expression.hpp"

namespace tocsin::config {

/// Nothing where the text is no expression, which is reported at the very place in it then.
[[nodiscard]] std::optional<expr::Expression> parsed_expression(const Value& text, Report& report);

/// The key `expr`. Nothing where it is absent or wrong, which has been reported then.
[[nodiscard]] std::optional<expr::Expression> read_expression(const Fields& fields, Report& report);

/// The key's text; none where there is no text.
[[nodiscard]] const Value* expression_text(const Fields& fields);

/// Reports a text or a range, which have no single values; `whose` does what with them ("a rule
/// judges").
void check_single_values(const Fields& fields, const expr::Expression& expression,
                         std::string_view whose, Report& report);

}  // namespace tocsin::config
