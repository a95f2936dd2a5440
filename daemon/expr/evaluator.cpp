#include "tocsin/expr/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tocsin/expr/functions.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::expr {
namespace {

constexpr std::size_t kMaxTextMade = 67'108'864;

}  // namespace

Evaluator::Evaluator(const series::Store& store, series::FeedSets& feeds, const Moment& moment,
                     Bounds bounds, const Limits& limits)
    : store_(store),
      feeds_(feeds),
      wall_minus_boot_(moment.wall_minus_boot.count()),
      bounds_(bounds),
      limits_(limits) {
  if (moment.lookback) lookback_ = moment.lookback->count();
}

Result<Intermediate> Evaluator::evaluate(const Node& node, Millis at) {
  Intermediate result;
  if (const auto* number = std::get_if<Number>(&node.what)) {
    result.scalar = number->value;
    return result;
  }
  if (const auto* text = std::get_if<Text>(&node.what)) {
    result.text = text->value;
    return result;
  }
  if (const auto* selector = std::get_if<VectorSelector>(&node.what)) {
    return select(*selector, at, false);
  }
  if (const auto* parenthesis = std::get_if<Parenthesis>(&node.what)) {
    return evaluate(*parenthesis->inner, at);
  }
  if (const auto* negated = std::get_if<Negation>(&node.what)) return negation(*negated, at);
  if (const auto* binary = std::get_if<Binary>(&node.what)) {
    return evaluate_binary(*this, *binary, at);
  }
  if (const auto* aggregate = std::get_if<Aggregate>(&node.what)) {
    return evaluate_aggregate(*this, *aggregate, at);
  }
  if (const auto* called = std::get_if<Call>(&node.what)) return this->call(*called, at);
  return fail(ErrorCode::invalid, "a range vector has no value of its own");
}

Result<Intermediate> Evaluator::evaluate_touching(const Node& node, Millis at, FeedSet& touched) {
  const FeedSet before = std::exchange(touched_, series::kNoFeeds);
  auto result = evaluate(node, at);
  touched = touched_;
  touched_ = united(before, touched_);
  return result;
}

Millis Evaluator::shifted(const TimeShift& shift, Millis at) const {
  if (shift.at) {
    switch (shift.at->kind) {
      case FixedTime::Kind::wall:
        at = shift.at->wall.time_since_epoch().count() - wall_minus_boot_;
        break;
      case FixedTime::Kind::start:
        at = bounds_.start;
        break;
      case FixedTime::Kind::end:
        at = bounds_.end;
        break;
    }
  }
  return at - shift.offset.count();
}

Result<Intermediate> Evaluator::select(const VectorSelector& selector, Millis at, bool times) {
  at = shifted(selector.shift, at);
  const auto selection = series::select(store_, selector.selector);
  touch_all(*selection);
  if (auto counted = count(selection->series.size()); !counted) {
    return tl::unexpected<Error>(std::move(counted.error()));
  }
  Intermediate result;
  result.distinct_nameless = !selector.selector.name.empty();
  result.items.reserve(selection->series.size());
  for (const series::Series* series : selection->series) {
    const auto sample = series->latest(at);
    if (!sample || series::is_stale(sample->value)) continue;
    if (sample->time <= at - lookback_.value_or(series->lookback())) continue;
    result.items.push_back({LabelRef{&series->labels(), false},
                            times ? wall_seconds(sample->time) : sample->value, feed_set(*series)});
  }
  if (auto fits = check_size(result.items.size()); !fits) {
    return tl::unexpected<Error>(std::move(fits.error()));
  }
  return result;
}

