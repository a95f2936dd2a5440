// The evaluator over a span of time, step by step: for query_range and charts.
#pragma once

#include "tocsin/expr/evaluate.hpp"

namespace tocsin::expr {

/// Evaluates at `from`, `from + step`, … up to `to`. A scalar gives one series without labels;
/// strings and range vectors have no course over time.
[[nodiscard]] Result<Matrix> evaluate_range(const Expression& expression,
                                            const series::Store& store, series::FeedSets& feeds,
                                            Moment from, BootTime to, Duration step,
                                            const Limits& limits = {});

}  // namespace tocsin::expr
