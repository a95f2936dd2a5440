#include "tocsin/rule/dispersion.hpp"

#include <algorithm>
#include <cmath>

namespace tocsin::rule {
namespace {

constexpr double kPriorWeight = 20;
constexpr float kMemory = 4000;  ///< buckets that a bin remembers
constexpr double kNeighbour = 0.1;
constexpr int kSmallest = 6;  ///< the first bin is of 2^-6 events
constexpr double kManyEvents =
    64;  ///< from here on one side of the mean can be told from the other
constexpr double kOutlier = 12;
constexpr double kBlockEvents = 50;  ///< times phi
constexpr float kSlowMemory = 300;   ///< blocks
constexpr float kHourMemory = 300;   ///< blocks that an hour of the day remembers
constexpr double kHourPrior = 30;
constexpr double kHourBeside = 0.5;  ///< what an hour's block tells of the hours beside it
constexpr double kLeastSlow = 0.03 * 0.03;
constexpr double kMostSlow = 0.4 * 0.4;

}  // namespace

std::size_t Dispersion::bin_of(double expected) {
  const int power = static_cast<int>(std::floor(std::log2(std::max(expected, 1e-6))));
  return static_cast<std::size_t>(std::clamp(power + kSmallest, 0, static_cast<int>(kBins) - 1));
}

/// From the bin that it falls into and those beside it, each moved along the line that all bins lie
/// on.
double Dispersion::phi(double expected) const {
  const double line = kPriorWeight * (batch_ + noise_ * expected);
  const auto bin = bin_of(expected);
  double sum = line;
  double weight = kPriorWeight;
  const auto add = [&](std::size_t i, double share) {
    const auto& each = bins_[i];
    sum += share * each.weight * (each.mean + noise_ * (expected - each.level));
    weight += share * each.weight;
  };
  add(bin, 1);
  if (bin > 0) add(bin - 1, kNeighbour);
  if (bin + 1 < kBins) add(bin + 1, kNeighbour);
  return std::max(1.0, sum / weight);
}

double Dispersion::slow() const {
  return std::clamp<double>(slow_.value, kLeastSlow, kMostSlow);
}

double Dispersion::slow(std::size_t hour_of_day) const {
  const auto& own = slow_at_[hour_of_day];
  const double all = slow();
  return std::clamp((own.value * own.weight + all * kHourPrior) / (own.weight + kHourPrior),
                    kLeastSlow, kMostSlow);
}

void Dispersion::learn(std::span<const Seen> hour, double error, std::size_t hour_of_day) {
  double values = 0;
  double expected = 0;
  double variance = 0;
  for (const auto& seen : hour) {
    if (seen.expected <= 0) continue;
    const double reach =
        std::max(0.25 * seen.expected, 4 * std::sqrt(phi(seen.expected) * seen.expected));
    values += std::clamp<double>(seen.value, seen.expected - reach, seen.expected + reach);
    expected += seen.expected;
    variance += phi(seen.expected) * seen.expected;
  }
  if (expected <= 0) return;
  // Against the hour's own mean, where it can be told: what is slow is counted apart.
  const double trust = expected * expected * slow() / (expected * expected * slow() + variance);
  const double local = 1 + trust * (values / expected - 1);
  const auto n = static_cast<double>(hour.size());
  const double freedom = 1 - trust / std::max(n, 2.0);
  for (const auto& seen : hour) {
    if (seen.expected <= 0) continue;
    const double m = std::max(seen.expected * local, 1e-3);
    const double off = seen.value - m;
    const bool matters = m < kManyEvents || (side_ == Side::drop ? off < 0 : off > 0);
    if (!matters) continue;
    auto& bin = bins_[bin_of(m)];
    const double phi_now = phi(m);
    const double ratio =
        std::min(off * off / m / freedom, kOutlier * phi_now * std::max(1.0, 1 / m));
    bin.weight = std::min(bin.weight + 1, kMemory);
    bin.mean += static_cast<float>((ratio - bin.mean) / bin.weight);
    bin.level += static_cast<float>((m - bin.level) / bin.weight);
  }
  learn_batch();

  block_hours_ |= 1U << hour_of_day;
  block_value_ += static_cast<float>(values);
  block_expected_ += static_cast<float>(expected);
  block_variance_ += static_cast<float>(variance + error);
  if (block_expected_ < kBlockEvents * (variance / expected)) return;
  const double off = block_value_ - block_expected_;
  if (side_ == Side::drop ? off < 0 : off > 0) {
    const double square = block_expected_ * block_expected_;
    const double excess = std::min((off * off - block_variance_) / square, 0.25);
    const double weight = 1 / (1 + block_variance_ / square / 0.01);
    const auto note = [&](Mean& mean, double share, float memory) {
      mean.weight = std::min(mean.weight + static_cast<float>(share * weight), memory);
      mean.value += static_cast<float>((excess - mean.value) * share * weight / mean.weight);
    };
    note(slow_, 1, kSlowMemory);
    const auto in_block = [&](std::size_t of_day) {
      return (block_hours_ >> (of_day % slow_at_.size()) & 1U) != 0;
    };
    for (std::size_t of_day = 0; of_day < slow_at_.size(); ++of_day) {
      if (in_block(of_day))
        note(slow_at_[of_day], 1, kHourMemory);
      else if (in_block(of_day + 1) || in_block(of_day + slow_at_.size() - 1))
        note(slow_at_[of_day], kHourBeside, kHourMemory);
    }
  }
  block_value_ = block_expected_ = block_variance_ = 0;
  block_hours_ = 0;
}

/// phi = batch + noise² · m over the bins, by least squares: batches are what is left at m = 0.
void Dispersion::learn_batch() {
  double w = 0;
  double wx = 0;
  double wy = 0;
  double wxx = 0;
  double wxy = 0;
  double least = 1e9;
  for (const auto& bin : bins_) {
    if (bin.weight < 30) continue;
    // The mean of squares of a bin has a relative error of about sqrt(2 / weight).
    const double weight = bin.weight / std::max(1.0F, bin.mean * bin.mean);
    w += weight;
    wx += weight * bin.level;
    wy += weight * bin.mean;
    wxx += weight * bin.level * bin.level;
    wxy += weight * bin.level * bin.mean;
    least = std::min(least, static_cast<double>(bin.mean));
  }
  if (w == 0) return;
  const double spread = w * wxx - wx * wx;
  const double slope = spread > 1e-6 * w * wxx ? std::max(0.0, (w * wxy - wx * wy) / spread) : 0;
  noise_ = static_cast<float>(slope);
  batch_ = static_cast<float>(std::clamp((wy - slope * wx) / w, 1.0, std::max(1.0, least)));
}

}  // namespace tocsin::rule
