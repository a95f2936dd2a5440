// What a control group uses, by cgroup v1's files or v2's. Blocks as the file system does.
#pragma once

#include <string>

#include "sources/unit_table.hpp"

namespace tocsin::sources {

/// `root` is where control groups are mounted, `group` the path below it
/// ("/system.slice/x.service"). What is not accounted for is left out. Memory is without the page
/// cache that could be dropped.
[[nodiscard]] UnitUse read_control_group(const std::string& root, const std::string& group);

}  // namespace tocsin::sources
