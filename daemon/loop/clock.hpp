// The only now() of the daemon.
#pragma once

#include <string>

#include "tocsin/base/time.hpp"

namespace tocsin::loop {

/// Both clocks, read one after the other.
[[nodiscard]] Now now();
/// The kernel's name for this boot (/proc/sys/kernel/random/boot_id); "unknown" where it has none.
[[nodiscard]] std::string boot_id();

}  // namespace tocsin::loop
