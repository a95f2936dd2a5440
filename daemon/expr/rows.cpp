// Range vectors: the samples of a selector's range, or of an expression evaluated step by step.
#include <unordered_map>
#include <utility>

#include "tocsin/expr/evaluator.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::expr {
namespace {

/// The first multiple of `step` after `time`.
Millis first_step_after(Millis time, Millis step) {
  Millis multiple = time / step * step;
  if (multiple > time) multiple -= step;  // division rounds towards zero
  return multiple + step;
}

struct BuiltRow {
  FeedSet feeds = series::kNoFeeds;
  std::vector<Sample> samples;
};

}  // namespace

Result<void> Evaluator::rows(const Node& node, Millis at, Window& window, const VisitRow& visit) {
  const Node& inner = bare(node);
  if (const auto* selector = std::get_if<MatrixSelector>(&inner.what)) {
    return selected_rows(*selector, at, window, visit);
  }
  if (const auto* subquery = std::get_if<Subquery>(&inner.what)) {
    return subquery_rows(*subquery, at, window, visit);
  }
  return fail(ErrorCode::internal, "not a range vector");
}

Result<void> Evaluator::selected_rows(const MatrixSelector& node, Millis at, Window& window,
                                      const VisitRow& visit) {
  window.at = at;
  window.end = shifted(node.vector.shift, at);
  window.start = window.end - node.range.count();
  const auto selection = series::select(store_, node.vector.selector);
  touch_all(*selection);
  for (const series::Series* series : selection->series) {
    // The buffer is the evaluator's own: what visits a row does not come back here.
    buffer_.clear();
    series->range(window.start, window.end, buffer_);
    if (auto counted = count(buffer_.size() + 1); !counted) return counted;
    if (buffer_.empty()) continue;
    visit(Row{LabelRef{&series->labels(), false}, feed_set(*series), buffer_});
  }
  return check_size(selection->series.size());
}

/// Steps are multiples of the step on the store's clock, so that neighbouring evaluations, and a
/// calendar that is set, see the same ones.
Result<void> Evaluator::subquery_rows(const Subquery& node, Millis at, Window& window,
                                      const VisitRow& visit) {
  window.at = at;
  window.end = shifted(node.shift, at);
  window.start = window.end - node.range.count();
  const Millis step = node.step.count();
  const std::size_t kept_before = kept_.size();
  std::vector<std::unique_ptr<Labels>> labels;
  std::vector<BuiltRow> built;
  std::unordered_map<LabelRef, std::size_t, LabelRefHash> row_of;
  for (Millis time = first_step_after(window.start, step); time <= window.end; time += step) {
    if (auto counted = count(1); !counted) return counted;
    auto vector = evaluate(*node.inner, time);
    if (!vector) return tl::unexpected<Error>(std::move(vector.error()));
    if (auto counted = count(vector->items.size()); !counted) return counted;
    for (const Item& item : vector->items) {
      auto row = row_of.find(item.labels);
      if (row == row_of.end()) {
        labels.push_back(std::make_unique<Labels>(item.labels.copy()));
        row = row_of.emplace(LabelRef{labels.back().get(), false}, built.size()).first;
        built.emplace_back();
      }
      BuiltRow& into = built[row->second];
      into.feeds = united(into.feeds, item.feeds);
      into.samples.push_back({time, item.value});
    }
    // Rows have labels of their own: those of the step are not needed any more.
    forget_kept(kept_before);
  }
  for (auto& own : labels) kept_.push_back(std::move(own));
  for (std::size_t i = 0; i < built.size(); ++i) {
    visit(Row{LabelRef{kept_[kept_before + i].get(), false}, built[i].feeds, built[i].samples});
  }
  return check_size(built.size());
}

}  // namespace tocsin::expr
