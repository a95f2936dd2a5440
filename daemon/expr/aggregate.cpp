// Aggregations: one element for each group of a vector's elements.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

#include "tocsin/base/text.hpp"
#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

/// 2^63, the first double beyond any whole number that PromQL takes.
constexpr double kTooMany = 9223372036854775808.0;

/// What is known of a group so far.
struct Group {
  LabelRef labels;
  FeedSet feeds = series::kNoFeeds;
  double count = 0;
  double best = kNotANumber;  ///< of min and max
  CompensatedSum sum;
  Mean mean;
  double running_mean = 0;  ///< of the variance
  double squares = 0;
  std::vector<double> values;         ///< of quantile
  std::vector<const Item*> elements;  ///< of topk and bottomk
};

void add_to_variance(Group& group, double value) {
  if (group.count == 1) {
    group.running_mean = value;
    group.squares = std::isfinite(value) ? 0 : kNotANumber;
    return;
  }
  const double before = value - group.running_mean;
  group.running_mean += before / group.count;
  group.squares += before * (value - group.running_mean);
}

void add(AggregateOp op, Group& group, const Item& item) {
  group.count += 1;
  switch (op) {
    case AggregateOp::sum:
      group.sum.add(item.value);
      break;
    case AggregateOp::avg:
      group.mean.add(item.value);
      break;
    case AggregateOp::min:
      if (item.value < group.best || std::isnan(group.best)) group.best = item.value;
      break;
    case AggregateOp::max:
      if (item.value > group.best || std::isnan(group.best)) group.best = item.value;
      break;
    case AggregateOp::stddev:
    case AggregateOp::stdvar:
      add_to_variance(group, item.value);
      break;
    case AggregateOp::quantile:
      group.values.push_back(item.value);
      break;
    case AggregateOp::topk:
    case AggregateOp::bottomk:
      group.elements.push_back(&item);
      break;
    case AggregateOp::count:
    case AggregateOp::group:
    case AggregateOp::count_values:
      break;
  }
}

double result_of(AggregateOp op, Group& group, double parameter) {
  switch (op) {
    case AggregateOp::sum:
      return group.sum.value();
    case AggregateOp::avg:
      return group.mean.value();
    case AggregateOp::min:
    case AggregateOp::max:
      return group.best;
    case AggregateOp::stddev:
      return std::sqrt(group.squares / group.count);
    case AggregateOp::stdvar:
      return group.squares / group.count;
    case AggregateOp::quantile:
      return quantile_of(parameter, group.values);
    case AggregateOp::group:
      return 1;
    case AggregateOp::count:
    case AggregateOp::count_values:
    case AggregateOp::topk:
    case AggregateOp::bottomk:
      break;
  }
  return group.count;
}

/// Shortest digits without an exponent, as count_values writes them.
std::string plain_digits(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 512> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return {buffer.data(), end.ptr};
}

class Aggregation {
 public:
  Aggregation(Evaluator& evaluator, const Aggregate& node)
      : evaluator_(evaluator), node_(node), grouping_{!node.without, &node.labels} {}

  Result<Intermediate> at(Millis time) {
    Intermediate parameter;
    if (node_.parameter) {
      auto value = evaluator_.evaluate(*node_.parameter, time);
      if (!value) return value;
      parameter = std::move(*value);
    }
    auto vector = evaluator_.evaluate(*node_.operand, time);
    if (!vector) return vector;
    if (node_.op == AggregateOp::count_values) return count_values(*vector, parameter.text);
    collect(vector->items);
    const bool picks = node_.op == AggregateOp::topk || node_.op == AggregateOp::bottomk;
    if (picks) return picked(*vector, parameter);
    Intermediate result;
    result.distinct_nameless = !grouping_.counts(kNameLabel);
    for (Group& group : groups_) {
      result.items.push_back({group.labels, result_of(node_.op, group, parameter.scalar),
                              evaluator_.united(group.feeds, parameter.feeds)});
    }
    return result;
  }

 private:
  void collect(const std::vector<Item>& items) {
    std::unordered_map<std::string, std::size_t> index;
    std::string key;
    const bool one_group = grouping_.only && grouping_.labels->empty();
    for (const Item& item : items) {
      std::size_t place = 0;
      bool added = groups_.empty();
      if (!one_group) {
        key.clear();
        grouping_.append_key(item.labels, key);
        const auto found = index.emplace(key, groups_.size());
        place = found.first->second;
        added = found.second;
      }
      if (added) {
        groups_.emplace_back();
        groups_.back().labels = {evaluator_.keep(grouping_.kept(item.labels)), false};
      }
      Group& group = groups_[place];
      group.feeds = evaluator_.united(group.feeds, item.feeds);
      add(node_.op, group, item);
    }
  }

  /// topk and bottomk keep elements as they are.
  Result<Intermediate> picked(const Intermediate& vector, const Intermediate& parameter) {
    if (!(std::fabs(parameter.scalar) < kTooMany)) {
      return fail(ErrorCode::invalid,
                  fmt::format("{} is no number of elements", plain_digits(parameter.scalar)));
    }
    Intermediate result;
    result.distinct_nameless = vector.distinct_nameless;
    if (parameter.scalar < 1) return result;
    const bool top = node_.op == AggregateOp::topk;
    for (Group& group : groups_) {
      auto& elements = group.elements;
      std::stable_sort(elements.begin(), elements.end(), [&](const Item* a, const Item* b) {
        if (std::isnan(a->value)) return false;
        if (std::isnan(b->value)) return true;
        return top ? a->value > b->value : a->value < b->value;
      });
      const double wanted = std::min(parameter.scalar, static_cast<double>(elements.size()));
      for (std::size_t i = 0; i < static_cast<std::size_t>(wanted); ++i) {
        result.items.push_back(*elements[i]);
        result.items.back().feeds = evaluator_.united(result.items.back().feeds, parameter.feeds);
      }
    }
    return result;
  }

  /// Groups by the value as well, which becomes a label.
  Result<Intermediate> count_values(const Intermediate& vector, const std::string& label) {
    if (label.empty() || valid_utf8(label) != label) {
      return fail(ErrorCode::invalid, fmt::format("\"{}\" is no label name", printable(label)));
    }
    std::vector<std::string> labels = node_.labels;
    if (!node_.without && !grouping_.counts(label)) {
      labels.insert(std::upper_bound(labels.begin(), labels.end(), label), label);
    }
    grouping_.labels = &labels;
    std::vector<Item> items = vector.items;
    for (Item& item : items) {
      Labels with_value = item.labels.copy();
      with_value.set(label, plain_digits(item.value));
      item.labels = {evaluator_.keep(std::move(with_value)), false};
    }
    collect(items);
    Intermediate result;
    result.distinct_nameless = !grouping_.counts(kNameLabel);
    for (const Group& group : groups_) {
      result.items.push_back({group.labels, group.count, group.feeds});
    }
    return result;
  }

  Evaluator& evaluator_;
  const Aggregate& node_;
  Grouping grouping_;
  std::vector<Group> groups_;
};

}  // namespace

Result<Intermediate> evaluate_aggregate(Evaluator& evaluator, const Aggregate& node, Millis at) {
  return Aggregation(evaluator, node).at(at);
}

}  // namespace tocsin::expr
