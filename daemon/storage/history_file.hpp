// The history's database: segments of some minutes, joined to segments of hours, each one row. What
// is too old or too much goes, the oldest first. Used on one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {

struct HistoryBounds {
  Duration keep{};
  std::uint64_t most_bytes = 0;
};

class HistoryFile {
 public:
  HistoryFile(std::string folder, std::string boot_id)
      : path_(std::move(folder) + "/history.db"), boot_id_(std::move(boot_id)) {}

  /// The samples of the last `reach`; a file that is no good is set aside and said so in `warning`.
  [[nodiscard]] Result<series::Memory> load(Duration reach, Now now, std::string& warning);
  /// One transaction. Joins and drops as far as it is time for that.
  [[nodiscard]] Result<void> write(const series::Segment& segment, Now now,
                                   const HistoryBounds& bounds);
  /// What the file takes, free pages left out.
  [[nodiscard]] Result<std::uint64_t> bytes();
  /// The calendar's time of the oldest sample.
  [[nodiscard]] Result<std::optional<WallTime>> oldest();

 private:
  [[nodiscard]] Result<void> open();
  [[nodiscard]] Result<series::Memory> read(Duration reach, Now now);
  [[nodiscard]] Result<void> insert(const series::Segment& segment, Now now);
  /// `number` 0: the next.
  [[nodiscard]] Result<void> put(std::int64_t number, int level, const std::string& boot,
                                 const std::vector<series::NumberedChunk>& chunks,
                                 std::int64_t wall_minus_boot);
  /// True where anything was joined.
  [[nodiscard]] Result<bool> join(Now now);
  [[nodiscard]] Result<void> join_boot(const std::string& boot, WallTime seen);
  [[nodiscard]] Result<void> drop(Now now, const HistoryBounds& bounds);
  [[nodiscard]] Result<void> forget_series();

  std::string path_;
  std::string boot_id_;
  std::optional<Database> database_;
};

}  // namespace tocsin::storage
