#include "tocsin/outbox/backoff.hpp"

#include <algorithm>

namespace tocsin::outbox {

Duration backoff(const Tuning& tuning, std::uint32_t failures, Random& random) {
  const Duration most = std::max(tuning.retry_first, tuning.retry_most);
  const Duration top = std::max(tuning.retry_first, most * 2 / 3);  // leaves room for the spread
  Duration low = tuning.retry_first;
  for (std::uint32_t i = 1; i < failures && low < top; ++i) low *= 2;
  low = std::min(low, top);
  const Duration spread = std::min(low / 2, most - low);
  if (spread <= Duration::zero()) return low;
  return low + Duration(random.below(static_cast<std::uint64_t>(spread.count()) + 1));
}

}  // namespace tocsin::outbox
