// Memory: /proc/meminfo, /proc/vmstat, and pressure stall information.
#pragma once

#include <string_view>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

/// Fields with kB become bytes and get the suffix; the others are plain counts.
[[nodiscard]] Result<void> meminfo(std::string_view text, Exposition& out);
[[nodiscard]] Result<void> vmstat(std::string_view text, FieldPattern& wanted, Exposition& out);
/// /proc/pressure/RESOURCE, where RESOURCE is cpu, io, memory or irq.
[[nodiscard]] Result<void> pressure(std::string_view resource, std::string_view text,
                                    Exposition& out);

}  // namespace tocsin::sources::host
