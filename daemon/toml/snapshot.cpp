#include "snapshot.hpp"

#include <sys/stat.h>

#include <algorithm>

namespace tocsin::toml {

Stamp stamp_of(const std::string& path) {
  Stamp stamp;
  stamp.path = path;
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return stamp;
  stamp.changed_ns = std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  stamp.bytes = static_cast<std::uint64_t>(facts.st_size);
  stamp.inode = facts.st_ino;
  return stamp;
}

bool Snapshot::untouched() const {
  return std::all_of(stamps.begin(), stamps.end(),
                     [](const Stamp& stamp) { return stamp == stamp_of(stamp.path); });
}

}  // namespace tocsin::toml
