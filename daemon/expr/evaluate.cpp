#include "tocsin/expr/evaluate.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <utility>

#include "tocsin/expr/evaluate_range.hpp"
#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

Millis millis(BootTime time) {
  return time.time_since_epoch().count();
}

/// As many points as a screen is wide, several times over.
constexpr Millis kMaxSteps = 11'000;

Vector elements_of(const Intermediate& vector) {
  Vector elements;
  elements.reserve(vector.items.size());
  for (const Item& item : vector.items) {
    elements.push_back({item.labels.copy(), item.value, item.feeds});
  }
  return elements;
}

Result<Matrix> rows_of(Evaluator& evaluator, const Node& root, Millis at) {
  Matrix rows;
  Window window;
  auto visited = evaluator.rows(root, at, window, [&](const Row& row) {
    rows.push_back({row.labels.copy(), {}});
    for (const Sample& sample : row.samples) {
      rows.back().points.emplace_back(BootTime(Duration(sample.time)), sample.value);
    }
  });
  if (!visited) return tl::unexpected<Error>(std::move(visited.error()));
  return rows;
}

}  // namespace

Result<Evaluated> evaluate(const Expression& expression, const series::Store& store,
                           series::FeedSets& feeds, Moment moment, const Limits& limits) {
  const Millis at = millis(moment.at);
  Evaluator evaluator(store, feeds, moment, {at, at}, limits);
  Evaluated result;
  if (expression.type() == ValueType::matrix) {
    auto rows = rows_of(evaluator, expression.root(), at);
    if (!rows) return tl::unexpected<Error>(std::move(rows.error()));
    result.value = std::move(*rows);
    result.touched = evaluator.touched();
    result.samples = evaluator.samples();
    return result;
  }
  auto value = evaluator.evaluate(expression.root(), at);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  result.touched = evaluator.touched();
  result.samples = evaluator.samples();
  if (expression.type() == ValueType::vector) {
    result.value = elements_of(*value);
  } else if (expression.type() == ValueType::string) {
    result.value = std::move(value->text);
  } else {
    result.value = value->scalar;
  }
  return result;
}

Result<Matrix> evaluate_range(const Expression& expression, const series::Store& store,
                              series::FeedSets& feeds, Moment from, BootTime to, Duration step,
                              const Limits& limits) {
  const ValueType type = expression.type();
  if (type != ValueType::scalar && type != ValueType::vector) {
    return fail(ErrorCode::invalid, fmt::format("a {} has no course over time", to_string(type)));
  }
  const Bounds bounds{millis(from.at), millis(to)};
  if (step <= Duration::zero() || bounds.end < bounds.start) {
    return fail(ErrorCode::invalid, "the step must be positive, and the end not before the start");
  }
  if ((bounds.end - bounds.start) / step.count() >= kMaxSteps) {
    return fail(ErrorCode::exhausted, fmt::format("more than {} points per series", kMaxSteps));
  }
  Evaluator evaluator(store, feeds, from, bounds, limits);
  Matrix all;
  std::unordered_map<Labels, std::size_t> places;
  for (Millis at = bounds.start; at <= bounds.end; at += step.count()) {
    auto value = evaluator.evaluate(expression.root(), at);
    if (!value) return tl::unexpected<Error>(std::move(value.error()));
    if (type == ValueType::scalar)
      value->items.push_back({LabelRef{&no_labels(), true}, value->scalar});
    for (const Item& item : value->items) {
      const auto [place, added] = places.emplace(item.labels.copy(), all.size());
      if (added) all.push_back({place->first, {}});
      all[place->second].points.emplace_back(BootTime(Duration(at)), item.value);
    }
    evaluator.forget_kept();
  }
  return all;
}

}  // namespace tocsin::expr
