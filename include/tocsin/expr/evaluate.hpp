// The evaluator: an expression over the store at one moment. Pure; bounded by limits.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/expr/expression.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/series/feeds.hpp"
#include "tocsin/series/store.hpp"

namespace tocsin::expr {

struct Element {
  Labels labels;
  double value = 0;
  series::FeedSet feeds = series::kNoFeeds;  ///< the targets whose series made this value
};
using Vector = std::vector<Element>;
/// One series with its course over time.
struct RangeSeries {
  Labels labels;
  std::vector<std::pair<BootTime, double>> points;
};
using Matrix = std::vector<RangeSeries>;
using Value = std::variant<double, std::string, Vector, Matrix>;

struct Moment {
  BootTime at;                 ///< the store's clock
  Duration wall_minus_boot{};  ///< maps it to the calendar, for time(), timestamp() and @
  /// Replaces the lookback that each series has from its target's interval (for PromQL's own 5m).
  std::optional<Duration> lookback;
};

struct Evaluated {
  Value value;
  /// All targets whose series the selectors matched, also where an operator dropped the value.
  series::FeedSet touched = series::kNoFeeds;
  std::size_t samples = 0;  ///< read
};

struct Limits {
  std::size_t samples = 5'000'000;  ///< read by one evaluation
  std::size_t elements = 100'000;   ///< in any intermediate vector
};

/// Fails with `invalid` where the expression cannot be evaluated on these series (several series on
/// the "one" side of a match, for example), with `exhausted` at a limit.
[[nodiscard]] Result<Evaluated> evaluate(const Expression& expression, const series::Store& store,
                                         series::FeedSets& feeds, Moment moment,
                                         const Limits& limits = {});

}  // namespace tocsin::expr
