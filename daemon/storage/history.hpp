// The samples' longer memory, on a thread of its own: neither the loop nor the journal waits for
// it. What could not be written is kept within a bound and written later; what is more is dropped
// and counted, for a history is not a promise.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "storage/history_file.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {

struct HistoryFigures {
  std::uint64_t bytes = 0;  ///< of the file, as of the last write
  std::optional<WallTime> oldest;
  std::uint64_t written = 0;  ///< segments
  std::uint64_t dropped = 0;  ///< segments that could not be written, and were given up
};

class History {
 public:
  /// `trouble` is called on the thread: why writing fails, once for each reason; "" when it is
  /// over.
  History(const std::string& folder, const std::string& boot_id,
          std::function<void(const std::string&)> trouble);
  /// Writes what is queued, for two seconds at most.
  ~History();

  /// The samples of the last `reach`; once, before the first write. Where there are none, or none
  /// that can be read, `warning` says why.
  [[nodiscard]] series::Memory load(Duration reach, Now now, std::string& warning);
  /// Queues it; returns at once.
  void write(series::Segment segment, Now now, HistoryBounds bounds);
  [[nodiscard]] HistoryFigures figures() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with the thread: it may be stuck in the kernel
};

}  // namespace tocsin::storage
