#include "sources/host/cpu.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

constexpr double kHotplugSeconds = 3.0;

constexpr std::array<std::string_view, 8> kModeNames = {"user",   "nice", "system",  "idle",
                                                        "iowait", "irq",  "softirq", "steal"};

double& of(CpuTimes& times, CpuMode mode) {
  return times[static_cast<std::size_t>(mode)];
}
double of(const CpuTimes& times, CpuMode mode) {
  return times[static_cast<std::size_t>(mode)];
}

}  // namespace

Result<std::map<std::string, CpuTimes>> parse_cpu_times(std::string_view stat,
                                                        double ticks_per_second) {
  std::map<std::string, CpuTimes> cpus;
  for (const std::string_view line : lines(stat)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.empty() || !parts[0].starts_with("cpu") || parts[0] == "cpu") {
      continue;
    }
    const std::string_view number = parts[0].substr(3);
    if (!unsigned_number(number) || parts.size() < 5) {
      return fail(ErrorCode::corrupt, "stat: a CPU's line is cut short or misnamed");
    }
    CpuTimes times{};
    for (std::size_t i = 0; i < kCpuModes && i + 1 < parts.size(); ++i) {
      const std::optional<double> ticks = count(parts[i + 1]);
      if (!ticks) {
        return fail(ErrorCode::corrupt, "stat: ticks that are no number");
      }
      times[i] = *ticks / ticks_per_second;
    }
    cpus[std::string(number)] = times;
  }
  if (cpus.empty()) {
    return fail(ErrorCode::not_found, "stat: names no CPU");
  }
  return cpus;
}

std::map<std::string, CpuTimes> CpuHistory::steady(const std::map<std::string, CpuTimes>& read) {
  std::map<std::string, CpuTimes> next = read;
  for (auto& [cpu, times] : next) {
    const auto before = last_.find(cpu);
    if (before == last_.end() ||
        of(before->second, CpuMode::idle) - of(times, CpuMode::idle) >= kHotplugSeconds) {
      continue;
    }
    for (std::size_t mode = 0; mode < kCpuModes; ++mode) {
      times[mode] = std::max(times[mode], before->second[mode]);
    }
  }
  last_ = next;
  return next;
}

void cpu_times(const std::map<std::string, CpuTimes>& times, Exposition& out) {
  MetricFamily& seconds = out.counter("node_cpu_seconds_total",
                                      "Seconds that each CPU has spent in each mode: user, nice, "
                                      "system, idle, iowait, irq, softirq, steal.");
  MetricFamily& guest = out.counter(
      "node_cpu_guest_seconds_total",
      "Seconds that each CPU has spent in guests, which its user and nice times contain as well.");
  for (const auto& [cpu, modes] : times) {
    for (std::size_t i = 0; i < kModeNames.size(); ++i) {
      seconds.add({{"cpu", cpu}, {"mode", kModeNames[i]}}, modes[i]);
    }
    guest.add({{"cpu", cpu}, {"mode", "user"}}, of(modes, CpuMode::guest));
    guest.add({{"cpu", cpu}, {"mode", "nice"}}, of(modes, CpuMode::guest_nice));
  }
}

}  // namespace tocsin::sources::host
