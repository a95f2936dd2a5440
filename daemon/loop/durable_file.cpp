#include "loop/durable_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace tocsin::loop {
namespace {

class OwnedFile {
 public:
  OwnedFile(const std::string& path, int flags) : file_(::open(path.c_str(), flags, 0600)) {}
  ~OwnedFile() {
    if (file_ >= 0) ::close(file_);
  }
  OwnedFile(const OwnedFile&) = delete;
  OwnedFile& operator=(const OwnedFile&) = delete;
  [[nodiscard]] int get() const { return file_; }

 private:
  int file_;
};

Result<void> failed(const char* what) {
  return fail(ErrorCode::unavailable, std::string(what) + ": " + std::strerror(errno));
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> write_durably(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  {
    // One that was left over may have another mode.
    if (::unlink(fresh.c_str()) != 0 && errno != ENOENT) return failed("unlink");
    const OwnedFile file(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW);
    if (file.get() < 0) return failed("open");
    if (!write_all(file.get(), text)) return failed("write");
    if (::fsync(file.get()) != 0) return failed("fsync");
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return failed("rename");
  const OwnedFile folder(std::filesystem::path(path).parent_path(),
                         O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed("fsync of the folder");
  return {};
}

}  // namespace tocsin::loop
