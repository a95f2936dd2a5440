// Functions that make or take a vector as a whole.
#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

using Outcome = Result<Intermediate>;
constexpr auto kScalar = ValueType::scalar;
constexpr auto kVector = ValueType::vector;

Intermediate one_number(double value, FeedSet feeds = series::kNoFeeds) {
  Intermediate result;
  result.scalar = value;
  result.feeds = feeds;
  return result;
}

Intermediate one_element(Evaluator& evaluator, Labels labels, double value, FeedSet feeds) {
  Intermediate result;
  result.items.push_back({LabelRef{evaluator.keep(std::move(labels)), false}, value, feeds});
  return result;
}

Outcome time(Evaluator& evaluator, const Call&, Millis at) {
  return one_number(evaluator.wall_seconds(at));
}

Outcome pi(Evaluator&, const Call&, Millis) {
  return one_number(std::numbers::pi);
}

Outcome vector(Evaluator& evaluator, const Call& call, Millis at) {
  auto value = evaluator.evaluate(*call.arguments[0], at);
  if (!value) return value;
  return one_element(evaluator, {}, value->scalar, value->feeds);
}

Outcome scalar(Evaluator& evaluator, const Call& call, Millis at) {
  auto vector = evaluator.evaluate(*call.arguments[0], at);
  if (!vector) return vector;
  FeedSet feeds = series::kNoFeeds;
  for (const Item& item : vector->items) feeds = evaluator.united(feeds, item.feeds);
  return one_number(vector->items.size() == 1 ? vector->items.front().value
                                              : std::numeric_limits<double>::quiet_NaN(),
                    feeds);
}

/// The time of each sample itself where the argument is a selector, of the evaluation elsewhere.
Outcome timestamp(Evaluator& evaluator, const Call& call, Millis at) {
  const Node& argument = bare(*call.arguments[0]);
  const auto* selector = std::get_if<VectorSelector>(&argument.what);
  auto result = selector != nullptr ? evaluator.select(*selector, at, true)
                                    : evaluator.evaluate(argument, at);
  if (!result) return result;
  if (selector == nullptr) {
    for (Item& item : result->items) item.value = evaluator.wall_seconds(at);
  }
  if (auto dropped = evaluator.drop_names(*result); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return result;
}

const Labels& equalities_of(const Node& node) {
  if (const auto* selector = std::get_if<VectorSelector>(&node.what)) return selector->equalities;
  if (const auto* matrix = std::get_if<MatrixSelector>(&node.what)) {
    return matrix->vector.equalities;
  }
  return no_labels();
}

/// What is absent was made of nothing; it hangs on all that the selectors know of.
Outcome absent(Evaluator& evaluator, const Call& call, Millis at) {
  const Node& argument = bare(*call.arguments[0]);
  FeedSet touched = series::kNoFeeds;
  auto result = evaluator.evaluate_touching(argument, at, touched);
  if (!result) return result;
  if (!result->items.empty()) return Intermediate();
  return one_element(evaluator, equalities_of(argument), 1, touched);
}

Outcome absent_over_time(Evaluator& evaluator, const Call& call, Millis at) {
  const Node& argument = bare(*call.arguments[0]);
  bool present = false;
  Window window;
  const FeedSet before = evaluator.exchange_touched(series::kNoFeeds);
  auto visited = evaluator.rows(argument, at, window, [&](const Row&) { present = true; });
  const FeedSet touched = evaluator.exchange_touched(before);
  evaluator.touch(touched);
  if (!visited) return tl::unexpected<Error>(std::move(visited.error()));
  if (present) return Intermediate();
  return one_element(evaluator, equalities_of(argument), 1, touched);
}

/// The scalar arguments behind the vector.
Result<std::vector<Intermediate>> numbers(Evaluator& evaluator, const Call& call, Millis at) {
  std::vector<Intermediate> values;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    auto value = evaluator.evaluate(*call.arguments[i], at);
    if (!value) return tl::unexpected<Error>(std::move(value.error()));
    values.push_back(std::move(*value));
  }
  return values;
}

