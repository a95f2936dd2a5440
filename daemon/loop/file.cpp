#include "loop/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

namespace tocsin::loop {
namespace {

constexpr std::chrono::milliseconds kFilePatience{250};

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
  ~OpenFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> cannot_read(int error) {
  const ErrorCode code = error == ENOENT || error == ENOTDIR ? ErrorCode::not_found
                         : error == EACCES || error == EPERM ? ErrorCode::denied
                                                             : ErrorCode::unavailable;
  return fail(code, std::generic_category().message(error));
}

Result<std::string> read_to_end(int fd, std::size_t most) {
  std::string text;
  std::array<char, 16384> buffer;  // NOLINT(*-member-init): filled by the kernel
  while (true) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(errno);
    if (count == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > most)
      return fail(ErrorCode::exhausted, fmt::format("larger than {} MiB", most >> 20U));
  }
}

/// One read on a thread of its own. Both sides own it: the thread may be blocked for ever.
struct Reading {
  std::mutex mutex;
  std::condition_variable returned;
  std::optional<Result<FileContent>> result;
};

}  // namespace

Result<FileContent> read_file(const std::string& path, std::size_t most) {
  const OpenFile file(path);
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) return cannot_read(errno);
  if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::invalid, "not a regular file");
  Result<std::string> text = read_to_end(file.get(), most);
  if (!text) return tl::unexpected(text.error());
  return FileContent{std::move(*text), (facts.st_mode & S_IWOTH) != 0};
}

Result<FileContent> read_file_promptly(const std::string& path, std::size_t most) {
  static std::mutex mutex;
  static std::map<std::string, std::shared_ptr<Reading>> blocked;
  const auto no_answer = [] {
    return fail(ErrorCode::unavailable, "its file system does not answer");
  };
  const std::lock_guard one_at_a_time(mutex);
  if (const auto found = blocked.find(path); found != blocked.end()) {
    const std::lock_guard lock(found->second->mutex);
    if (!found->second->result) return no_answer();
  }
  blocked.erase(path);
  const auto reading = std::make_shared<Reading>();
  try {
    std::thread([reading, path, most] {
      Result<FileContent> result = read_file(path, most);
      const std::lock_guard lock(reading->mutex);
      reading->result = std::move(result);
      reading->returned.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    return fail(ErrorCode::unavailable, std::string("no thread to read it: ") + error.what());
  }
  std::unique_lock lock(reading->mutex);
  if (reading->returned.wait_for(lock, kFilePatience, [&] { return reading->result.has_value(); }))
    return std::move(*reading->result);
  blocked.emplace(path, reading);
  return no_answer();
}

}  // namespace tocsin::loop
