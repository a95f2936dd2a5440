// Suffixes are the convention of https://prometheus.io/docs/practices/naming: base units, plural.
#include "tocsin/expr/unit_of.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "tocsin/expr/functions.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::expr {
namespace {

using Guess = std::optional<Unit>;

Guess unit_of_name(std::string_view name) {
  for (const std::string_view tail : {"_sum", "_total", "_max", "_min"}) {
    if (name.ends_with(tail)) {
      name.remove_suffix(tail.size());
      break;
    }
  }
  if (name.ends_with("_bytes")) return Unit::bytes;
  if (name.ends_with("_seconds")) return Unit::seconds;
  if (name.ends_with("_ratio")) return Unit::ratio;
  return std::nullopt;
}

Guess unit_of_selector(const VectorSelector& selector) {
  return unit_of_name(selector.selector.name);
}

/// A histogram's buckets are counts; their bounds are in the unit of the name.
Guess unit_of_bounds(const Node& buckets) {
  const Node& inner = bare(buckets);
  const auto* selector = std::get_if<VectorSelector>(&inner.what);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.what)) selector = &matrix->vector;
  if (selector != nullptr) {
    constexpr std::string_view kBucket = "_bucket";
    std::string_view name = selector->selector.name;
    if (name.ends_with(kBucket)) name.remove_suffix(kBucket.size());
    return unit_of_name(name);
  }
  for (const Node* child : children_of(inner))
    if (const Guess unit = unit_of_bounds(*child)) return unit;
  return std::nullopt;
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// What grows by so much a second.
Guess per_second(Guess unit) {
  if (unit == Unit::seconds) return Unit::ratio;  // seconds a second
  return unit;                                    // bytes a second are read as bytes
}

Guess of_call(const Call& call) {
  const std::string_view name = call.function->name;
  const auto of = [&call](std::size_t at) { return unit_of(*call.arguments[at]); };
  if (one_of(name, {"rate", "irate", "deriv"})) return per_second(of(0));
  if (one_of(name, {"increase",      "delta",          "idelta",
                    "avg_over_time", "min_over_time",  "max_over_time",
                    "sum_over_time", "last_over_time", "stddev_over_time",
                    "abs",           "ceil",           "floor",
                    "round",         "clamp",          "clamp_min",
                    "clamp_max",     "sort",           "sort_desc",
                    "label_replace", "label_join",     "predict_linear",
                    "scalar",        "vector"})) {
    return of(0);
  }
  if (name == "quantile_over_time") return of(1);
  if (name == "histogram_quantile") return unit_of_bounds(*call.arguments[1]);
  return std::nullopt;
}

Guess of_binary(const Binary& binary) {
  const auto is_number = [](const Node& node) {
    return std::holds_alternative<Number>(bare(node).what);
  };
  const Guess left = unit_of(*binary.left);
  const Guess right = unit_of(*binary.right);
  switch (binary.op) {
    case BinaryOp::add:
    case BinaryOp::subtract:
      if (is_number(*binary.left)) return right;
      if (is_number(*binary.right)) return left;
      return left == right ? left : std::nullopt;
    case BinaryOp::divide:
      if (left && left == right) return Unit::ratio;
      return std::nullopt;
    case BinaryOp::greater:
    case BinaryOp::less:
    case BinaryOp::greater_equal:
    case BinaryOp::less_equal:
    case BinaryOp::equal:
    case BinaryOp::not_equal:
      return binary.as_bool ? std::nullopt : is_number(*binary.left) ? right : left;
    case BinaryOp::both:
    case BinaryOp::unless:
      return left;
    case BinaryOp::either:
      return left == right ? left : std::nullopt;
    default:
      return std::nullopt;  // times something: anything
  }
}

Guess of_aggregate(const Aggregate& aggregate) {
  switch (aggregate.op) {
    case AggregateOp::sum:
    case AggregateOp::avg:
    case AggregateOp::min:
    case AggregateOp::max:
    case AggregateOp::topk:
    case AggregateOp::bottomk:
    case AggregateOp::quantile:
    case AggregateOp::stddev:
      return unit_of(*aggregate.operand);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Unit> unit_of(const Node& node) {
  const Node& inner = bare(node);
  if (const auto* selector = std::get_if<VectorSelector>(&inner.what))
    return unit_of_selector(*selector);
  if (const auto* matrix = std::get_if<MatrixSelector>(&inner.what))
    return unit_of_selector(matrix->vector);
  if (const auto* subquery = std::get_if<Subquery>(&inner.what)) return unit_of(*subquery->inner);
  if (const auto* sign = std::get_if<Negation>(&inner.what)) return unit_of(*sign->operand);
  if (const auto* binary = std::get_if<Binary>(&inner.what)) return of_binary(*binary);
  if (const auto* aggregate = std::get_if<Aggregate>(&inner.what)) return of_aggregate(*aggregate);
  if (const auto* call = std::get_if<Call>(&inner.what)) return of_call(*call);
  return std::nullopt;
}

}  // namespace tocsin::expr
