// The kernel's own figures: load, activity, tables and their limits, clocks, what system this is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::sources::host {

[[nodiscard]] Result<void> loadavg(std::string_view text, Exposition& out);
/// /proc/stat but for CPU times: boot time, forks, context switches, interrupts, processes.
[[nodiscard]] Result<void> stat(std::string_view text, const Options& options, Exposition& out);
[[nodiscard]] Result<void> filefd(std::string_view file_nr, Exposition& out);
[[nodiscard]] Result<void> schedstat(std::string_view text, Exposition& out);
[[nodiscard]] Result<void> entropy(const Machine& machine, Exposition& out);
[[nodiscard]] Result<void> kernel_hung(const Machine& machine, Exposition& out);
/// Number and states of all processes and threads, from /proc/PID/stat.
[[nodiscard]] Result<void> processes(const Machine& machine, Exposition& out);
/// uname(2): of the running kernel, whatever the roots.
[[nodiscard]] Result<void> uname_info(Exposition& out);
[[nodiscard]] Result<void> os_release(std::string_view text, Exposition& out);
void time_and_zone(WallTime now, Exposition& out);

/// What the kernel could and does take its time from. Its only folder is there from the boot on:
/// once found it is not looked for again.
class ClockSources {
 public:
  void tell(const Tree& sys, KeptFiles& kept, Exposition& out);

 private:
  std::vector<std::string> folders_;
};

/// adjtimex(2): how well the clock is kept.
[[nodiscard]] Result<void> timex(Exposition& out);

}  // namespace tocsin::sources::host
