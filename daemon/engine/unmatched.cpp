#include "tocsin/engine/unmatched.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "config/known_metrics.hpp"
#include "config/selectors.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/series/selection.hpp"

namespace tocsin::engine {
namespace {

using Names = std::vector<std::string>;

/// The series of one metric, or all of them.
class Candidates {
 public:
  Candidates(const series::Store& store, const std::string& metric) : store_(store) {
    if (metric.empty()) return;
    auto name = Matcher::make(std::string(kNameLabel), MatchOp::equal, metric);
    if (name) of_metric_ = series::select(store, series::Selector::make({*std::move(name)}));
  }

  [[nodiscard]] Names labels() const {
    if (!of_metric_) return series::label_names(store_);
    std::set<std::string> names;
    for (const series::Series* each : of_metric_->series)
      for (const LabelView& label : each->labels()) names.emplace(label.name);
    return {names.begin(), names.end()};
  }

  [[nodiscard]] Names values(const std::string& label) const {
    if (!of_metric_) return series::label_values(store_, label);
    std::set<std::string> values;
    for (const series::Series* each : of_metric_->series)
      if (each->labels().has(label)) values.emplace(each->labels().get(label));
    return {values.begin(), values.end()};
  }

  [[nodiscard]] bool any_has(const Matcher& matcher) const {
    const auto matches = [&matcher](std::string_view value) { return matcher.matches(value); };
    if (of_metric_) {
      return std::any_of(
          of_metric_->series.begin(), of_metric_->series.end(),
          [&](const series::Series* each) { return matches(each->labels().get(matcher.label())); });
    }
    const Names all = values(matcher.label());
    return matches("") || std::any_of(all.begin(), all.end(), matches);
  }

 private:
  const series::Store& store_;
  std::shared_ptr<const series::Selection> of_metric_;
};

class Search {
 public:
  Search(const series::Store& store, std::span<const rule::Record> records)
      : store_(store), records_(records), metrics_(series::metric_names(store)) {}

  void look_at(const expr::Expression& expression) {
    for (const config::Wanted& wanted : config::selectors_of(expression)) {
      const series::Selector& selector = *wanted.selector;
      if (!series::select(store_, selector)->series.empty()) continue;
      const bool there = selector.name.empty() ||
                         std::binary_search(metrics_.begin(), metrics_.end(), selector.name);
      if (const rule::Record* record = there ? nullptr : find_record(selector.name)) {
        if (looked_into_.insert(record->name).second) look_at(record->expression);
        continue;
      }
      Unmatched one = there ? why(selector) : no_metric(selector.name);
      one.says = printable(one.says);
      const auto& known = config::known_metrics();
      one.known = std::binary_search(known.begin(), known.end(), selector.name);
      if (said_.insert(one.says).second) found_.push_back(std::move(one));
    }
  }

  [[nodiscard]] std::vector<Unmatched> found() && { return std::move(found_); }

 private:
  [[nodiscard]] const rule::Record* find_record(const std::string& name) const {
    const auto at = std::find_if(records_.begin(), records_.end(),
                                 [&name](const rule::Record& each) { return each.name == name; });
    return at == records_.end() ? nullptr : &*at;
  }

  static Unmatched said(std::string what, std::string meant) {
    if (!meant.empty()) what += fmt::format(": did you mean `{}`?", meant);
    return {std::move(what), std::move(meant)};
  }

  [[nodiscard]] Unmatched no_metric(const std::string& name) const {
    const auto& known = config::known_metrics();
    const bool exists = std::binary_search(known.begin(), known.end(), name);
    std::string meant = exists ? "" : nearly(name, metrics_);
    if (meant.empty()) meant = config::mistyped_metric(name);
    return said(fmt::format("no series is called `{}`", name), std::move(meant));
  }

  [[nodiscard]] Unmatched why(const series::Selector& selector) const {
    const Candidates candidates(store_, selector.name);
    const std::string metric = selector.name.empty() ? "" : fmt::format("`{}`", selector.name);
    const std::string none = metric.empty() ? "no series" : "no " + metric;
    std::string all;
    for (const Matcher& matcher : selector.matchers) {
      all += (all.empty() ? "" : ", ") + matcher.to_string();
      if (candidates.any_has(matcher)) continue;
      const Names values = candidates.values(matcher.label());
      if (values.empty()) {
        std::string meant = nearly(matcher.label(), candidates.labels());
        return said(metric.empty() ? fmt::format("no series has a label `{}`", matcher.label())
                                   : fmt::format("{} has no label `{}`", metric, matcher.label()),
                    std::move(meant));
      }
      std::string meant = matcher.op() == MatchOp::equal ? nearly(matcher.value(), values) : "";
      return said(fmt::format("{} has {}", none, matcher.to_string()), std::move(meant));
    }
    return said(fmt::format("{} has all of {}", none, all), "");
  }

  const series::Store& store_;
  std::span<const rule::Record> records_;
  Names metrics_;
  std::set<std::string> looked_into_;
  std::set<std::string> said_;
  std::vector<Unmatched> found_;
};

}  // namespace

std::vector<Unmatched> unmatched(const expr::Expression& expression, const series::Store& store,
                                 std::span<const rule::Record> records) {
  Search search(store, records);
  search.look_at(expression);
  return std::move(search).found();
}

}  // namespace tocsin::engine
