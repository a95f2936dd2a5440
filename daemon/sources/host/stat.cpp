#include <algorithm>
#include <array>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

struct StatFigure {
  std::string_view key;
  std::string_view metric;
  MetricType type;
  std::string_view help;
};

constexpr std::array<StatFigure, 6> kStatFigures = {{
    {"btime", "node_boot_time_seconds", MetricType::gauge, "When the kernel booted, Unix time."},
    {"ctxt", "node_context_switches_total", MetricType::counter, "Context switches on all CPUs."},
    {"intr", "node_intr_total", MetricType::counter, "Interrupts that were served."},
    {"processes", "node_forks_total", MetricType::counter, "Processes and threads ever made."},
    {"procs_blocked", "node_procs_blocked", MetricType::gauge, "Tasks that wait for I/O."},
    {"procs_running", "node_procs_running", MetricType::gauge, "Tasks that can run or do."},
}};

// In the kernel's order.
constexpr std::array<std::string_view, 10> kSoftirqs = {
    "hi",           "timer",   "net_tx", "net_rx",  "block",
    "block_iopoll", "tasklet", "sched",  "hrtimer", "rcu"};

void softirqs(const std::vector<std::string_view>& parts, Exposition& out) {
  MetricFamily& family = out.counter("node_softirqs_total", "Soft interrupts by kind.");
  for (std::size_t i = 0; i < kSoftirqs.size() && i + 2 < parts.size(); ++i) {
    if (const std::optional<double> calls = count(parts[i + 2])) {
      family.add({{"vector", kSoftirqs[i]}}, *calls);
    }
  }
}

}  // namespace

Result<void> stat(std::string_view text, const Options& options, Exposition& out) {
  std::size_t found = 0;
  for (const std::string_view line : lines(text)) {
    // The interrupts' line has thousands of fields on large machines: only its first is wanted.
    const std::string_view key = line.substr(0, line.find(' '));
    if (key == "softirq" && options.softirq_vectors) {
      softirqs(fields(line), out);
      continue;
    }
    const auto* const figure = std::ranges::find(kStatFigures, key, &StatFigure::key);
    if (figure == kStatFigures.end() || key.size() == line.size()) {
      continue;
    }
    const std::string_view rest = line.substr(key.size() + 1);
    const std::optional<double> value = count(rest.substr(0, rest.find(' ')));
    if (!value) {
      return fail(ErrorCode::corrupt, "stat: " + std::string(key) + " is no number");
    }
    out.family(figure->metric, figure->type, figure->help).add(*value);
    ++found;
  }
  if (found == 0) {
    return fail(ErrorCode::not_found, "stat: has none of the figures");
  }
  return {};
}

}  // namespace tocsin::sources::host
