// The files of a configuration as they were when they were read, to find out whether they still
// are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tocsin::toml {

/// Where there is no such file, all but the path is zero.
struct Stamp {
  std::string path;
  std::int64_t changed_ns = 0;
  std::uint64_t bytes = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const Stamp&, const Stamp&) = default;
};
[[nodiscard]] Stamp stamp_of(const std::string& path);

struct Snapshot {
  std::vector<Stamp> stamps;   ///< of the files and of their folders
  std::uint64_t contents = 0;  ///< a hash of all that was read
  /// No file was touched since. One that was need not hold anything else.
  [[nodiscard]] bool untouched() const;
};

}  // namespace tocsin::toml
