// Operators between scalars, and between a vector and a scalar.
#include <cmath>
#include <utility>

#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

Result<Intermediate> vector_with_scalar(Evaluator& evaluator, const Binary& node,
                                        Intermediate vector, const Intermediate& scalar,
                                        bool scalar_is_left) {
  const bool filters = is_comparison(node.op) && !node.as_bool;
  std::size_t kept = 0;
  for (Item& item : vector.items) {
    const double value = scalar_is_left ? apply(node.op, scalar.scalar, item.value)
                                        : apply(node.op, item.value, scalar.scalar);
    if (filters && value == 0) continue;
    // A filter lets the vector's own value through, on whichever side it stands.
    if (!filters) item.value = value;
    item.feeds = evaluator.united(item.feeds, scalar.feeds);
    vector.items[kept++] = item;
  }
  vector.items.resize(kept);
  if (filters) return vector;
  if (auto dropped = evaluator.drop_names(vector); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return vector;
}

}  // namespace

double apply(BinaryOp op, double left, double right) {
  switch (op) {
    case BinaryOp::add:
      return left + right;
    case BinaryOp::subtract:
      return left - right;
    case BinaryOp::multiply:
      return left * right;
    case BinaryOp::divide:
      return left / right;
    case BinaryOp::modulo:
      return std::fmod(left, right);
    case BinaryOp::power:
      return std::pow(left, right);
    case BinaryOp::atan2:
      return std::atan2(left, right);
    case BinaryOp::equal:
      return left == right ? 1 : 0;
    case BinaryOp::not_equal:
      return left != right ? 1 : 0;
    case BinaryOp::greater:
      return left > right ? 1 : 0;
    case BinaryOp::less:
      return left < right ? 1 : 0;
    case BinaryOp::greater_equal:
      return left >= right ? 1 : 0;
    case BinaryOp::less_equal:
      return left <= right ? 1 : 0;
    case BinaryOp::both:
    case BinaryOp::either:
    case BinaryOp::unless:
      break;
  }
  return std::nan("");
}

Result<Intermediate> evaluate_binary(Evaluator& evaluator, const Binary& node, Millis at) {
  auto left = evaluator.evaluate(*node.left, at);
  if (!left) return left;
  auto right = evaluator.evaluate(*node.right, at);
  if (!right) return right;
  const bool left_scalar = node.left->type == ValueType::scalar;
  const bool right_scalar = node.right->type == ValueType::scalar;
  if (left_scalar && right_scalar) {
    Intermediate result;
    result.scalar = apply(node.op, left->scalar, right->scalar);
    result.feeds = evaluator.united(left->feeds, right->feeds);
    return result;
  }
  if (right_scalar) {
    return vector_with_scalar(evaluator, node, std::move(*left), *right, false);
  }
  if (left_scalar) return vector_with_scalar(evaluator, node, std::move(*right), *left, true);
  if (is_set_operator(node.op)) {
    return combine_sets(evaluator, node, std::move(*left), *right);
  }
  return match_vectors(evaluator, node, std::move(*left), std::move(*right));
}

}  // namespace tocsin::expr
