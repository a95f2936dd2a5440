// Asks file systems for their sizes without ever being held by one that does not answer. A few
// asks are out at a time, those first that answered last time; once several hang, no more of those
// that are not known to answer are tried, so that a server that takes all its mounts with it
// cannot take all the pool's threads as well. Loop thread only.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sources/host/filesystem.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

using AskFilesystem = std::function<Result<host::FilesystemSize>(const std::string& path)>;

class MountAsker {
 public:
  using Sizes = std::map<std::string, Result<host::FilesystemSize>>;
  using Done = std::function<void(Sizes)>;

  /// `ask` runs on the pool's threads and may block for ever.
  MountAsker(AskFilesystem ask, loop::WorkerPool& workers);
  /// No `done` is called any more.
  ~MountAsker();
  MountAsker(const MountAsker&) = delete;
  MountAsker& operator=(const MountAsker&) = delete;

  /// Asks each path, in this order where nothing else is known of them. `done` has an answer for
  /// each once all have answered or `within` has passed; it may be called from within. One round at
  /// a time.
  void ask_all(std::vector<std::string> paths, Duration within, Done done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
