#include "tocsin/expr/numerics.hpp"

#include <algorithm>
#include <limits>

namespace tocsin::expr {
namespace {

constexpr double kSmallest = std::numeric_limits<double>::min();

}  // namespace

void Mean::add(double value) {
  count_ += 1;
  if (count_ == 1) {
    total_ = CompensatedSum(value);
    return;
  }
  if (!incremental_) {
    CompensatedSum next = total_;
    next.add(value);
    if (!std::isinf(next.rounded())) {
      total_ = next;
      return;
    }
    incremental_ = true;
    total_.scale(1 / (count_ - 1));
  }
  total_.scale((count_ - 1) / count_);
  total_.add(value / count_);
}

double Mean::value() const {
  if (incremental_) return total_.rounded() + total_.lost();
  return total_.rounded() / count_ + total_.lost() / count_;
}

void Spread::add(double value) {
  count_ += 1;
  const double before = value - (mean_.rounded() + mean_.lost());
  mean_.add(before / count_);
  const double after = value - (mean_.rounded() + mean_.lost());
  squares_.add(before * after);
}

double quantile_of(double q, std::vector<double>& values) {
  if (values.empty() || std::isnan(q)) return std::numeric_limits<double>::quiet_NaN();
  if (q < 0) return -std::numeric_limits<double>::infinity();
  if (q > 1) return std::numeric_limits<double>::infinity();
  std::sort(values.begin(), values.end(), [](double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && !std::isnan(b);
    return a < b;
  });
  const double rank = q * static_cast<double>(values.size() - 1);
  const auto lower = static_cast<std::size_t>(rank);
  const std::size_t upper = std::min(lower + 1, values.size() - 1);
  const double weight = rank - std::floor(rank);
  return values[lower] * (1 - weight) + values[upper] * weight;
}

bool almost_equal(double a, double b, double tolerance) {
  if (std::isnan(a) && std::isnan(b)) return true;
  if (a == b) return true;
  const double sum = std::fabs(a) + std::fabs(b);
  const double difference = std::fabs(a - b);
  if (a == 0 || b == 0 || sum < kSmallest) return difference < tolerance * kSmallest;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < tolerance;
}

}  // namespace tocsin::expr
