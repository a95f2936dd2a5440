#include "tocsin/expr/ast.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

constexpr std::array<std::pair<std::string_view, AggregateOp>, 12> kAggregates = {{
    {"sum", AggregateOp::sum},
    {"avg", AggregateOp::avg},
    {"min", AggregateOp::min},
    {"max", AggregateOp::max},
    {"count", AggregateOp::count},
    {"group", AggregateOp::group},
    {"stddev", AggregateOp::stddev},
    {"stdvar", AggregateOp::stdvar},
    {"topk", AggregateOp::topk},
    {"bottomk", AggregateOp::bottomk},
    {"quantile", AggregateOp::quantile},
    {"count_values", AggregateOp::count_values},
}};

/// In the order of BinaryOp.
constexpr std::array<std::string_view, 16> kOperators = {
    "+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"};

}  // namespace

std::vector<const Node*> children_of(const Node& node) {
  struct Children {
    using List = std::vector<const Node*>;
    List operator()(const Subquery& n) const { return {n.inner.get()}; }
    List operator()(const Negation& n) const { return {n.operand.get()}; }
    List operator()(const Parenthesis& n) const { return {n.inner.get()}; }
    List operator()(const Binary& n) const { return {n.left.get(), n.right.get()}; }
    List operator()(const Aggregate& n) const {
      return n.parameter ? List{n.parameter.get(), n.operand.get()} : List{n.operand.get()};
    }
    List operator()(const Call& n) const {
      List arguments;
      for (const NodePtr& argument : n.arguments) arguments.push_back(argument.get());
      return arguments;
    }
    List operator()(const Number&) const { return {}; }
    List operator()(const Text&) const { return {}; }
    List operator()(const VectorSelector&) const { return {}; }
    List operator()(const MatrixSelector&) const { return {}; }
  };
  return std::visit(Children(), node.what);
}

const Node& bare(const Node& node) {
  const Node* inner = &node;
  while (const auto* parenthesis = std::get_if<Parenthesis>(&inner->what)) {
    inner = parenthesis->inner.get();
  }
  return *inner;
}

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::scalar:
      return "scalar";
    case ValueType::string:
      return "string";
    case ValueType::vector:
      return "instant vector";
    case ValueType::matrix:
      return "range vector";
  }
  return "";
}

std::string_view to_string(BinaryOp op) {
  return kOperators[static_cast<std::size_t>(op)];
}

std::string_view to_string(AggregateOp op) {
  for (const auto& [name, candidate] : kAggregates) {
    if (candidate == op) return name;
  }
  return "";
}

bool is_comparison(BinaryOp op) {
  return op >= BinaryOp::equal && op <= BinaryOp::less_equal;
}
bool is_set_operator(BinaryOp op) {
  return op >= BinaryOp::both;
}

std::optional<AggregateOp> aggregate_of(std::string_view name) {
  for (const auto& [known, op] : kAggregates) {
    const bool same = known.size() == name.size() &&
                      std::equal(known.begin(), known.end(), name.begin(), [](char a, char b) {
                        return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
                      });
    if (same) return op;
  }
  return std::nullopt;
}

bool takes_parameter(AggregateOp op) {
  return op >= AggregateOp::topk;
}

}  // namespace tocsin::expr
