#include "app/process_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace tocsin::app {

namespace {

constexpr const char* kDescriptors = "/proc/self/fd";
constexpr std::size_t kFirstRead = 4096;  ///< bytes: most records are shorter

}  // namespace

std::string read_record(const char* path, std::size_t most) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  if (file < 0) return {};
  std::string content;
  std::size_t have = 0;
  while (have < most) {
    content.resize(std::min(most, std::max(kFirstRead, 2 * have)));
    const ssize_t got = ::read(file, content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    have += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    if (have < content.size()) break;
  }
  ::close(file);
  content.resize(have);
  return content;
}

double listed_descriptors() {
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator it(kDescriptors, error), end; !error && it != end;
       it.increment(error))
    ++count;
  return count > 0 ? count - 1 : 0;
}

double open_descriptors() {
  struct stat folder {};
  if (::stat(kDescriptors, &folder) == 0 && folder.st_size > 0)
    return static_cast<double>(folder.st_size);
  return listed_descriptors();
}

}  // namespace tocsin::app
