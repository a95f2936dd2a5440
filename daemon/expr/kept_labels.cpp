#include "tocsin/expr/kept_labels.hpp"

#include <algorithm>
#include <iterator>

#include "tocsin/expr/functions.hpp"

namespace tocsin::expr {
namespace {

using LabelNames = std::vector<std::string>;

LabelNames in_either(const LabelNames& a, const LabelNames& b) {
  LabelNames out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

LabelNames in_first_alone(const LabelNames& a, const LabelNames& b) {
  LabelNames out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

KeptLabels these_alone(LabelNames names) {
  std::sort(names.begin(), names.end());
  return {false, std::move(names)};
}

KeptLabels complement(KeptLabels labels) {
  labels.all_but = !labels.all_but;
  return labels;
}

KeptLabels kept_by_either(const KeptLabels& a, const KeptLabels& b) {
  if (a.all_but && b.all_but) {
    return {true, in_first_alone(a.names, in_first_alone(a.names, b.names))};
  }
  if (a.all_but) return {true, in_first_alone(a.names, b.names)};
  if (b.all_but) return {true, in_first_alone(b.names, a.names)};
  return {false, in_either(a.names, b.names)};
}

KeptLabels kept_by_both(const KeptLabels& a, const KeptLabels& b) {
  return complement(kept_by_either(complement(a), complement(b)));
}

KeptLabels kept_of_aggregate(const Aggregate& aggregate) {
  KeptLabels inner = kept_labels(*aggregate.operand);
  if (aggregate.op == AggregateOp::topk || aggregate.op == AggregateOp::bottomk) return inner;
  const KeptLabels grouping{aggregate.without, aggregate.labels};
  KeptLabels groups = kept_by_both(inner, grouping);
  if (aggregate.op != AggregateOp::count_values) return groups;
  const auto* label = std::get_if<Text>(&bare(*aggregate.parameter).what);
  return label == nullptr ? KeptLabels() : kept_by_either(groups, these_alone({label->value}));
}

KeptLabels kept_of_call(const Call& call) {
  const std::string_view name = call.function->name;
  if (name == "label_replace" || name == "label_join") {
    const auto* label = std::get_if<Text>(&bare(*call.arguments[1]).what);
    if (label == nullptr) return {};
    return kept_by_either(kept_labels(*call.arguments[0]), these_alone({label->value}));
  }
  if (name == "absent" || name == "absent_over_time") return {};
  // What has no labels of its own gives none: time(), vector(), scalar().
  KeptLabels kept = these_alone({});
  if (name == "scalar") return kept;
  for (const NodePtr& argument : call.arguments)
    kept = kept_by_either(kept, kept_labels(*argument));
  return kept;
}

KeptLabels kept_of_binary(const Binary& binary) {
  KeptLabels left = kept_labels(*binary.left);
  KeptLabels right = kept_labels(*binary.right);
  if (binary.left->type == ValueType::scalar) return right;
  if (binary.right->type == ValueType::scalar) return left;
  if (binary.op == BinaryOp::both || binary.op == BinaryOp::unless) return left;
  if (binary.op == BinaryOp::either) return kept_by_either(left, right);
  const Matching& matching = binary.matching;
  if (matching.cardinality == Cardinality::many_to_one)
    return kept_by_either(left, these_alone(matching.included));
  if (matching.cardinality == Cardinality::one_to_many)
    return kept_by_either(right, these_alone(matching.included));
  // Both sides have what they are matched by, and nothing else is left.
  return kept_by_both(kept_by_both(left, right), KeptLabels{!matching.on, matching.labels});
}

}  // namespace

bool KeptLabels::may_have(std::string_view name) const {
  return std::binary_search(names.begin(), names.end(), name) != all_but;
}

KeptLabels kept_labels(const Node& node) {
  if (std::holds_alternative<Number>(node.what) || std::holds_alternative<Text>(node.what))
    return these_alone({});
  if (const auto* subquery = std::get_if<Subquery>(&node.what))
    return kept_labels(*subquery->inner);
  if (const auto* negation = std::get_if<Negation>(&node.what))
    return kept_labels(*negation->operand);
  if (const auto* parenthesis = std::get_if<Parenthesis>(&node.what))
    return kept_labels(*parenthesis->inner);
  if (const auto* binary = std::get_if<Binary>(&node.what)) return kept_of_binary(*binary);
  if (const auto* aggregate = std::get_if<Aggregate>(&node.what))
    return kept_of_aggregate(*aggregate);
  if (const auto* call = std::get_if<Call>(&node.what)) return kept_of_call(*call);
  return {};
}

}  // namespace tocsin::expr
