// CPU time from /proc/stat, and what /proc/cpuinfo and sysfs say of the CPUs.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

enum class CpuMode : std::size_t {
  user,
  nice,
  system,
  idle,
  iowait,
  irq,
  softirq,
  steal,
  guest,
  guest_nice
};
inline constexpr std::size_t kCpuModes = 10;

/// Seconds in each mode since the boot. Guest time is within user and nice already.
using CpuTimes = std::array<double, kCpuModes>;

/// By the CPU's number as text. Older kernels give fewer columns; those missing are 0.
[[nodiscard]] Result<std::map<std::string, CpuTimes>> parse_cpu_times(std::string_view stat,
                                                                      double ticks_per_second);

/// The kernel's idle and iowait go a little backwards at times; counters must not, or each step
/// back would be taken for a reset. A CPU whose idle time falls by more than three seconds was
/// taken off and put back: it starts anew.
class CpuHistory {
 public:
  [[nodiscard]] std::map<std::string, CpuTimes> steady(const std::map<std::string, CpuTimes>& read);

 private:
  std::map<std::string, CpuTimes> last_;
};

void cpu_times(const std::map<std::string, CpuTimes>& times, Exposition& out);
/// node_cpu_info, node_cpu_frequency_hertz, and bugs and flags of the first CPU.
[[nodiscard]] Result<void> cpu_info(std::string_view cpuinfo, const Options& options,
                                    Exposition& out);
/// Throttle counts (one per core, one per package), isolated and online CPUs.
[[nodiscard]] Result<void> cpu_topology(const Machine& machine, Exposition& out);
/// CPU frequency scaling.
[[nodiscard]] Result<void> cpufreq(const Machine& machine, Exposition& out);

}  // namespace tocsin::sources::host
