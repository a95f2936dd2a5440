#include "outcome.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tocsin/base/quantity.hpp"
#include "tocsin/expr/evaluate_range.hpp"

namespace tocsin::conformance {
namespace {

using series::Millis;

constexpr TargetId kTarget{1};
constexpr Duration kLookback = std::chrono::minutes(5);

bool equal(double a, double b) {
  constexpr double kEpsilon = 0.000001;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (series::is_stale(a) || series::is_stale(b)) return series::is_stale(a) && series::is_stale(b);
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  const double sum = std::fabs(a) + std::fabs(b);
  const double difference = std::fabs(a - b);
  if (a == 0 || b == 0 || sum < kSmallest) return difference < kEpsilon * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kEpsilon;
}

bool same_series(const ExpectedSeries& a, const ExpectedSeries& b) {
  return a.labels == b.labels &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(),
                    [](const auto& left, const auto& right) {
                      return left.first == right.first && equal(left.second, right.second);
                    });
}

Result<expr::Expression> parsed(const std::string& text) {
  auto expression = expr::Expression::parse(text);
  if (expression) return *expression;
  return fail(ErrorCode::invalid,
              fmt::format("at {}: {}", expression.error().offset, expression.error().message));
}

expr::Moment moment_at(Millis at) {
  expr::Moment moment;
  moment.at = BootTime(Duration(at));
  moment.lookback = kLookback;
  return moment;
}

std::vector<ExpectedSeries> numbered(const expr::Matrix& all, Millis from, Millis step) {
  std::vector<ExpectedSeries> numbered;
  for (const expr::RangeSeries& one : all) {
    ExpectedSeries series{one.labels, {}};
    for (const auto& [time, value] : one.points) {
      const auto number = (time.time_since_epoch().count() - from) / step;
      series.values.emplace_back(static_cast<std::size_t>(number), value);
    }
    numbered.push_back(std::move(series));
  }
  return numbered;
}

}  // namespace

std::string Outcome::shown() const {
  if (scalar) return "scalar " + format_number(*scalar);
  if (text) return "string \"" + *text + "\"";
  if (series.empty()) return "nothing";
  std::string lines;
  for (const ExpectedSeries& one : series) {
    lines += "\n      " + one.labels.to_string();
    for (const auto& [number, value] : one.values) {
      lines += fmt::format(" {}:{}", number, format_number(value));
    }
  }
  return lines;
}

bool same(Outcome a, Outcome b, bool ordered) {
  if (a.scalar || b.scalar) return a.scalar && b.scalar && equal(*a.scalar, *b.scalar);
  if (a.text || b.text) return a.text == b.text;
  if (!ordered) {
    const auto by_labels = [](const ExpectedSeries& left, const ExpectedSeries& right) {
      return left.labels < right.labels;
    };
    std::sort(a.series.begin(), a.series.end(), by_labels);
    std::sort(b.series.begin(), b.series.end(), by_labels);
  }
  return std::equal(a.series.begin(), a.series.end(), b.series.begin(), b.series.end(),
                    same_series);
}

void World::clear() {
  samples_.clear();
  stored_ = false;
}

void World::load(const std::vector<LoadedSeries>& all) {
  for (const LoadedSeries& series : all) {
    auto& samples = samples_[series.labels];
    for (const series::Sample& sample : series.samples) samples[sample.time] = sample.value;
  }
  stored_ = false;
}

/// A store takes samples in the order of time; a later load may bring earlier ones.
void World::fill_store() {
  if (stored_) return;
  stored_ = true;
  store_ = series::Store();
  store_.keep_for(std::chrono::hours(24 * 365 * 100));
  for (const auto& [labels, samples] : samples_) {
    for (const auto& [time, value] : samples) {
      store_.append(kTarget, BootTime(Duration(time)), labels, value);
    }
  }
}

Result<Outcome> World::instant(const std::string& text, Millis at) {
  fill_store();
  const auto expression = parsed(text);
  if (!expression) return tl::unexpected<Error>(expression.error());
  auto value = expr::evaluate(*expression, store_, feeds_, moment_at(at));
  if (!value) return tl::unexpected<Error>(value.error());
  Outcome outcome;
  if (const auto* scalar = std::get_if<double>(&value->value)) {
    outcome.scalar = *scalar;
  } else if (const auto* words = std::get_if<std::string>(&value->value)) {
    outcome.text = *words;
  } else if (const auto* vector = std::get_if<expr::Vector>(&value->value)) {
    for (const expr::Element& element : *vector) {
      outcome.series.push_back({element.labels, {{0, element.value}}});
    }
  } else {
    outcome.series = numbered(std::get<expr::Matrix>(value->value), 0, 1);
  }
  return outcome;
}

Result<Outcome> World::range(const std::string& text, Millis from, Millis to, Millis step) {
  fill_store();
  const auto expression = parsed(text);
  if (!expression) return tl::unexpected<Error>(expression.error());
  auto all = expr::evaluate_range(*expression, store_, feeds_, moment_at(from),
                                  BootTime(Duration(to)), Duration(step));
  if (!all) return tl::unexpected<Error>(all.error());
  Outcome outcome;
  outcome.series = numbered(*all, from, step);
  return outcome;
}

}  // namespace tocsin::conformance
