// How fast something changes within a range. Rates and increases know counter resets, and reckon
// what happened between the range's ends and its first and last sample.
#include <cmath>
#include <limits>

#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

double seconds_between(Millis from, Millis to) {
  return static_cast<double>(to - from) / 1000.0;
}

/// From the first to the last value, with what each reset took away given back.
double change_over(std::span<const Sample> samples, bool counter) {
  double change = samples.back().value - samples.front().value;
  if (!counter) return change;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].value < samples[i - 1].value) change += samples[i - 1].value;
  }
  return change;
}

/// The change over the whole range: what was seen, stretched to the range's ends where the samples
/// reach close to them, otherwise by half an interval; never to before a counter was zero.
std::optional<double> extrapolated(std::span<const Sample> samples, const Window& window,
                                   bool counter) {
  if (samples.size() < 2) return std::nullopt;
  const double change = change_over(samples, counter);
  const double seen = seconds_between(samples.front().time, samples.back().time);
  const double interval = seen / static_cast<double>(samples.size() - 1);
  const double close = interval * 1.1;
  double before = seconds_between(window.start, samples.front().time);
  double after = seconds_between(samples.back().time, window.end);
  if (before >= close) before = interval / 2;
  if (counter && change > 0 && samples.front().value >= 0) {
    before = std::fmin(before, seen * (samples.front().value / change));
  }
  if (after >= close) after = interval / 2;
  return change * ((seen + before + after) / seen);
}

std::optional<double> increase(std::span<const Sample> samples, const Window& window, double) {
  return extrapolated(samples, window, true);
}

std::optional<double> rate(std::span<const Sample> samples, const Window& window, double) {
  const auto total = extrapolated(samples, window, true);
  if (!total) return std::nullopt;
  return *total / seconds_between(window.start, window.end);
}

std::optional<double> delta(std::span<const Sample> samples, const Window& window, double) {
  return extrapolated(samples, window, false);
}

std::optional<double> irate(std::span<const Sample> samples, const Window&, double) {
  if (samples.size() < 2) return std::nullopt;
  const Sample& last = samples.back();
  const Sample& before = samples[samples.size() - 2];
  const double change = last.value < before.value ? last.value : last.value - before.value;
  return change / seconds_between(before.time, last.time);
}

std::optional<double> idelta(std::span<const Sample> samples, const Window&, double) {
  if (samples.size() < 2) return std::nullopt;
  return samples.back().value - samples[samples.size() - 2].value;
}

std::optional<double> resets(std::span<const Sample> samples, const Window&, double) {
  double count = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].value < samples[i - 1].value) ++count;
  }
  return count;
}

std::optional<double> changes(std::span<const Sample> samples, const Window&, double) {
  double count = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const double before = samples[i - 1].value;
    const double after = samples[i].value;
    if (after != before && !(std::isnan(after) && std::isnan(before))) ++count;
  }
  return count;
}

struct Line {
  double slope = 0;
  double intercept = 0;  ///< at the time that it was fitted around
};

/// The straight line nearest to the samples, in least squares.
Line fitted(std::span<const Sample> samples, Millis around) {
  const double first = samples.front().value;
  bool constant = true;
  CompensatedSum x_sum;
  CompensatedSum y_sum;
  CompensatedSum xy_sum;
  CompensatedSum xx_sum;
  for (const Sample& sample : samples) {
    constant = constant && sample.value == first;
    const double x = seconds_between(around, sample.time);
    x_sum.add(x);
    y_sum.add(sample.value);
    xy_sum.add(x * sample.value);
    xx_sum.add(x * x);
  }
  if (constant) {
    return std::isinf(first) ? Line{kNotANumber, kNotANumber} : Line{0, first};
  }
  const auto count = static_cast<double>(samples.size());
  const double covariance = xy_sum.value() - x_sum.value() * y_sum.value() / count;
  const double variance = xx_sum.value() - x_sum.value() * x_sum.value() / count;
  Line line;
  line.slope = covariance / variance;
  line.intercept = y_sum.value() / count - line.slope * x_sum.value() / count;
  return line;
}

std::optional<double> deriv(std::span<const Sample> samples, const Window&, double) {
  if (samples.size() < 2) return std::nullopt;
  return fitted(samples, samples.front().time).slope;
}

std::optional<double> predict_linear(std::span<const Sample> samples, const Window& window,
                                     double ahead) {
  if (samples.size() < 2) return std::nullopt;
  const Line line = fitted(samples, window.at);
  return line.slope * ahead + line.intercept;
}

}  // namespace

void add_rate_functions(std::vector<Function>& table) {
  struct Entry {
    std::string_view name;
    RangeFunction body;
  };
  const Entry entries[] = {
      {"rate", rate},     {"increase", increase}, {"delta", delta},     {"irate", irate},
      {"idelta", idelta}, {"resets", resets},     {"changes", changes}, {"deriv", deriv},
  };
  for (const Entry& entry : entries) {
    Function function;
    function.name = entry.name;
    function.parameters = {ValueType::matrix};
    function.body = entry.body;
    table.push_back(std::move(function));
  }
  Function predict;
  predict.name = "predict_linear";
  predict.parameters = {ValueType::matrix, ValueType::scalar};
  predict.body = predict_linear;
  table.push_back(std::move(predict));
}

}  // namespace tocsin::expr
