// The files around the database: its folder, its lock, its past lives, and the mark that says that
// steps may have gone unrecorded.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::storage {

/// Made where it is missing, and readable by nobody else.
[[nodiscard]] Result<void> make_private_folder(const std::string& folder);

/// Renames a database and its write-ahead log to `PATH.WHY-TIME`; gives the new name.
[[nodiscard]] Result<std::string> set_aside(const std::string& path, std::string_view why,
                                            WallTime now);

/// Holds a folder for one process; the lock ends with the object or the process.
class FolderLock {
 public:
  /// ErrorCode::denied where another process holds it.
  [[nodiscard]] static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int file) : file_(file) {}
  int file_ = -1;
};

/// A file that is there while what was acted on may not have been recorded. Without a folder there
/// is no mark.
class Mark {
 public:
  explicit Mark(std::string folder) : folder_(std::move(folder)) {}
  [[nodiscard]] bool is_set() const;
  void set() const;
  void clear() const;

 private:
  [[nodiscard]] std::string path() const { return folder_ + "/storage-degraded"; }
  std::string folder_;
};

}  // namespace tocsin::storage
