// What the machine is made of: temperatures, fans, memory errors, firmware's names. All from
// sysfs, where reading can mean asking a chip over a slow bus.
#pragma once

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

[[nodiscard]] Result<void> hwmon(const Machine& machine, Exposition& out);
[[nodiscard]] Result<void> thermal_zone(const Machine& machine, Exposition& out);
[[nodiscard]] Result<void> edac(const Machine& machine, Exposition& out);
[[nodiscard]] Result<void> dmi(const Machine& machine, Exposition& out);

}  // namespace tocsin::sources::host
