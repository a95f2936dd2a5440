// This process's own files in procfs, which never block.
#pragma once

#include <cstddef>
#include <string>

namespace tocsin::app {

/// What a file holds, its first `most` bytes at most; empty where it cannot be read. A read that
/// gives less than was asked for tells the end, as for what procfs makes as one record: such a file
/// takes one read.
[[nodiscard]] std::string read_record(const char* path, std::size_t most);

/// How many entries /proc/self/fd has, less the one that reads it; 0 where it cannot be read.
[[nodiscard]] double listed_descriptors();
/// The same for one system call where the folder's size tells it, since Linux 6.2.
[[nodiscard]] double open_descriptors();

}  // namespace tocsin::app
