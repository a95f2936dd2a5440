// How long to wait before the next attempt.
#pragma once

#include <cstdint>

#include "tocsin/base/random.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/outbox/receiver.hpp"

namespace tocsin::outbox {

/// After the `failures`th failure in a row (from 1): doubling from `retry_first`, spread over half
/// as much again so that deliveries that failed together do not come back together; never less
/// than `retry_first`, never more than `retry_most`.
[[nodiscard]] Duration backoff(const Tuning& tuning, std::uint32_t failures, Random& random);

}  // namespace tocsin::outbox
