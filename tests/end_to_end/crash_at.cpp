// Preloaded into the daemon: ends the process, as a crash or a cut of the power would, at its N-th
// call that changes a file or sends something.
//
//   TOCSIN_CRASH_AT=N        the N-th such call from the start, counted from 1
//   TOCSIN_CRASH_AFTER=1     once that call is done, instead of before it
//   TOCSIN_CRASH_COUNT=FILE  where nothing is to crash: how many calls there were is written there
//   at the end
//
// Only regular files and sockets count: a pipe, a terminal or a wake-up of the loop promises nobody
// anything.
#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

std::atomic<long> calls{0};

long number_from(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? 0 : std::atol(text);
}

long crash_at() {
  static const long at = number_from("TOCSIN_CRASH_AT");
  return at;
}

bool crash_after() {
  static const bool after = number_from("TOCSIN_CRASH_AFTER") != 0;
  return after;
}

[[noreturn]] void crash() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

bool counts(int descriptor) {
  struct stat found {};
  return ::fstat(descriptor, &found) == 0 && (S_ISREG(found.st_mode) || S_ISSOCK(found.st_mode));
}

struct CountAtExit {
  ~CountAtExit() {
    const char* path = std::getenv("TOCSIN_CRASH_COUNT");
    if (path == nullptr) return;
    if (std::FILE* file = std::fopen(path, "w")) {
      std::fprintf(file, "%ld\n", calls.load());
      std::fclose(file);
    }
  }
} count_at_exit;

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// Does `call`, and ends the process before or after it where it is the one.
template <typename Call>
auto passed(bool counted, Call call) {
  const bool here = counted && ++calls == crash_at();
  if (here && !crash_after()) crash();
  const auto result = call();
  if (here) crash();
  return result;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* data, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  return passed(counts(fd), [&] { return next(fd, data, size); });
}

ssize_t pwrite(int fd, const void* data, size_t size, off_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return passed(counts(fd), [&] { return next(fd, data, size, at); });
}

ssize_t pwrite64(int fd, const void* data, size_t size, off64_t at) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return passed(counts(fd), [&] { return next(fd, data, size, at); });
}

ssize_t writev(int fd, const iovec* parts, int count) {
  static auto* const next = real<ssize_t(int, const iovec*, int)>("writev");
  return passed(counts(fd), [&] { return next(fd, parts, count); });
}

int fsync(int fd) {
  static auto* const next = real<int(int)>("fsync");
  return passed(true, [&] { return next(fd); });
}

int fdatasync(int fd) {
  static auto* const next = real<int(int)>("fdatasync");
  return passed(true, [&] { return next(fd); });
}

int ftruncate(int fd, off_t size) noexcept {
  static auto* const next = real<int(int, off_t)>("ftruncate");
  return passed(true, [&] { return next(fd, size); });
}

int ftruncate64(int fd, off64_t size) noexcept {
  static auto* const next = real<int(int, off64_t)>("ftruncate64");
  return passed(true, [&] { return next(fd, size); });
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = real<int(const char*, const char*)>("rename");
  return passed(true, [&] { return next(from, to); });
}

int unlink(const char* path) noexcept {
  static auto* const next = real<int(const char*)>("unlink");
  return passed(true, [&] { return next(path); });
}

ssize_t send(int fd, const void* data, size_t size, int flags) {
  static auto* const next = real<ssize_t(int, const void*, size_t, int)>("send");
  return passed(counts(fd), [&] { return next(fd, data, size, flags); });
}

ssize_t sendto(int fd, const void* data, size_t size, int flags, const sockaddr* to,
               socklen_t length) {
  static auto* const next =
      real<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>("sendto");
  return passed(counts(fd), [&] { return next(fd, data, size, flags, to, length); });
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const next = real<ssize_t(int, const msghdr*, int)>("sendmsg");
  return passed(counts(fd), [&] { return next(fd, message, flags); });
}
}
