#include "selectors.hpp"

#include "tocsin/expr/ast.hpp"

namespace tocsin::config {
namespace {

void collect(const expr::Node& node, std::vector<Wanted>& found) {
  if (const auto* vector = std::get_if<expr::VectorSelector>(&node.what)) {
    found.push_back({&vector->selector, std::nullopt, node.span});
  } else if (const auto* matrix = std::get_if<expr::MatrixSelector>(&node.what)) {
    found.push_back({&matrix->vector.selector, matrix->range, node.span});
  }
  for (const expr::Node* child : expr::children_of(node)) collect(*child, found);
}

}  // namespace

std::vector<Wanted> selectors_of(const expr::Expression& expression) {
  std::vector<Wanted> found;
  collect(expression.root(), found);
  return found;
}

}  // namespace tocsin::config
