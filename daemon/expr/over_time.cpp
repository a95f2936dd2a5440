// The *_over_time functions: one number of all samples in a range.
#include <cmath>

#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/numerics.hpp"

namespace tocsin::expr {
namespace {

using Samples = std::span<const Sample>;

std::optional<double> avg(Samples samples, const Window&, double) {
  Mean mean;
  for (const Sample& sample : samples) mean.add(sample.value);
  return mean.value();
}

std::optional<double> sum(Samples samples, const Window&, double) {
  CompensatedSum total;
  for (const Sample& sample : samples) total.add(sample.value);
  return total.value();
}

/// NaN gives way to any number.
std::optional<double> min(Samples samples, const Window&, double) {
  double least = samples.front().value;
  for (const Sample& sample : samples) {
    if (sample.value < least || std::isnan(least)) least = sample.value;
  }
  return least;
}

std::optional<double> max(Samples samples, const Window&, double) {
  double most = samples.front().value;
  for (const Sample& sample : samples) {
    if (sample.value > most || std::isnan(most)) most = sample.value;
  }
  return most;
}

double variance(Samples samples) {
  Spread spread;
  for (const Sample& sample : samples) spread.add(sample.value);
  return spread.variance();
}

std::optional<double> quantile(Samples samples, const Window&, double q) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const Sample& sample : samples) values.push_back(sample.value);
  return quantile_of(q, values);
}

void add(std::vector<Function>& table, std::string_view name, RangeFunction body,
         bool keeps_name = false) {
  Function function;
  function.name = name;
  function.parameters = {ValueType::matrix};
  function.keeps_name = keeps_name;
  function.body = body;
  table.push_back(std::move(function));
}

}  // namespace

void add_over_time_functions(std::vector<Function>& table) {
  add(table, "avg_over_time", avg);
  add(table, "sum_over_time", sum);
  add(table, "min_over_time", min);
  add(table, "max_over_time", max);
  add(table, "count_over_time", [](Samples samples, const Window&, double) {
    return std::optional<double>(static_cast<double>(samples.size()));
  });
  add(table, "present_over_time",
      [](Samples, const Window&, double) { return std::optional<double>(1); });
  add(table, "stdvar_over_time", [](Samples samples, const Window&, double) {
    return std::optional<double>(variance(samples));
  });
  add(table, "stddev_over_time", [](Samples samples, const Window&, double) {
    return std::optional<double>(std::sqrt(variance(samples)));
  });
  add(
      table, "last_over_time",
      [](Samples samples, const Window&, double) {
        return std::optional<double>(samples.back().value);
      },
      true);
  add(
      table, "first_over_time",
      [](Samples samples, const Window&, double) {
        return std::optional<double>(samples.front().value);
      },
      true);
  Function quantiles;
  quantiles.name = "quantile_over_time";
  quantiles.parameters = {ValueType::scalar, ValueType::matrix};
  quantiles.body = quantile;
  table.push_back(std::move(quantiles));
}

}  // namespace tocsin::expr
