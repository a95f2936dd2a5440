// One evaluation under way: the walk over the tree, and what its functions need of it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/expr/evaluate.hpp"
#include "tocsin/expr/label_ref.hpp"
#include "tocsin/series/sample.hpp"

namespace tocsin::expr {

using series::FeedSet;
using series::Millis;
using series::Sample;

struct Item {
  LabelRef labels;
  double value = 0;
  FeedSet feeds = series::kNoFeeds;
};

/// What a node gives at one time; which part counts is the node's type.
struct Intermediate {
  double scalar = 0;
  FeedSet feeds = series::kNoFeeds;  ///< of the scalar
  std::string text;
  std::vector<Item> items;
  bool distinct_nameless = true;  ///< no two items differ in their name alone
};

/// A range: (start, end], asked for at `at`.
struct Window {
  Millis start = 0;
  Millis end = 0;
  Millis at = 0;
};

/// One series of a range vector.
struct Row {
  LabelRef labels;
  FeedSet feeds = series::kNoFeeds;
  std::span<const Sample> samples;
};

/// What `@ start()` and `@ end()` stand for.
struct Bounds {
  Millis start = 0;
  Millis end = 0;
};

class Evaluator {
 public:
  Evaluator(const series::Store& store, series::FeedSets& feeds, const Moment& moment,
            Bounds bounds, const Limits& limits);

  /// Of a scalar, string or instant vector.
  [[nodiscard]] Result<Intermediate> evaluate(const Node& node, Millis at);
  using VisitRow = std::function<void(const Row&)>;
  /// Visits the series of a range vector that hold a sample in it. `window` is set before.
  [[nodiscard]] Result<void> rows(const Node& node, Millis at, Window& window,
                                  const VisitRow& visit);
  /// Of an instant selector; with `times`, each sample's own time in seconds is its value.
  [[nodiscard]] Result<Intermediate> select(const VectorSelector& selector, Millis at, bool times);

  /// Makes every item nameless; fails where two are the same then.
  [[nodiscard]] Result<void> drop_names(Intermediate& vector);
  /// Fails where two items have the same labels.
  [[nodiscard]] Result<void> check_distinct(const std::vector<Item>& items) const;

  /// Text that label functions make; fails where one evaluation makes absurdly much of it.
  [[nodiscard]] Result<void> count_text(std::size_t bytes);
  /// Labels that no series has, kept until the evaluation ends.
  const Labels* keep(Labels labels);
  [[nodiscard]] FeedSet united(FeedSet a, FeedSet b) {
    if (a == b || b == series::kNoFeeds) return a;
    return a == series::kNoFeeds ? b : feeds_.united(a, b);
  }
  [[nodiscard]] double wall_seconds(Millis at) const {
    return static_cast<double>(at + wall_minus_boot_) / 1000.0;
  }
  [[nodiscard]] FeedSet touched() const { return touched_; }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  /// Evaluates and says, besides, what the selectors within have touched.
  [[nodiscard]] Result<Intermediate> evaluate_touching(const Node& node, Millis at,
                                                       FeedSet& touched);
  void touch(FeedSet feeds) { touched_ = united(touched_, feeds); }
  FeedSet exchange_touched(FeedSet feeds) { return std::exchange(touched_, feeds); }
  /// Forgets what keep() has taken; nothing may refer to it any more.
  void forget_kept(std::size_t but_the_first = 0) { kept_.resize(but_the_first); }

 private:
  [[nodiscard]] Result<Intermediate> negation(const Negation& node, Millis at);
  [[nodiscard]] Result<Intermediate> call(const Call& call, Millis at);
  [[nodiscard]] Result<Intermediate> over_range(const Call& call, Millis at);
  [[nodiscard]] Result<Intermediate> each_element(const Call& call, Millis at);
  [[nodiscard]] Result<void> selected_rows(const MatrixSelector& node, Millis at, Window& window,
                                           const VisitRow& visit);
  [[nodiscard]] Result<void> subquery_rows(const Subquery& node, Millis at, Window& window,
                                           const VisitRow& visit);
  [[nodiscard]] Millis shifted(const TimeShift& shift, Millis at) const;
  [[nodiscard]] FeedSet feed_set(series::Feed feed);
  [[nodiscard]] FeedSet feed_set(const series::Series& series);
  void touch_all(const series::Selection& selection);
  [[nodiscard]] Result<void> count(std::size_t samples);
  [[nodiscard]] Result<void> check_size(std::size_t elements) const;

  const series::Store& store_;
  series::FeedSets& feeds_;
  Millis wall_minus_boot_;
  std::optional<Millis> lookback_;
  Bounds bounds_;
  Limits limits_;
  std::size_t samples_ = 0;
  std::size_t text_bytes_ = 0;
  FeedSet touched_ = series::kNoFeeds;
  std::vector<std::unique_ptr<Labels>> kept_;
  std::vector<Sample> buffer_;
  series::Feed last_feed_;
  FeedSet last_feed_set_ = series::kNoFeeds;
};

// The parts of the walk that have a file of their own.
[[nodiscard]] Result<Intermediate> evaluate_binary(Evaluator& evaluator, const Binary& node,
                                                   Millis at);
[[nodiscard]] Result<Intermediate> match_vectors(Evaluator& evaluator, const Binary& node,
                                                 Intermediate left, Intermediate right);
[[nodiscard]] Result<Intermediate> combine_sets(Evaluator& evaluator, const Binary& node,
                                                Intermediate left, const Intermediate& right);
[[nodiscard]] Result<Intermediate> evaluate_aggregate(Evaluator& evaluator, const Aggregate& node,
                                                      Millis at);
/// What an operator makes of two numbers; a comparison gives 1 or 0.
[[nodiscard]] double apply(BinaryOp op, double left, double right);

}  // namespace tocsin::expr
