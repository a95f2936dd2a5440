// How much a series wavers about what is expected of it, learned from what it did: within an hour
// (more than chance alone, in batches, in noise that grows with the rate), and from hour to hour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "tocsin/rule/surprise.hpp"

namespace tocsin::rule {

/// One clean bucket: what was expected of it, and what came.
struct Seen {
  float value = 0;
  float expected = 0;
};

class Dispersion {
 public:
  explicit Dispersion(Side side = Side::drop) : side_(side) {}

  /// Takes an hour's clean buckets; `error` is what their expectation itself may be off, events²;
  /// `hour_of_day` is 0 to 23.
  void learn(std::span<const Seen> hour, double error, std::size_t hour_of_day);

  /// Variance over mean of one bucket whose mean is `expected`; >= 1.
  [[nodiscard]] double phi(double expected) const;
  /// Relative variance of an hour's mean about its expectation, chance apart.
  [[nodiscard]] double slow() const;
  /// The same at this hour of the day: mornings may be harder to foresee than evenings.
  [[nodiscard]] double slow(std::size_t hour_of_day) const;
  /// How many events come together: what is left of phi where little is expected.
  [[nodiscard]] double batch() const { return batch_; }

 private:
  struct Bin {
    float mean = 0;    ///< of (x - m)² / m
    float weight = 0;  ///< buckets, up to a memory's length
    float level = 0;   ///< mean of m
  };
  static constexpr std::size_t kBins = 24;
  [[nodiscard]] static std::size_t bin_of(double expected);
  void learn_batch();

  Side side_;
  std::array<Bin, kBins> bins_{};
  // phi is about batch + noise · m:
  float batch_ = 1.5F;
  float noise_ = 0;
  // Of slow(): running mean and weight; and the block that is being gathered.
  struct Mean {
    float value = 0;
    float weight = 0;
  };
  Mean slow_{0.0144F, 20};
  std::array<Mean, 24> slow_at_{};
  std::uint32_t block_hours_ = 0;  ///< of the day: a bit each
  float block_value_ = 0;
  float block_expected_ = 0;
  float block_variance_ = 0;
};

}  // namespace tocsin::rule
