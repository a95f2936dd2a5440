#include "tocsin/expr/expression.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tocsin/expr/lexer.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

/// Walks the tree once, adding up how far back each path reads.
class Survey {
 public:
  Duration reach{};
  Duration shortest_range{};
  std::vector<std::string> names;

  /// `behind` is how long before the evaluation the node may be evaluated.
  void visit(const Node& node, Duration behind) {
    if (const auto* vector = std::get_if<VectorSelector>(&node.what)) {
      note_selector(*vector, behind);
    } else if (const auto* matrix = std::get_if<MatrixSelector>(&node.what)) {
      const bool shorter = shortest_range == Duration::zero() || matrix->range < shortest_range;
      if (shorter) shortest_range = matrix->range;
      note_selector(matrix->vector, behind + matrix->range);
    } else if (const auto* subquery = std::get_if<Subquery>(&node.what)) {
      visit(*subquery->inner, behind + subquery->range + subquery->shift.offset);
    } else {
      for (const Node* child : children_of(node)) visit(*child, behind);
    }
  }

 private:
  void note_selector(const VectorSelector& selector, Duration behind) {
    reach = std::max(reach, behind + selector.shift.offset);
    const std::string& name = selector.selector.name;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
};

bool any_selector_takes(const Node& node, std::string_view metric) {
  if (const auto* vector = std::get_if<VectorSelector>(&node.what)) {
    return vector->selector.takes_name(metric);
  }
  if (const auto* matrix = std::get_if<MatrixSelector>(&node.what)) {
    return matrix->vector.selector.takes_name(metric);
  }
  const auto children = children_of(node);
  return std::any_of(children.begin(), children.end(),
                     [&](const Node* child) { return any_selector_takes(*child, metric); });
}

}  // namespace

bool Expression::may_read(std::string_view metric) const {
  return any_selector_takes(*root_, metric);
}

tl::expected<Expression, ParseError> Expression::parse(std::string_view text) {
  if (text.size() > kMaxTextBytes) {
    return tl::unexpected<ParseError>(ParseError{
        0, text.size(), fmt::format("the expression has more than {} bytes", kMaxTextBytes), ""});
  }
  auto tokens = tokens_of(text);
  if (!tokens) return tl::unexpected<ParseError>(std::move(tokens.error()));
  auto root = Parser(std::move(*tokens)).parse();
  if (!root) return tl::unexpected<ParseError>(std::move(root.error()));
  Survey survey;
  survey.visit(**root, Duration::zero());
  Expression expression;
  expression.root_ = std::shared_ptr<const Node>(std::move(*root));
  expression.text_ = std::string(text);
  expression.reach_ = survey.reach;
  expression.shortest_range_ = survey.shortest_range;
  expression.names_ = std::move(survey.names);
  return expression;
}

}  // namespace tocsin::expr
