#include "files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace tocsin::toml {
namespace {

constexpr std::size_t kLargest = 4U << 20U;

std::string reason(int error) {
  return std::generic_category().message(error);
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<std::string> read_all(int fd) {
  std::string text;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::unavailable, reason(errno));
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kLargest) {
      return fail(ErrorCode::exhausted, fmt::format("larger than {} MiB", kLargest >> 20U));
    }
  }
}

}  // namespace

Result<config::File> read_file(const std::string& path, std::string name) {
  const Descriptor file(path);
  struct stat facts {};
  if (file.get() < 0 || ::fstat(file.get(), &facts) != 0) {
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable, reason(errno));
  }
  if (!S_ISREG(facts.st_mode)) return fail(ErrorCode::invalid, "not a regular file");
  Result<std::string> text = read_all(file.get());
  if (!text) return tl::unexpected(text.error());
  config::File result;
  result.name = std::move(name);
  result.text = std::move(*text);
  result.writable_by_others = (facts.st_mode & S_IWOTH) != 0;
  return result;
}

Result<std::vector<std::string>> toml_files(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  if (error == std::errc::no_such_file_or_directory) return paths;
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".toml") && !name.starts_with('.')) paths.push_back(at->path().string());
  }
  if (error) return fail(ErrorCode::unavailable, error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

bool writable_by_others(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IWOTH) != 0;
}

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

std::string stem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

}  // namespace tocsin::toml