/// Applies `change` to each element; its feeds are joined by those of the scalars. Nothing is left
/// where the scalars make no sense to `possible`, which is asked before any name is dropped.
template <class Possible, class Change>
Outcome with_numbers(Evaluator& evaluator, const Call& call, Millis at, const Possible& possible,
                     const Change& change) {
  auto result = evaluator.evaluate(*call.arguments[0], at);
  if (!result) return result;
  const auto values = numbers(evaluator, call, at);
  if (!values) return tl::unexpected<Error>(values.error());
  if (!possible(*values)) return Intermediate();
  FeedSet feeds = series::kNoFeeds;
  for (const Intermediate& value : *values) feeds = evaluator.united(feeds, value.feeds);
  for (Item& item : result->items) {
    item.value = change(item.value, *values);
    item.feeds = evaluator.united(item.feeds, feeds);
  }
  if (auto dropped = evaluator.drop_names(*result); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return result;
}

using Numbers = std::vector<Intermediate>;

bool whatever_the_numbers(const Numbers&) {
  return true;
}

// NaN on either side stays NaN, which std::fmin and std::fmax would hide, unless the other side
// decides by itself: nothing is less than -Inf.
double least(double a, double b) {
  constexpr double kLowest = -std::numeric_limits<double>::infinity();
  if (a == kLowest || b == kLowest) return kLowest;
  return std::isnan(a) || std::isnan(b) ? kNotANumber : std::fmin(a, b);
}
double most(double a, double b) {
  constexpr double kHighest = std::numeric_limits<double>::infinity();
  if (a == kHighest || b == kHighest) return kHighest;
  return std::isnan(a) || std::isnan(b) ? kNotANumber : std::fmax(a, b);
}

Outcome clamp(Evaluator& evaluator, const Call& call, Millis at) {
  return with_numbers(
      evaluator, call, at,
      [](const Numbers& limits) { return !(limits[1].scalar < limits[0].scalar); },
      [](double value, const Numbers& limits) {
        return most(limits[0].scalar, least(limits[1].scalar, value));
      });
}

Outcome clamp_min(Evaluator& evaluator, const Call& call, Millis at) {
  return with_numbers(
      evaluator, call, at, whatever_the_numbers,
      [](double value, const Numbers& limits) { return most(limits[0].scalar, value); });
}

Outcome clamp_max(Evaluator& evaluator, const Call& call, Millis at) {
  return with_numbers(
      evaluator, call, at, whatever_the_numbers,
      [](double value, const Numbers& limits) { return least(limits[0].scalar, value); });
}

/// Halves go up. The inverse is used because it can be exact where the unit (0.1) is not.
Outcome round(Evaluator& evaluator, const Call& call, Millis at) {
  return with_numbers(evaluator, call, at, whatever_the_numbers,
                      [](double value, const Numbers& to) {
                        const double inverse = 1.0 / (to.empty() ? 1.0 : to[0].scalar);
                        return std::floor(value * inverse + 0.5) / inverse;
                      });
}

Outcome sorted(Evaluator& evaluator, const Call& call, Millis at, bool descending) {
  auto result = evaluator.evaluate(*call.arguments[0], at);
  if (!result) return result;
  std::stable_sort(result->items.begin(), result->items.end(), [&](const Item& a, const Item& b) {
    // What is no number comes last either way.
    if (std::isnan(a.value)) return false;
    if (std::isnan(b.value)) return true;
    return descending ? a.value > b.value : a.value < b.value;
  });
  return result;
}

void add(std::vector<Function>& table, std::string_view name, ValueType type,
         std::vector<ValueType> parameters, SpecialFunction body, std::size_t optional = 0) {
  Function function;
  function.name = name;
  function.result = type;
  function.parameters = std::move(parameters);
  function.optional = optional;
  function.body = body;
  table.push_back(std::move(function));
}

}  // namespace

void add_vector_functions(std::vector<Function>& table) {
  add(table, "time", kScalar, {}, time);
  add(table, "pi", kScalar, {}, pi);
  add(table, "vector", kVector, {kScalar}, vector);
  add(table, "scalar", kScalar, {kVector}, scalar);
  add(table, "timestamp", kVector, {kVector}, timestamp);
  add(table, "absent", kVector, {kVector}, absent);
  add(table, "absent_over_time", kVector, {ValueType::matrix}, absent_over_time);
  add(table, "clamp", kVector, {kVector, kScalar, kScalar}, clamp);
  add(table, "clamp_min", kVector, {kVector, kScalar}, clamp_min);
  add(table, "clamp_max", kVector, {kVector, kScalar}, clamp_max);
  add(table, "round", kVector, {kVector, kScalar}, round, 1);
  add(table, "sort", kVector, {kVector}, [](Evaluator& evaluator, const Call& call, Millis at) {
    return sorted(evaluator, call, at, false);
  });
  add(table, "sort_desc", kVector, {kVector},
      [](Evaluator& evaluator, const Call& call, Millis at) {
        return sorted(evaluator, call, at, true);
      });
}

}  // namespace tocsin::expr
