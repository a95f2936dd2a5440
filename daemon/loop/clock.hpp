// The only now() of the daemon.
#pragma once

#include <string>

#include "tocsin/base/time.hpp"

namespace tocsin::loop {

/// Both clocks, read one after the other.
[[nodiscard]] Now now();
/// CLOCK_MONOTONIC, fine enough to time a single call. For figures about our own work only: nothing
/// is decided by it. Any thread.
[[nodiscard]] std::chrono::nanoseconds stopwatch();
/// The kernel's name for this boot (/proc/sys/kernel/random/boot_id); "unknown" where it has none.
[[nodiscard]] std::string boot_id();

}  // namespace tocsin::loop
