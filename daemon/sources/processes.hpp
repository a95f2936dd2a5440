// The processes of a procfs that belong together. Blocks as procfs does: for a thread of the pool.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/base/result.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct ProcessSeen {
  int pid = 0;
  std::uint64_t start_ticks = 0;  ///< since boot: with the pid it names one process for ever
  bool zombie = false;
  double cpu_seconds = 0;
  std::uint64_t threads = 0;
  std::uint64_t resident_bytes = 0;
  std::optional<std::uint64_t> open_files;  ///< none: they are not ours to count
  std::optional<std::uint64_t> open_files_most;
};

struct ProcessesSeen {
  std::vector<ProcessSeen> processes;
  double boot_time_seconds = 0;  ///< Unix seconds
  double ticks_a_second = 100;
};

/// Fails where procfs cannot be read at all. A process that ends meanwhile is left out.
[[nodiscard]] Result<ProcessesSeen> find_processes(const config::ProcessSource& wanted);

}  // namespace tocsin::sources
