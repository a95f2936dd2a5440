// A small file that is replaced whole: after a crash it is the old one or the new one.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::loop {

/// Returns once it is on the disk. Blocks for as long as the file system does: for a thread of the
/// pool. Readable by nobody else. The error does not name the path.
[[nodiscard]] Result<void> write_durably(const std::string& path, std::string_view text);

}  // namespace tocsin::loop
