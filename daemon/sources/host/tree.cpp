#include "sources/host/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "sources/host/fields.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

// Larger than any file of procfs that is read here, on the largest machines.
constexpr std::size_t kMaxFileBytes = 16U << 20U;
constexpr std::size_t kAttributeBytes = 4096;  // sysfs gives no more

tl::unexpected<Error> failed(const std::string& path, int error) {
  const bool not_offered =
      error == ENOENT || error == ENOTDIR || error == EOPNOTSUPP || error == ENODATA;
  const bool denied = error == EACCES || error == EPERM;
  const ErrorCode code = not_offered ? ErrorCode::not_found
                         : denied    ? ErrorCode::denied
                                     : ErrorCode::unavailable;
  return fail(code, path + ": " + std::strerror(error));
}

// Without O_NONBLOCK a FIFO in a folder that others write to would hold whoever opens it.
int open_for_reading(const std::string& path, int folder = AT_FDCWD) {
  return ::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // NOLINT(*-vararg)
}

/// How many bytes, as many as fit; -1 where it cannot be read.
ssize_t read_once(int folder, const std::string& path, std::span<char> to) {
  const int fd = open_for_reading(path, folder);
  if (fd < 0) {
    return -1;
  }
  const ssize_t got = ::read(fd, to.data(), to.size());
  ::close(fd);
  return got;
}

// 0, or what went wrong. Attributes of sysfs must be read from 0 in one go; longer files follow.
int read_whole(int fd, std::string& content, Handing handing = Handing::records) {
  content.resize(std::max<std::size_t>(content.capacity(), 4096));
  std::size_t have = 0;
  for (;;) {
    const ssize_t got =
        ::pread(fd, content.data() + have, content.size() - have, static_cast<off_t>(have));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return errno;
    }
    have += static_cast<std::size_t>(got);
    if (got == 0 || (handing == Handing::whole && have < content.size())) {
      content.resize(have);
      return 0;
    }
    if (have == content.size()) {
      if (have >= kMaxFileBytes) {
        return EFBIG;
      }
      content.resize(have * 2);
    }
  }
}

}  // namespace

Tree::Tree(std::string root) : root_(std::move(root)) {
  while (root_.size() > 1 && root_.back() == '/') {
    root_.pop_back();
  }
}

std::string Tree::path(std::string_view inside) const {
  std::string out = root_;
  if (!inside.empty() && out != "/") {
    out += '/';
  }
  out += inside;
  return out;
}

Result<std::string> Tree::read(std::string_view inside) const {
  const std::string name = path(inside);
  const int fd = open_for_reading(name);
  if (fd < 0) {
    return failed(name, errno);
  }
  std::string content;
  const int error = read_whole(fd, content);
  ::close(fd);
  if (error != 0) {
    return failed(name, error);
  }
  return content;
}

// The hundreds of one-line files are most of what a collection costs: one call gives the whole of
// what fits.
std::optional<std::string> Tree::value(std::string_view inside) const {
  std::array<char, kAttributeBytes> line;  // NOLINT(*-member-init): filled by the kernel
  const ssize_t got = read_once(AT_FDCWD, path(inside), line);
  if (got < 0) {
    return std::nullopt;
  }
  if (static_cast<std::size_t>(got) < line.size()) {
    return std::string(trim({line.data(), static_cast<std::size_t>(got)}));
  }
  const Result<std::string> content = read(inside);
  return content ? std::optional(std::string(trim(*content))) : std::nullopt;
}

std::optional<double> Tree::number(std::string_view inside) const {
  const std::optional<std::string> text = value(inside);
  return text ? real_number(*text) : std::nullopt;
}

Result<std::vector<std::string>> Tree::list(std::string_view inside) const {
  const std::string name = path(inside);
  const auto close = [](DIR* folder) { ::closedir(folder); };
  const std::unique_ptr<DIR, decltype(close)> folder(::opendir(name.c_str()), close);
  if (!folder) {
    return failed(name, errno);
  }
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view found = static_cast<const char*>(entry->d_name);
    if (found != "." && found != "..") {
      names.emplace_back(found);
    }
  }
  std::ranges::sort(names);
  return names;
}

std::optional<std::string> Tree::resolved(std::string_view inside) const {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path(inside).c_str(), nullptr),
                                                         &std::free);
  if (!real) {
    return std::nullopt;
  }
  return std::string(real.get());
}

bool Tree::exists(std::string_view inside) const {
  return ::access(path(inside).c_str(), F_OK) == 0;
}

std::string below(std::string_view folder, std::string_view name) {
  std::string path(folder);
  path += '/';
  path += name;
  return path;
}

OpenFolder::OpenFolder(const Tree& tree, std::string_view path)
    : fd_(::open(tree.path(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}  // NOLINT(*-vararg)

OpenFolder::~OpenFolder() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

std::optional<std::string> OpenFolder::value(const std::string& attribute) const {
  std::array<char, kAttributeBytes> line;  // NOLINT(*-member-init): filled by the kernel
  const ssize_t got = fd_ < 0 ? -1 : read_once(fd_, attribute, line);
  if (got < 0) {
    return std::nullopt;
  }
  return std::string(trim({line.data(), static_cast<std::size_t>(got)}));
}

KeptFiles::~KeptFiles() {
  for (const auto& [name, file] : files_) {
    if (file.fd >= 0) {
      ::close(file.fd);
    }
  }
}

Result<std::string_view> KeptFiles::read(std::string_view path, Handing handing) {
  auto at = files_.find(path);
  if (at == files_.end()) {
    at = files_.emplace(path, Kept()).first;
  }
  Kept& file = at->second;
  if (file.fd >= 0) {
    if (file.round == round_ || read_whole(file.fd, file.content, handing) == 0) {
      file.round = round_;
      return std::string_view(file.content);
    }
    ::close(file.fd);  // a device or module may have gone and come back: once more from its name
    file.fd = -1;
  }
  const std::string name = tree_.path(path);
  const int fd = open_for_reading(name);
  if (fd < 0) {
    return failed(name, errno);
  }
  const int error = read_whole(fd, file.content, handing);
  if (error != 0) {
    ::close(fd);
    return failed(name, error);
  }
  file.fd = fd;
  file.round = round_;
  return std::string_view(file.content);
}

std::optional<std::string_view> KeptFiles::value(std::string_view path) {
  const Result<std::string_view> content = read(path, Handing::whole);
  return content ? std::optional(trim(*content)) : std::nullopt;
}

}  // namespace tocsin::sources::host
