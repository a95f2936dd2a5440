#include "expressions.hpp"

#include <algorithm>

namespace tocsin::config {

const Value* expression_text(const Fields& fields) {
  const Entry* entry = fields.find("expr");
  return entry == nullptr || entry->value.kind != Kind::text ? nullptr : &entry->value;
}

std::optional<expr::Expression> parsed_expression(const Value& text, Report& report) {
  auto parsed = expr::Expression::parse(text.text);
  if (parsed) return std::move(*parsed);
  const expr::ParseError& error = parsed.error();
  report.error(text.within(error.offset, std::max<std::size_t>(1, error.length)), error.message,
               error.hint);
  return std::nullopt;
}

std::optional<expr::Expression> read_expression(const Fields& fields, Report& report) {
  const Value* text = expression_text(fields);
  return text == nullptr ? std::nullopt : parsed_expression(*text, report);
}

void check_single_values(const Fields& fields, const expr::Expression& expression,
                         std::string_view whose, Report& report) {
  const Value* text = expression_text(fields);
  const Place place = text->within(0, text->text.size());
  if (expression.type() == expr::ValueType::matrix) {
    report.error(place, fmt::format("{} single values: this is a range of samples", whose),
                 "a range needs a function such as rate(…) or max_over_time(…)");
  } else if (expression.type() == expr::ValueType::string) {
    report.error(place, fmt::format("{} values: this is a text", whose));
  }
}

}  // namespace tocsin::config
