// What may be combined with what.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

std::string with_article(ValueType type) {
  return fmt::format("{} {}", type == ValueType::vector ? "an" : "a", to_string(type));
}

std::size_t depth_below(const Node& node) {
  std::size_t deepest = 0;
  for (const Node* child : children_of(node)) deepest = std::max(deepest, child->depth);
  return deepest;
}

}  // namespace

NodePtr Parser::finish(NodePtr node, std::size_t start) {
  node->span = {start, end_of_last() - start};
  node->depth = 1 + depth_below(*node);
  if (node->depth > kMaxDepth) return wrong(node->span, "the expression is nested too deeply");
  return node;
}

bool Parser::expect_type(const Node& node, ValueType type, std::string_view by) {
  if (node.type == type) return true;
  std::string hint;
  const bool selector = std::holds_alternative<VectorSelector>(bare(node).what);
  if (type == ValueType::matrix && node.type == ValueType::vector) {
    hint = selector ? "add a range behind the selector: [5m]"
                    : "of an expression, a subquery is written [5m:1m]";
  } else if (type == ValueType::vector && node.type == ValueType::matrix) {
    hint = "a function like rate() or avg_over_time() makes one value of a range";
  } else if (type == ValueType::scalar && node.type == ValueType::vector) {
    hint = "scalar() makes a scalar of a vector with one element";
  } else if (type == ValueType::vector && node.type == ValueType::scalar) {
    hint = "vector() makes a vector of a scalar";
  }
  wrong(node.span,
        fmt::format("{} expects {} here, not {}", by, with_article(type), with_article(node.type)),
        std::move(hint));
  return false;
}

bool Parser::check_arguments(const Token& name, const Call& call) {
  const Function& function = *call.function;
  const std::size_t given = call.arguments.size();
  const std::size_t most = function.parameters.size();
  const bool too_few = given < most - function.optional;
  const bool too_many = !function.repeats_last && given > most;
  if (too_few || too_many) {
    const std::size_t least = most - function.optional;
    const std::string wanted = function.repeats_last ? fmt::format("at least {}", least)
                               : least == most       ? fmt::format("{}", most)
                                                     : fmt::format("{} to {}", least, most);
    wrong(name.span, fmt::format("{}() takes {} argument{}, not {}", function.name, wanted,
                                 wanted == "1" ? "" : "s", given));
    return false;
  }
  for (std::size_t i = 0; i < given; ++i) {
    const ValueType type = function.parameters[std::min(i, most - 1)];
    if (!expect_type(*call.arguments[i], type, fmt::format("{}()", function.name))) return false;
  }
  return true;
}

bool Parser::check_binary(Binary& binary, const Token& op) {
  for (const NodePtr* side : {&binary.left, &binary.right}) {
    const ValueType type = (*side)->type;
    if (type == ValueType::scalar || type == ValueType::vector) continue;
    wrong((*side)->span, fmt::format("\"{}\" works on scalars and instant vectors, not on a {}",
                                     to_string(binary.op), to_string(type)));
    return false;
  }
  const bool left_scalar = binary.left->type == ValueType::scalar;
  const bool right_scalar = binary.right->type == ValueType::scalar;
  const Matching& matching = binary.matching;
  if (left_scalar || right_scalar) {
    if (is_set_operator(binary.op)) {
      wrong(op.span,
            fmt::format("\"{}\" works on instant vectors, not on a scalar", to_string(binary.op)));
      return false;
    }
    if (!matching.labels.empty()) {
      wrong(op.span, "labels are matched between two vectors only");
      return false;
    }
  }
  if (left_scalar && right_scalar && is_comparison(binary.op) && !binary.as_bool) {
    wrong(op.span, "a comparison of two scalars gives true or false",
          fmt::format("write `{} bool`", to_string(binary.op)));
    return false;
  }
  return true;
}

}  // namespace tocsin::expr
