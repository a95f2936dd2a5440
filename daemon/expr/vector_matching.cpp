// Operators between two vectors: how their elements find each other.
#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "tocsin/expr/evaluator.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

Grouping grouping_of(const Matching& matching) {
  return {matching.on, &matching.labels};
}

/// Matches the elements of one operator; "one" and "many" are its sides, whichever stands left.
class Match {
 public:
  Match(Evaluator& evaluator, const Binary& node)
      : evaluator_(evaluator), node_(node), grouping_(grouping_of(node.matching)) {}

  Result<Intermediate> of(Intermediate left, Intermediate right) {
    Intermediate result;
    if (left.items.empty() || right.items.empty()) return result;
    const bool one_is_left = cardinality() == Cardinality::one_to_many;
    if (one_is_left) std::swap(left, right);
    // From here on `left` is the side that may have many.
    if (auto indexed = index_one_side(right.items, one_is_left); !indexed) {
      return tl::unexpected<Error>(std::move(indexed.error()));
    }
    for (const Item& many : left.items) {
      if (auto matched = match(many, right.items, one_is_left, result); !matched) {
        return tl::unexpected<Error>(std::move(matched.error()));
      }
    }
    // One to one, each match has a key of its own, and the key leaves the name out.
    const bool own_keys = cardinality() == Cardinality::one_to_one && !grouping_.counts(kNameLabel);
    if (own_keys) return result;
    result.distinct_nameless = !keeps_name();
    auto distinct = evaluator_.check_distinct(result.items);
    if (!distinct) {
      return fail(ErrorCode::invalid,
                  distinct.error().text + ": the grouping labels must tell the matches apart");
    }
    return result;
  }

 private:
  [[nodiscard]] Cardinality cardinality() const { return node_.matching.cardinality; }
  [[nodiscard]] bool filters() const { return is_comparison(node_.op) && !node_.as_bool; }
  /// A filter lets elements through with their names.
  [[nodiscard]] bool keeps_name() const { return filters(); }

  Result<void> index_one_side(const std::vector<Item>& items, bool is_left) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      key_.clear();
      grouping_.append_key(items[i].labels, key_);
      const auto [place, added] = one_side_.emplace(key_, i);
      if (added) continue;
      return fail(
          ErrorCode::invalid,
          fmt::format("several series on the {} side match the same labels: {} and {}",
                      is_left ? "left" : "right", items[place->second].labels.copy().to_string(),
                      items[i].labels.copy().to_string()));
    }
    return {};
  }

  Result<void> match(const Item& many, const std::vector<Item>& one_side, bool one_is_left,
                     Intermediate& result) {
    key_.clear();
    grouping_.append_key(many.labels, key_);
    const auto found = one_side_.find(key_);
    if (found == one_side_.end()) return {};
    const Item& one = one_side[found->second];
    // Also where a filter would let only one of them through: the match itself is not clear.
    if (cardinality() == Cardinality::one_to_one && !matched_.insert(key_).second) {
      return fail(ErrorCode::invalid,
                  fmt::format("several series on the left side match {}: many-to-one matching is "
                              "written group_left or group_right",
                              one.labels.copy().to_string()));
    }
    const double left = one_is_left ? one.value : many.value;
    const double right = one_is_left ? many.value : one.value;
    double value = apply(node_.op, left, right);
    if (filters()) {
      if (value == 0) return {};
      value = left;
    }
    result.items.push_back({labels_of(many, one), value, evaluator_.united(many.feeds, one.feeds)});
    return {};
  }

  LabelRef labels_of(const Item& many, const Item& one) {
    const Matching& matching = node_.matching;
    LabelRef ref = many.labels;
    if (!keeps_name()) ref.nameless = true;
    if (cardinality() == Cardinality::one_to_one) {
      if (!matching.on && matching.labels.empty()) return ref;
      return {evaluator_.keep(narrowed(ref)), false};
    }
    if (matching.included.empty()) return ref;
    Labels labels = ref.copy();
    for (const std::string& name : matching.included) labels.set(name, one.labels.get(name));
    if (node_.as_bool) labels.remove(kNameLabel);  // also one that was taken over
    return {evaluator_.keep(std::move(labels)), false};
  }

  /// The labels of a one-to-one match: those it is on, or all but those it ignores.
  Labels narrowed(const LabelRef& ref) const {
    if (node_.matching.on) return grouping_.kept(ref);
    Labels labels = ref.copy();
    for (const std::string& name : node_.matching.labels) labels.remove(name);
    return labels;
  }

  Evaluator& evaluator_;
  const Binary& node_;
  Grouping grouping_;
  std::string key_;
  std::unordered_map<std::string, std::size_t> one_side_;
  std::unordered_set<std::string> matched_;
};

}  // namespace

Result<Intermediate> match_vectors(Evaluator& evaluator, const Binary& node, Intermediate left,
                                   Intermediate right) {
  return Match(evaluator, node).of(std::move(left), std::move(right));
}

Result<Intermediate> combine_sets(Evaluator& evaluator, const Binary& node, Intermediate left,
                                  const Intermediate& right) {
  const Grouping grouping = grouping_of(node.matching);
  std::string key;
  const auto key_of = [&](const Item& item) -> const std::string& {
    key.clear();
    grouping.append_key(item.labels, key);
    return key;
  };
  if (node.op == BinaryOp::either) {
    std::unordered_set<std::string> on_left;
    for (const Item& item : left.items) on_left.insert(key_of(item));
    left.distinct_nameless = left.distinct_nameless && right.items.empty();
    for (const Item& item : right.items) {
      if (!on_left.contains(key_of(item))) left.items.push_back(item);
    }
    return left;
  }
  // With `and`, the element on the right is part of what the left one hangs on.
  std::unordered_map<std::string, FeedSet> on_right;
  for (const Item& item : right.items) {
    FeedSet& feeds = on_right[key_of(item)];
    feeds = evaluator.united(feeds, item.feeds);
  }
  std::size_t kept = 0;
  for (Item& item : left.items) {
    const auto found = on_right.find(key_of(item));
    if ((found != on_right.end()) != (node.op == BinaryOp::both)) continue;
    if (found != on_right.end()) item.feeds = evaluator.united(item.feeds, found->second);
    left.items[kept++] = item;
  }
  left.items.resize(kept);
  return left;
}

}  // namespace tocsin::expr
