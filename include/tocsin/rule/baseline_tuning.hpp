// What a rule says of its baseline.
#pragma once

#include <optional>

#include "tocsin/base/time.hpp"
#include "tocsin/rule/surprise.hpp"

namespace tocsin::rule {

struct BaselineTuning {
  Side side = Side::drop;
  double by = 0.3;                      ///< at least this share below or above what is expected
  double false_pages_a_year = 1.0 / 3;  ///< the budget: so many may chance alone bring about
  Duration bucket = std::chrono::minutes(5);  ///< divides a day
  /// So long may an alarm last before what is seen counts as the new level; none: until accepted.
  std::optional<Duration> accept_after = std::nullopt;
  bool gauge = false;  ///< no count: what chance does to it is learned, not known
};

}  // namespace tocsin::rule
