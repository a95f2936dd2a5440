#include "loop/clock.hpp"

#include <ctime>
#include <fstream>

#include "tocsin/base/check.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::loop {
namespace {

std::chrono::nanoseconds read_fine(clockid_t clock) {
  timespec at{};
  const int failed = clock_gettime(clock, &at);
  TOCSIN_CHECK(failed == 0);
  return seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec);
}

Duration read(clockid_t clock) {
  return std::chrono::duration_cast<Duration>(read_fine(clock));
}

}  // namespace

Now now() {
  return Now{BootTime(read(CLOCK_BOOTTIME)), WallTime(read(CLOCK_REALTIME))};
}

std::chrono::nanoseconds stopwatch() {
  return read_fine(CLOCK_MONOTONIC);
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string line;
  std::getline(file, line);
  const std::string_view id = trim(line);
  return id.empty() ? "unknown" : std::string(id);
}

}  // namespace tocsin::loop
