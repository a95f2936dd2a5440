#include "storage/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace tocsin::storage {

namespace fs = std::filesystem;

Result<void> make_private_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder, error)) {
    return fail(ErrorCode::unavailable,
                fmt::format("the state folder {} cannot be made: {}", folder,
                            error ? error.message() : "it is no folder"));
  }
  // Where this is refused the folder is somebody else's to protect.
  fs::permissions(folder, fs::perms::owner_all, error);
  return {};
}

Result<std::string> set_aside(const std::string& path, std::string_view why, WallTime now) {
  std::string stamp = format_rfc3339(now);
  std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
  std::string target = fmt::format("{}.{}-{}", path, why, stamp);
  std::error_code error;
  for (int i = 2; fs::exists(target, error); ++i) {
    target = fmt::format("{}.{}-{}-{}", path, why, stamp, i);
  }
  fs::rename(path, target, error);
  if (error) {
    return fail(ErrorCode::unavailable,
                fmt::format("{} cannot be set aside: {}", path, error.message()));
  }
  // Under its new name SQLite still finds the log that belongs to it.
  fs::rename(path + "-wal", target + "-wal", error);
  fs::remove(path + "-shm", error);
  return target;
}

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is as it is
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    const int cause = errno;
    return fail(ErrorCode::unavailable,
                fmt::format("{}: {}", path, std::generic_category().message(cause)));
  }
  FolderLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return fail(ErrorCode::denied,
                fmt::format("another tocsin uses the state folder {} (it holds {})", folder, path));
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

FolderLock::~FolderLock() {
  if (file_ >= 0) ::close(file_);
}

bool Mark::is_set() const {
  if (folder_.empty()) return false;
  std::error_code error;
  return fs::exists(path(), error);
}

void Mark::set() const {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open(2) is as it is
  const int file = ::open(path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

void Mark::clear() const {
  if (folder_.empty()) return;
  std::error_code error;
  fs::remove(path(), error);
}

}  // namespace tocsin::storage
