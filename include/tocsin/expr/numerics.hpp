// Not a number, and sums and means that do not lose what is small beside what is large (Neumaier's
// compensation).
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace tocsin::expr {

inline constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

class CompensatedSum {
 public:
  CompensatedSum() = default;
  explicit CompensatedSum(double start) : sum_(start) {}
  void add(double value) {
    const double next = sum_ + value;
    if (std::isinf(next)) {
      lost_ = 0;
    } else if (std::fabs(sum_) >= std::fabs(value)) {
      lost_ += (sum_ - next) + value;
    } else {
      lost_ += (value - next) + sum_;
    }
    sum_ = next;
  }
  void scale(double factor) {
    sum_ *= factor;
    lost_ *= factor;
  }
  [[nodiscard]] double rounded() const { return sum_; }
  [[nodiscard]] double lost() const { return lost_; }
  [[nodiscard]] double value() const { return std::isinf(sum_) ? sum_ : sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

/// A mean whose sum may be larger than any number.
class Mean {
 public:
  void add(double value);
  [[nodiscard]] double value() const;

 private:
  CompensatedSum total_;  ///< the sum; once that has overflowed, the mean so far
  double count_ = 0;
  bool incremental_ = false;
};

/// Variance by Welford's updates, compensated.
class Spread {
 public:
  void add(double value);
  [[nodiscard]] double variance() const { return squares_.value() / count_; }

 private:
  CompensatedSum mean_;
  CompensatedSum squares_;
  double count_ = 0;
};

/// PromQL's quantile with linear interpolation; sorts `values`. NaN counts as the smallest.
[[nodiscard]] double quantile_of(double q, std::vector<double>& values);

/// Equal up to a relative difference, as far as buckets of a histogram are concerned.
[[nodiscard]] bool almost_equal(double a, double b, double tolerance);

}  // namespace tocsin::expr
