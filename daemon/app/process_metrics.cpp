// The standard process_* metrics, from this process's own files in procfs (which never block).
#include <sys/resource.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <vector>

#include "app/own_metrics.hpp"
#include "app/process_files.hpp"
#include "tocsin/base/quantity.hpp"

namespace tocsin::app {

namespace {

constexpr std::size_t kRecordBytes = 4096;        // far longer than /proc/self/stat
constexpr std::size_t kLongestStat = 16U << 20U;  // /proc/stat has a line for each processor

/// The fields of /proc/self/stat from the third on: the second, a name in parentheses, may hold
/// anything.
std::vector<double> stat_fields() {
  const std::string stat = read_record("/proc/self/stat", kRecordBytes);
  const std::size_t end = stat.rfind(')');
  std::vector<double> fields;
  if (end == std::string::npos) return fields;
  std::istringstream rest(stat.substr(end + 1));
  for (std::string word; rest >> word;) fields.push_back(parse_number(word).value_or(0));
  return fields;
}

double boot_time() {
  std::istringstream stat(read_record("/proc/stat", kLongestStat));
  for (std::string line; std::getline(stat, line);)
    if (line.starts_with("btime ")) return parse_number(line.substr(6)).value_or(0);
  return 0;
}

}  // namespace

void process_metrics(Families& out) {
  // Numbers of proc(5), less the three that stat_fields() leaves out and counting from 0.
  constexpr std::size_t kUserTicks = 11;
  constexpr std::size_t kSystemTicks = 12;
  constexpr std::size_t kThreads = 17;
  constexpr std::size_t kStartTicks = 19;
  constexpr std::size_t kVirtualBytes = 20;
  constexpr std::size_t kResidentPages = 21;
  const std::vector<double> stat = stat_fields();
  if (stat.size() <= kResidentPages) return;
  const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const double booted = boot_time();

  counter(out, "process_cpu_seconds_total", "User and system CPU time of this process.")
      .add({}, (stat[kUserTicks] + stat[kSystemTicks]) / per_second);
  gauge(out, "process_resident_memory_bytes", "Resident memory of this process.")
      .add({}, stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE)));
  gauge(out, "process_virtual_memory_bytes", "Virtual memory of this process.")
      .add({}, stat[kVirtualBytes]);
  gauge(out, "process_threads", "Threads of this process.").add({}, stat[kThreads]);
  gauge(out, "process_start_time_seconds", "When this process started.")
      .add({}, booted + stat[kStartTicks] / per_second);
  gauge(out, "process_open_fds", "Descriptors that this process has open.")
      .add({}, open_descriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    gauge(out, "process_max_fds", "Descriptors that this process may have open.")
        .add({}, static_cast<double>(limit.rlim_cur));
}

}  // namespace tocsin::app
