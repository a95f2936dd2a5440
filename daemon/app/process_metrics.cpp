// The standard process_* metrics, from this process's own files in procfs (which never block).
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/own_metrics.hpp"
#include "tocsin/base/quantity.hpp"

namespace tocsin::app {

namespace {

/// What procfs makes as one record of less than a page.
std::string read_record(const char* path) {
  std::array<char, 4096> record{};
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);  // NOLINT(*-vararg)
  if (file < 0) return {};
  const ssize_t got = ::read(file, record.data(), record.size());
  ::close(file);
  return {record.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

std::string read_file(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The fields of /proc/self/stat from the third on: the second, a name in parentheses, may hold
/// anything.
std::vector<double> stat_fields() {
  const std::string stat = read_record("/proc/self/stat");
  const std::size_t end = stat.rfind(')');
  std::vector<double> fields;
  if (end == std::string::npos) return fields;
  std::istringstream rest(stat.substr(end + 1));
  for (std::string word; rest >> word;) fields.push_back(parse_number(word).value_or(0));
  return fields;
}

double boot_time() {
  std::istringstream stat(read_file("/proc/stat"));
  for (std::string line; std::getline(stat, line);)
    if (line.starts_with("btime ")) return parse_number(line.substr(6)).value_or(0);
  return 0;
}

double open_descriptors() {
  struct stat folder {};
  // Its size is their number since Linux 6.2, and 0 before.
  if (::stat("/proc/self/fd", &folder) == 0 && folder.st_size > 0)
    return static_cast<double>(folder.st_size);
  std::error_code error;
  double count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error))
    ++count;
  return count > 0 ? count - 1 : 0;  // less the one that reads the folder
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
