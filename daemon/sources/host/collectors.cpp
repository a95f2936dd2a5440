#include "sources/host/collectors.hpp"

#include <unistd.h>

#include <array>

#include "sources/host/disk.hpp"
#include "sources/host/kernel.hpp"
#include "sources/host/memory.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

double ticks_per_second() {
  return static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// Reads a file below /proc and hands its text on.
template <class Parse>
Result<void> from(Reading& reading, std::string_view path, const Parse& parse) {
  const auto text = reading.proc.read(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return parse(*text);
}

Result<void> collect_cpu(Reading& r, Exposition& out) {
  return from(r, "stat", [&](std::string_view text) -> Result<void> {
    const auto times = parse_cpu_times(text, ticks_per_second());
    if (!times) {
      return tl::unexpected(times.error());
    }
    cpu_times(r.cpus.steady(*times), out);
    return {};
  });
}

Result<void> collect_diskstats(Reading& r, Exposition& out) {
  return from(r, "diskstats", [&](std::string_view text) -> Result<void> {
    const auto devices = diskstats(text, r.machine.options, out);
    if (!devices) {
      return tl::unexpected(devices.error());
    }
    return {};
  });
}

Result<void> collect_filefd(Reading& r, Exposition& out) {
  return from(r, "sys/fs/file-nr", [&](std::string_view text) { return filefd(text, out); });
}

Result<void> collect_loadavg(Reading& r, Exposition& out) {
  return from(r, "loadavg", [&](std::string_view text) { return loadavg(text, out); });
}

Result<void> collect_meminfo(Reading& r, Exposition& out) {
  return from(r, "meminfo", [&](std::string_view text) { return meminfo(text, out); });
}

Result<void> collect_netdev(Reading& r, Exposition& out) {
  return from(r, "net/dev",
              [&](std::string_view text) { return netdev(text, r.machine.options, out); });
}

Result<void> collect_stat(Reading& r, Exposition& out) {
  return from(r, "stat", [&](std::string_view text) { return stat(text, r.machine.options, out); });
}

Result<void> collect_time(Reading& r, Exposition& out) {
  return time_and_clocks(r.machine, r.now.wall, out);
}

Result<void> collect_uname(Reading& /*r*/, Exposition& out) {
  return uname_info(out);
}

Result<void> collect_vmstat(Reading& r, Exposition& out) {
  return from(r, "vmstat",
              [&](std::string_view text) { return vmstat(text, r.machine.options, out); });
}

Result<void> collect_cpu_topology(const Machine& machine, Exposition& out) {
  return cpu_topology(machine, out);
}

Result<void> collect_disk_info(const Machine& machine, Exposition& out) {
  const auto text = machine.proc.read("diskstats");
  if (!text) {
    return tl::unexpected(text.error());
  }
  Exposition told_elsewhere;
  const auto devices = diskstats(*text, machine.options, told_elsewhere);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  for (const BlockDevice& device : *devices) {
    disk_info(machine, device, out);
  }
  return {};
}

Result<void> collect_os(const Machine& machine, Exposition& out) {
  auto text = machine.root.read("etc/os-release");
  if (!text) {
    text = machine.root.read("usr/lib/os-release");
  }
  if (!text) {
    return tl::unexpected(text.error());
  }
  return os_release(*text, out);
}

constexpr auto kOnLoop = std::to_array<LoopCollector>({
    {"cpu", collect_cpu},
    {"diskstats", collect_diskstats},
    {"filefd", collect_filefd},
    {"loadavg", collect_loadavg},
    {"meminfo", collect_meminfo},
    {"netdev", collect_netdev},
    {"stat", collect_stat},
    {"time", collect_time},
    {"uname", collect_uname},
    {"vmstat", collect_vmstat},
});

constexpr auto kOnWorkers = std::to_array<WorkerCollector>({
    {"cpu_topology", collect_cpu_topology},
    {"cpufreq", cpufreq},
    {"disk_info", collect_disk_info},
    {"os", collect_os},
});

}  // namespace

std::span<const LoopCollector> loop_collectors() {
  return kOnLoop;
}
std::span<const WorkerCollector> worker_collectors() {
  return kOnWorkers;
}

}  // namespace tocsin::sources::host
