#include <map>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kThreads = 17;

struct Process {
  std::string state;
  double threads = 0;
};

/// /proc/PID/stat. The name stands in parentheses and may hold any byte, parentheses included.
std::optional<Process> parse_process(std::string_view stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::vector<std::string_view> parts = fields(stat.substr(name_end + 1));
  const std::optional<double> threads =
      parts.size() > kThreads ? count(parts[kThreads]) : std::nullopt;
  if (!threads) {
    return std::nullopt;
  }
  return Process{std::string(parts[0]), *threads};
}

}  // namespace

Result<void> processes(const Machine& machine, Exposition& out) {
  const auto names = machine.proc.list("");
  if (!names) {
    return tl::unexpected(names.error());
  }
  std::map<std::string, double> states;
  double number = 0;
  double threads = 0;
  for (const std::string& name : *names) {
    if (!unsigned_number(name)) {
      continue;
    }
    const auto stat = machine.proc.value(name + "/stat");
    const std::optional<Process> process = stat ? parse_process(*stat) : std::nullopt;
    if (!process) {
      continue;  // it has ended since the folder was read
    }
    ++number;
    threads += process->threads;
    ++states[process->state];
  }
  out.gauge("node_processes_pids", "Processes.").add(number);
  out.gauge("node_processes_threads", "Threads of all processes.").add(threads);
  MetricFamily& by_state = out.gauge("node_processes_state", "Processes in each state.");
  for (const auto& [state, how_many] : states) {
    by_state.add({{"state", state}}, how_many);
  }
  if (const auto most = machine.proc.number("sys/kernel/pid_max")) {
    out.gauge("node_processes_max_processes", "How many process numbers there are.").add(*most);
  }
  if (const auto most = machine.proc.number("sys/kernel/threads-max")) {
    out.gauge("node_processes_max_threads", "How many threads there may be.").add(*most);
  }
  return {};
}

}  // namespace tocsin::sources::host
