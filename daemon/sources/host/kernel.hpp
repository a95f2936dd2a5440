// The kernel's own figures: load, activity, tables and their limits, clocks, what system this is.
#pragma once

#include <string_view>

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
[[nodiscard]] Result<void> time_and_clocks(const Machine& machine, WallTime now, Exposition& out);
/// adjtimex(2): how well the clock is kept.
[[nodiscard]] Result<void> timex(Exposition& out);

}  // namespace tocsin::sources::host
