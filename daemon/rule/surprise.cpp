#include "tocsin/rule/surprise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tocsin::rule {
namespace {

/// Above this many batches in one the distribution is Poisson's for all purposes.
constexpr double kNoExcess = 1e-9;

double poisson_exponent(double x, double mean) {
  return mean - x + (x > 0 ? x * std::log(x / mean) : 0);
}

double negative_binomial_exponent(double x, double mean, double r) {
  const double both = (x + r) * std::log((x + r) / (mean + r));
  return (x > 0 ? x * std::log(x / mean) : 0) - both;
}

}  // namespace

double surprise(Side side, double count, const Expected& expected) {
  const double mean = expected.mean / expected.batch;
  const double x = std::max(count, 0.0) / expected.batch;
  if (side == Side::drop ? x >= mean : x <= mean) return 0;
  const double variance = expected.variance / (expected.batch * expected.batch);
  const double excess = variance / mean - 1;
  const bool poisson = excess < kNoExcess;
  const double r = poisson ? 1e12 : mean / excess;
  const double exponent =
      poisson ? poisson_exponent(x, mean) : negative_binomial_exponent(x, mean, r);
  if (x < 0.5) return exponent;
  const double spread = 2 * std::numbers::pi * (x + x * x / r);
  // The next term of the tail against this one.
  const double ratio = side == Side::drop ? x * (r + mean) / std::max((x + r - 1) * mean, 1e-12)
                                          : (x + r) * mean / ((x + 1) * (r + mean));
  const double tail = std::log(1 - std::clamp(ratio, 0.0, 0.999));
  return std::max(0.0, exponent + 0.5 * std::log(std::max(spread, 1.0)) + tail);
}

}  // namespace tocsin::rule
