// What was paged and found, and how it is told.
#pragma once

#include <cstddef>
#include <vector>

#include "baselines/traffic.hpp"

namespace tocsin::bench {

constexpr int kMeasuredFrom = 14;  ///< days
constexpr int kKnowsFrom = 36;     ///< days: five weeks; what is found before is told apart
constexpr int kLongest = 576;      ///< buckets that an injection lasts

/// Of an injection: after how many buckets each found it; 0: never.
struct Found {
  int needed = 0;  ///< by who knows the true rate; 0: more than it lasts
  int method = 0;
  int week_ago = 0;
  int week_ago_hour = 0;
};
struct Score {
  double years = 0;
  int false_pages = 0, holiday_pages = 0, true_pages = 0;
  int week_ago = 0, week_ago_hour = 0;
  std::vector<std::vector<Found>> found;  ///< by factor
  std::vector<Found> early;               ///< of the first factor
  double spent = 0;                       ///< seconds, of all buckets of all years
  std::size_t buckets = 0;
};

/// The lines of a table, and its head.
void print(const Kind& kind, double level, rule::Side side, const Score& score);
void print_head(rule::Side side);

}  // namespace tocsin::bench
