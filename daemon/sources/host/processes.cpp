#include <map>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kThreads = 17;  ///< of the fields behind the name, from 0

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
  std::string_view rest = trim(stat.substr(name_end + 1));
  Process process{std::string(rest.substr(0, rest.find(' '))), 0};
  for (std::size_t skipped = 0; skipped < kThreads; ++skipped) {
    const std::size_t blank = rest.find(' ');
    if (blank == std::string_view::npos) {
      return std::nullopt;
    }
    rest.remove_prefix(blank + 1);
  }
  const std::optional<double> threads = count(rest.substr(0, rest.find(' ')));
  if (!threads) {
    return std::nullopt;
  }
  process.threads = *threads;
  return process;
}

}  // namespace

Result<void> processes(const Machine& machine, Exposition& out) {
  const auto names = machine.proc.list("");
  if (!names) {
    return tl::unexpected(names.error());
  }
  const OpenFolder folder(machine.proc, "");
  std::map<std::string, double> states;
  double number = 0;
  double threads = 0;
  for (const std::string& name : *names) {
    if (!unsigned_number(name)) {
      continue;
    }
    const auto stat = folder.value(name + "/stat");
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
