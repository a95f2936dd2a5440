// Finding series by their labels: for the evaluator and the API.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/model/labels.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/series/series.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::series {

/// What a selector asks for. Made once, used at every evaluation.
struct Selector {
  std::string name;               ///< the metric's name, or "" where it is not fixed
  std::vector<Matcher> matchers;  ///< all the others; `__name__` is a label like any other
  std::string key;                ///< equal keys select the same series

  [[nodiscard]] static Selector make(std::vector<Matcher> matchers);
  /// Whether the other matchers, without the fixed name, match.
  [[nodiscard]] bool matches(const Labels& labels) const;
  /// Whether series of that metric's name can match, whatever else it asks for.
  [[nodiscard]] bool takes_name(std::string_view metric) const;
};

/// The series that a selector matches, whether or not they have a sample just now.
struct Selection {
  Selector selector;
  std::vector<const Series*> series;
  std::vector<Feed> feeds;              ///< of all that targets gave, each once
  std::vector<const Series*> recorded;  ///< those that records gave
};

/// Remembered by the store and kept up to date, so that a rule that asks every minute costs no
/// search. Valid until the store is next written to.
[[nodiscard]] std::shared_ptr<const Selection> select(const Store& store, const Selector& selector);

/// The names of all metrics, sorted; costs no look at each series.
[[nodiscard]] std::vector<std::string> metric_names(const Store& store);
/// All label names, sorted.
[[nodiscard]] std::vector<std::string> label_names(const Store& store);
/// All values of a label, sorted.
[[nodiscard]] std::vector<std::string> label_values(const Store& store, std::string_view label);

}  // namespace tocsin::series
