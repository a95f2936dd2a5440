// Function calls and aggregations.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tocsin/base/text.hpp"
#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/parser.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::expr {

NodePtr Parser::call(const Token& name) {
  Call call;
  call.function = find_function(name.text);
  if (call.function == nullptr) return unknown_function(name);
  if (!arguments(call.arguments) || !check_arguments(name, call)) return nullptr;
  auto node = std::make_unique<Node>();
  node->type = call.function->result;
  node->what = std::move(call);
  return finish(std::move(node), name.span.offset);
}

NodePtr Parser::unknown_function(const Token& name) {
  std::vector<std::string> candidates = function_names();
  for (int op = 0; op <= static_cast<int>(AggregateOp::count_values); ++op) {
    candidates.emplace_back(to_string(static_cast<AggregateOp>(op)));
  }
  if (const std::string_view why = function_left_out(name.text); !why.empty()) {
    return wrong(name.span, fmt::format("{}() {}", name.text, why));
  }
  std::string lower = name.text;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const std::string meant = nearest(lower, candidates);
  return wrong(name.span, fmt::format("there is no function \"{}\"", shortened(name.text, 40)),
               meant.empty() ? "" : fmt::format("did you mean `{}`?", meant));
}

bool Parser::arguments(std::vector<NodePtr>& into) {
  const Token& open = here();
  if (!expect(TokenKind::open_paren, "(")) return false;
  while (here().kind != TokenKind::close_paren) {
    NodePtr argument = expression(1);
    if (!argument) return false;
    into.push_back(std::move(argument));
    if (here().kind == TokenKind::close_paren) break;
    if (here().kind == TokenKind::end) {
      wrong(open.span, "this ( is never closed");
      return false;
    }
    if (!expect(TokenKind::comma, "an operator, a comma or )")) return false;
    if (here().kind == TokenKind::close_paren) {
      unexpected("another argument");
      return false;
    }
  }
  advance();
  return true;
}

NodePtr Parser::aggregate(const Token& name, AggregateOp op) {
  Aggregate aggregate;
  aggregate.op = op;
  bool grouped = false;
  if (!grouping_clause(aggregate, grouped) || !aggregate_operands(name, aggregate)) return nullptr;
  if (!grouped && !grouping_clause(aggregate, grouped)) return nullptr;
  auto node = std::make_unique<Node>();
  node->type = ValueType::vector;
  node->what = std::move(aggregate);
  return finish(std::move(node), name.span.offset);
}

bool Parser::aggregate_operands(const Token& name, Aggregate& into) {
  std::vector<NodePtr> operands;
  if (here().kind != TokenKind::open_paren) {
    unexpected("( with what to aggregate");
    return false;
  }
  if (!arguments(operands)) return false;
  const std::size_t wanted = takes_parameter(into.op) ? 2 : 1;
  if (operands.size() != wanted) {
    wrong(name.span,
          fmt::format("{} takes {}, not {}", to_string(into.op),
                      wanted == 2 ? "a parameter and a vector" : "one vector", operands.size()));
    return false;
  }
  into.operand = std::move(operands.back());
  if (!expect_type(*into.operand, ValueType::vector, to_string(into.op))) return false;
  if (wanted == 1) return true;
  into.parameter = std::move(operands.front());
  return expect_type(*into.parameter,
                     into.op == AggregateOp::count_values ? ValueType::string : ValueType::scalar,
                     to_string(into.op));
}

bool Parser::grouping_clause(Aggregate& into, bool& found) {
  const bool without = is_word(here(), "without");
  if (!without && !is_word(here(), "by")) return true;
  advance();
  found = true;
  into.without = without;
  return label_list(into.labels);
}

bool Parser::label_list(std::vector<std::string>& into) {
  if (!expect(TokenKind::open_paren, "( with a list of labels")) return false;
  while (here().kind != TokenKind::close_paren) {
    std::string label;
    if (!label_name(label)) return false;
    into.push_back(std::move(label));
    if (here().kind == TokenKind::close_paren) break;
    if (!expect(TokenKind::comma, "a comma or )")) return false;
  }
  advance();
  std::sort(into.begin(), into.end());
  into.erase(std::unique(into.begin(), into.end()), into.end());
  return true;
}

bool Parser::label_name(std::string& into) {
  const Token& token = here();
  const bool word = token.kind == TokenKind::identifier || token.kind == TokenKind::number;
  const bool valid = token.kind == TokenKind::text ? !token.text.empty()
                                                   : word && series::is_label_name(token.text);
  if (!valid) {
    unexpected("a label's name");
    return false;
  }
  into = advance().text;
  return true;
}

}  // namespace tocsin::expr
