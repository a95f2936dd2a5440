// Time zones from the system's files.
#pragma once

#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::toml {

inline constexpr const char* kZoneFolder = "/usr/share/zoneinfo";

/// "Europe/Berlin"; "UTC" needs no file. Blocks on the file system.
[[nodiscard]] Result<TimeZone> read_zone(const std::string& name,
                                         const std::string& folder = kZoneFolder);
/// All that there are, for a mistyped one; none where the system has no such data.
[[nodiscard]] std::vector<std::string> zone_names(const std::string& folder = kZoneFolder);

}  // namespace tocsin::toml
