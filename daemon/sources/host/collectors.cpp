#include "sources/host/collectors.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "sources/host/disk.hpp"
#include "sources/host/hardware.hpp"
#include "sources/host/kernel.hpp"
#include "sources/host/memory.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

double ticks_per_second() {
  return static_cast<double>(::sysconf(_SC_CLK_TCK));
}
double page_bytes() {
  return static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// Reads a file below /proc and hands its text on.
template <class Parse>
Result<void> from(Reading& reading, std::string_view path, const Parse& parse,
                  Handing handing = Handing::whole) {
  const auto text = reading.proc.read(path, handing);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return parse(*text);
}

/// Machines without IPv6 have no files for it, and lack nothing.
Result<void> without_ipv6(const Result<void>& result) {
  return !result && result.error().code == ErrorCode::not_found ? Result<void>() : result;
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
  const auto tell = [&](std::string_view text) -> Result<void> {
    const auto devices = diskstats(text, r.machine.options, out);
    if (!devices) {
      return tl::unexpected(devices.error());
    }
    return {};
  };
  return from(r, "diskstats", tell, Handing::records);
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
  const auto tell = [&](std::string_view text) { return netdev(text, r.machine.options, out); };
  return from(r, "net/dev", tell, Handing::records);
}

Result<void> collect_stat(Reading& r, Exposition& out) {
  return from(r, "stat", [&](std::string_view text) { return stat(text, r.machine.options, out); });
}

Result<void> collect_time(Reading& r, Exposition& out) {
  time_and_zone(r.now.wall, out);
  r.clock_sources.tell(r.machine.sys, r.sys, out);
  return {};
}

Result<void> collect_uname(Reading& /*r*/, Exposition& out) {
  return uname_info(out);
}

Result<void> collect_vmstat(Reading& r, Exposition& out) {
  const auto tell = [&](std::string_view text) { return vmstat(text, r.vmstat_fields, out); };
  return from(r, "vmstat", tell, Handing::records);
}

Result<void> collect_netstat(Reading& r, Exposition& out) {
  const auto add = [&](std::string_view text) { return netstat(text, r.netstat_fields, out); };
  if (auto ok = from(r, "net/netstat", add); !ok) {
    return ok;
  }
  if (auto ok = from(r, "net/snmp", add); !ok) {
    return ok;
  }
  const auto six = from(r, "net/snmp6",
                        [&](std::string_view text) { return snmp6(text, r.netstat_fields, out); });
  return without_ipv6(six);
}

Result<void> collect_pressure(Reading& r, Exposition& out) {
  std::size_t there = 0;
  for (const std::string_view resource : {"cpu", "io", "memory", "irq"}) {
    auto ok = from(r, "pressure/" + std::string(resource),
                   [&](std::string_view text) { return pressure(resource, text, out); });
    if (!ok && ok.error().code != ErrorCode::not_found) {
      return ok;
    }
    there += ok ? 1 : 0;
  }
  if (there == 0) {
    return fail(ErrorCode::not_found, "pressure: the kernel does not measure it");
  }
  return {};
}

Result<void> collect_schedstat(Reading& r, Exposition& out) {
  const auto tell = [&](std::string_view text) { return schedstat(text, out); };
  return from(r, "schedstat", tell, Handing::records);
}

Result<void> collect_sockstat(Reading& r, Exposition& out) {
  const auto add = [&](std::string_view text) { return sockstat(text, page_bytes(), out); };
  if (auto ok = from(r, "net/sockstat", add); !ok) {
    return ok;
  }
  return without_ipv6(from(r, "net/sockstat6", add));
}

Result<void> collect_softnet(Reading& r, Exposition& out) {
  const auto tell = [&](std::string_view text) { return softnet(text, out); };
  return from(r, "net/softnet_stat", tell, Handing::records);
}

Result<void> collect_tcpstat(const Machine& /*machine*/, Exposition& out) {
  return tcpstat(out);
}

Result<void> collect_timex(const Machine& /*machine*/, Exposition& out) {
  return timex(out);
}

Result<void> collect_arp(const Machine& machine, Exposition& out) {
  const auto text = machine.proc.read("net/arp");
  return text ? arp(*text, machine.options, out) : tl::unexpected(text.error());
}

Result<void> collect_udp_queues(const Machine& machine, Exposition& out) {
  const auto four = machine.proc.read("net/udp");
  if (!four) {
    return tl::unexpected(four.error());
  }
  if (auto ok = udp_queues(*four, "v4", out); !ok) {
    return ok;
  }
  const auto six = machine.proc.read("net/udp6");
  return six ? udp_queues(*six, "v6", out)
             : without_ipv6(Result<void>(tl::unexpected(six.error())));
}

/// Off unless asked for: one more series to a CPU, and no news in it.
Result<void> collect_cpu_info(const Machine& machine, Exposition& out) {
  if (!machine.options.cpu_info) {
    return {};
  }
  const auto text = machine.proc.read("cpuinfo");
  return text ? cpu_info(*text, machine.options, out) : tl::unexpected(text.error());
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
    {"netstat", collect_netstat},
    {"pressure", collect_pressure},
    {"schedstat", collect_schedstat},
    {"sockstat", collect_sockstat},
    {"softnet", collect_softnet},
    {"stat", collect_stat},
    {"time", collect_time},
    {"uname", collect_uname},
    {"vmstat", collect_vmstat},
});

