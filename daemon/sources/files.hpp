// Files as a target: how old and how long is the newest. Looked at on the pool: a file system that
// hangs holds up nobody.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sources/source.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

struct FileSeen {
  std::string path;
  WallTime modified;
  std::uint64_t bytes = 0;
  friend bool operator==(const FileSeen&, const FileSeen&) = default;
};

struct FilesLook {
  std::size_t count = 0;
  std::uint64_t bytes = 0;  ///< of all
  std::optional<FileSeen> newest;
  std::optional<FileSeen> previous;  ///< the newest but one
  std::string trouble;               ///< what could not be looked into
};

/// Regular files that a pattern matches. Blocks as long as the file system does.
[[nodiscard]] FilesLook look_at_files(const std::vector<std::string>& patterns);

/// `name` keeps its looks apart from others'; `workers` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_files_source(std::string name,
                                                        const config::FilesSource& definition,
                                                        Duration timeout,
                                                        loop::WorkerPool& workers);

}  // namespace tocsin::sources
