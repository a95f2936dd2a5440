#include <string>

#include "sources/host/cpu.hpp"
#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

constexpr struct {
  std::string_view file;
  std::string_view metric;
  std::string_view help;
} kFiles[] = {
    {"scaling_cur_freq", "node_cpu_scaling_frequency_hertz", "Clock that each CPU runs at."},
    {"scaling_min_freq", "node_cpu_scaling_frequency_min_hertz", "Least clock of each CPU."},
    {"scaling_max_freq", "node_cpu_scaling_frequency_max_hertz", "Highest clock of each CPU."},
};

constexpr std::string_view kCpus = "devices/system/cpu";

/// "cpu12" gives "12"; other names nothing.
std::string_view cpu_number(std::string_view folder) {
  if (!folder.starts_with("cpu") || !unsigned_number(folder.substr(3))) {
    return {};
  }
  return folder.substr(3);
}

void throttles(const Tree& sys, const std::string& folder, Exposition& out) {
  const auto package = sys.value(folder + "/topology/physical_package_id");
  const auto core = sys.value(folder + "/topology/core_id");
  if (!package || !core) {
    return;
  }
  // Threads of a core share its count, cores of a package theirs: the first one read stands.
  if (const auto count = sys.number(folder + "/thermal_throttle/core_throttle_count")) {
    out.counter("node_cpu_core_throttles_total", "How often each core was throttled for heat.")
        .add({{"core", *core}, {"package", *package}}, *count);
  }
  if (const auto count = sys.number(folder + "/thermal_throttle/package_throttle_count")) {
    out.counter("node_cpu_package_throttles_total", "How often each package was throttled.")
        .add({{"package", *package}}, *count);
  }
}

void scaling(const Tree& sys, const std::string& folder, std::string_view cpu, Exposition& out) {
  for (const auto& [file, metric, help] : kFiles) {
    if (const auto kilohertz = sys.number(folder + "/cpufreq/" + std::string(file))) {
      out.gauge(metric, help).add({{"cpu", cpu}}, *kilohertz * 1000);
    }
  }
  const auto chosen = sys.value(folder + "/cpufreq/scaling_governor");
  const auto available = sys.value(folder + "/cpufreq/scaling_available_governors");
  if (!chosen || !available) {
    return;
  }
  MetricFamily& governors = out.gauge("node_cpu_scaling_governor",
                                      "1 for the frequency governor that each CPU uses, else 0.");
  for (const std::string_view governor : fields(*available)) {
    governors.add({{"cpu", cpu}, {"governor", governor}}, governor == *chosen ? 1 : 0);
  }
}

}  // namespace

Result<void> cpu_topology(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  if (const auto isolated = sys.value(std::string(kCpus) + "/isolated")) {
    const auto cpus = cpu_list(*isolated);
    if (!cpus) {
      return fail(ErrorCode::corrupt, "cpu/isolated: no list of CPUs");
    }
    MetricFamily& family =
        out.gauge("node_cpu_isolated", "1 for each CPU that is kept from the scheduler.");
    for (const std::uint32_t cpu : *cpus) {
      family.add({{"cpu", std::to_string(cpu)}}, 1);
    }
  }
  const auto folders = sys.list(kCpus);
  if (!folders) {
    return {};  // a machine without this part of sysfs still has CPU times
  }
  for (const std::string& name : *folders) {
    const std::string_view cpu = cpu_number(name);
    if (cpu.empty()) {
      continue;
    }
    const std::string folder = std::string(kCpus) + "/" + name;
    throttles(sys, folder, out);
    if (const auto online = sys.number(folder + "/online")) {
      out.gauge("node_cpu_online", "1 for a CPU that is online.").add({{"cpu", cpu}}, *online);
    }
  }
  return {};
}

Result<void> cpufreq(const Machine& machine, Exposition& out) {
  const auto folders = machine.sys.list(kCpus);
  if (!folders) {
    return tl::unexpected(folders.error());
  }
  for (const std::string& name : *folders) {
    if (const std::string_view cpu = cpu_number(name); !cpu.empty()) {
      scaling(machine.sys, std::string(kCpus) + "/" + name, cpu, out);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