constexpr auto kOnWorkers = std::to_array<WorkerCollector>({
    {"arp", collect_arp, {"node_arp_"}},
    {"bonding", bonding, {"node_bonding_"}},
    {"conntrack", conntrack, {"node_nf_conntrack_"}},
    {"cpu_info",
     collect_cpu_info,
     {"node_cpu_bug_", "node_cpu_flag_", "node_cpu_frequency_", "node_cpu_info"}},
    {"cpu_topology",
     cpu_topology,
     {"node_cpu_core_", "node_cpu_isolated", "node_cpu_online", "node_cpu_package_"}},
    {"cpufreq", cpufreq, {"node_cpu_scaling_"}},
    {"disk_info",
     collect_disk_info,
     {"node_disk_ata_", "node_disk_device_", "node_disk_filesystem_", "node_disk_info"}},
    {"dmi", dmi, {"node_dmi_"}},
    {"edac", edac, {"node_edac_"}},
    {"entropy", entropy, {"node_entropy_"}},
    {"hwmon", hwmon, {"node_hwmon_"}},
    {"kernel_hung", kernel_hung, {"node_kernel_"}},
    {"mdadm", mdadm, {"node_md_"}},
    {"netclass",
     netclass,
     {"node_network_address_assign_", "node_network_carrier", "node_network_device_id",
      "node_network_dormant", "node_network_flags", "node_network_iface_", "node_network_info",
      "node_network_mtu_", "node_network_name_assign_", "node_network_net_dev_group",
      "node_network_protocol_type", "node_network_speed_", "node_network_transmit_queue_length",
      "node_network_up"}},
    {"netdev_nohandler", netdev_nohandler, {"node_network_receive_nohandler_"}},
    {"os", collect_os, {"node_os_"}},
    {"processes", processes, {"node_processes_"}, true},  // a file for each process
    {"tcpstat", collect_tcpstat, {"node_tcp_"}, true},    // the kernel walks all its sockets
    {"thermal_zone", thermal_zone, {"node_thermal_zone_", "node_cooling_device_"}},
    {"timex", collect_timex, {"node_timex_"}},
    {"udp_queues", collect_udp_queues, {"node_udp_"}},
});

}  // namespace

bool WorkerCollector::writes(std::string_view family) const {
  return std::ranges::any_of(families, [family](std::string_view prefix) {
    return !prefix.empty() && family.starts_with(prefix);
  });
}

std::span<const LoopCollector> loop_collectors() {
  return kOnLoop;
}
std::span<const WorkerCollector> worker_collectors() {
  return kOnWorkers;
}

}  // namespace tocsin::sources::host
