// Risk covered: a chance that is computed wrongly pages for nothing, or never.
#include "tocsin/rule/surprise.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

using namespace tocsin;
using rule::Side;
using rule::surprise;

namespace {

/// -ln P(X <= x) or P(X >= x) of a Poisson distribution, summed.
double exact_poisson(Side side, int x, double mean) {
  double sum = 0;
  const int from = side == Side::drop ? 0 : x;
  const int to = side == Side::drop ? x : x + 400;
  for (int i = from; i <= to; ++i)
    sum += std::exp(i * std::log(mean) - mean - std::lgamma(i + 1.0));
  return -std::log(sum);
}

/// The same of a negative binomial.
double exact_negative_binomial(Side side, int x, double mean, double variance) {
  const double r = mean / (variance / mean - 1);
  double sum = 0;
  const int from = side == Side::drop ? 0 : x;
  const int to = side == Side::drop ? x : x + 4000;
  for (int i = from; i <= to; ++i) {
    sum += std::exp(std::lgamma(i + r) - std::lgamma(r) - std::lgamma(i + 1.0) +
                    r * std::log(r / (r + mean)) + i * std::log(mean / (r + mean)));
  }
  return -std::log(sum);
}

}  // namespace

TEST_CASE("surprise: is the logarithm of Poisson's tail, to a few per cent") {
  for (const double mean : {3.0, 20.0, 100.0, 400.0}) {
    for (const double share : {0.0, 0.3, 0.6, 1.5, 2.0}) {
      const int x = static_cast<int>(share * mean);
      const auto side = x < mean ? Side::drop : Side::rise;
      const double exact = exact_poisson(side, x, mean);
      if (exact < 3) continue;
      CAPTURE(mean);
      CAPTURE(x);
      CHECK(surprise(side, x, {mean, mean, 1}) == doctest::Approx(exact).epsilon(0.04));
    }
  }
}

TEST_CASE("surprise: is the logarithm of a negative binomial's tail, to a few per cent") {
  for (const double phi : {1.5, 5.0}) {
    for (const double mean : {20.0, 100.0, 400.0}) {
      for (const double share : {0.1, 0.5, 2.0}) {
        const int x = static_cast<int>(share * mean);
        const auto side = x < mean ? Side::drop : Side::rise;
        const double exact = exact_negative_binomial(side, x, mean, phi * mean);
        if (exact < 3) continue;
        CAPTURE(mean);
        CAPTURE(x);
        CHECK(surprise(side, x, {mean, phi * mean, 1}) == doctest::Approx(exact).epsilon(0.06));
      }
    }
  }
}

TEST_CASE("surprise: batches of five are a fifth as telling as single events") {
  const double single = surprise(Side::drop, 0, {20, 20, 1});
  CHECK(surprise(Side::drop, 0, {100, 500, 5}) == doctest::Approx(single));
}

TEST_CASE("surprise: three expected and none seen is not surprising") {
  CHECK(surprise(Side::drop, 0, {3, 3, 1}) == doctest::Approx(3));
  CHECK(surprise(Side::drop, 200, {300, 300, 1}) > 18);
}

TEST_CASE("surprise: what is on the other side of the mean is none") {
  CHECK(surprise(Side::drop, 400, {300, 300, 1}) == 0);
  CHECK(surprise(Side::rise, 200, {300, 300, 1}) == 0);
}