Result<Intermediate> Evaluator::negation(const Negation& node, Millis at) {
  auto result = evaluate(*node.operand, at);
  if (!result || node.plus) return result;
  result->scalar = -result->scalar;
  for (Item& item : result->items) item.value = -item.value;
  if (auto dropped = drop_names(*result); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return result;
}

Result<Intermediate> Evaluator::call(const Call& call, Millis at) {
  const auto& body = call.function->body;
  if (const auto* special = std::get_if<SpecialFunction>(&body)) return (*special)(*this, call, at);
  if (std::holds_alternative<RangeFunction>(body)) return over_range(call, at);
  return each_element(call, at);
}

Result<Intermediate> Evaluator::each_element(const Call& call, Millis at) {
  const auto function = std::get<ElementFunction>(call.function->body);
  Intermediate result;
  if (call.arguments.empty()) {
    // The functions of date and time take the time of the evaluation then.
    result.items.push_back({LabelRef{&no_labels(), true}, wall_seconds(at), series::kNoFeeds});
  } else {
    auto argument = evaluate(*call.arguments[0], at);
    if (!argument) return argument;
    result = std::move(*argument);
  }
  for (Item& item : result.items) item.value = function(item.value);
  if (auto dropped = drop_names(result); !dropped) {
    return tl::unexpected<Error>(std::move(dropped.error()));
  }
  return result;
}

Result<Intermediate> Evaluator::over_range(const Call& call, Millis at) {
  const auto function = std::get<RangeFunction>(call.function->body);
  const Node* matrix = nullptr;
  double parameter = 0;
  FeedSet parameter_feeds = series::kNoFeeds;
  for (const NodePtr& argument : call.arguments) {
    if (argument->type == ValueType::matrix) {
      matrix = argument.get();
      continue;
    }
    auto value = evaluate(*argument, at);
    if (!value) return value;
    parameter = value->scalar;
    parameter_feeds = value->feeds;
  }
  Intermediate result;
  const auto* selector = std::get_if<MatrixSelector>(&bare(*matrix).what);
  result.distinct_nameless = selector != nullptr && !selector->vector.selector.name.empty();
  Window window;
  auto visited = rows(*matrix, at, window, [&](const Row& row) {
    const auto value = function(row.samples, window, parameter);
    if (!value) return;
    result.items.push_back({row.labels, *value, united(row.feeds, parameter_feeds)});
  });
  if (!visited) return tl::unexpected<Error>(std::move(visited.error()));
  if (!call.function->keeps_name) {
    if (auto dropped = drop_names(result); !dropped) {
      return tl::unexpected<Error>(std::move(dropped.error()));
    }
  }
  return result;
}

Result<void> Evaluator::drop_names(Intermediate& vector) {
  for (Item& item : vector.items) item.labels.nameless = true;
  if (vector.distinct_nameless) return {};
  vector.distinct_nameless = true;
  return check_distinct(vector.items);
}

Result<void> Evaluator::check_distinct(const std::vector<Item>& items) const {
  if (items.size() < 2) return {};
  std::vector<std::pair<std::size_t, const Item*>> hashes;
  hashes.reserve(items.size());
  for (const Item& item : items) hashes.emplace_back(item.labels.hash(), &item);
  std::sort(hashes.begin(), hashes.end());
  for (std::size_t i = 1; i < hashes.size(); ++i) {
    // Equal hashes lie side by side; more than two of them that differ are not to be expected.
    for (std::size_t j = i; j > 0 && hashes[j - 1].first == hashes[i].first; --j) {
      const LabelRef& labels = hashes[i].second->labels;
      if (!(hashes[j - 1].second->labels == labels)) continue;
      return fail(ErrorCode::invalid, fmt::format("two series have the same labels {} here",
                                                  labels.copy().to_string()));
    }
  }
  return {};
}

const Labels* Evaluator::keep(Labels labels) {
  kept_.push_back(std::make_unique<Labels>(std::move(labels)));
  return kept_.back().get();
}

FeedSet Evaluator::feed_set(series::Feed feed) {
  if (last_feed_set_ == series::kNoFeeds || !(feed == last_feed_)) {
    last_feed_ = feed;
    last_feed_set_ = feeds_.single(feed);
  }
  return last_feed_set_;
}

FeedSet Evaluator::feed_set(const series::Series& series) {
  return series.recorded() ? series.made_of : feed_set(series.feed());
}

void Evaluator::touch_all(const series::Selection& selection) {
  for (const series::Feed& feed : selection.feeds) touch(feed_set(feed));
  for (const series::Series* series : selection.recorded) touch(series->made_of);
}

Result<void> Evaluator::count(std::size_t samples) {
  samples_ += samples;
  if (samples_ <= limits_.samples) return {};
  return fail(ErrorCode::exhausted,
              fmt::format("the expression reads more than {} samples", limits_.samples));
}

Result<void> Evaluator::count_text(std::size_t bytes) {
  text_bytes_ += bytes;
  if (text_bytes_ <= kMaxTextMade) return {};
  return fail(ErrorCode::exhausted,
              fmt::format("the expression makes labels of more than {} bytes", kMaxTextMade));
}

Result<void> Evaluator::check_size(std::size_t elements) const {
  if (elements <= limits_.elements) return {};
  return fail(ErrorCode::exhausted,
              fmt::format("a vector has more than {} elements", limits_.elements));
}

}  // namespace tocsin::expr
