#include "sources/processes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "loop/file.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/model/matcher.hpp"

namespace tocsin::sources {
namespace {

constexpr std::size_t kProcFileMost = 1U << 20U;
constexpr std::size_t kMostPids = 200'000;

std::string proc_text(const std::string& path) {
  auto content = loop::read_file(path, kProcFileMost);
  return content ? std::move(content->text) : std::string();
}

std::vector<std::string_view> words_of_line(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t begin = text.find_first_not_of(" \n");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

std::uint64_t whole_number(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// proc(5): the name stands in the first "(" to the last ")", and may hold both.
struct ProcStat {
  std::string name;
  std::vector<std::string_view> rest;  ///< from `state` on
};
std::optional<ProcStat> read_stat(std::string_view text) {
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::nullopt;
  }
  ProcStat stat{std::string(text.substr(open + 1, close - open - 1)),
                words_of_line(text.substr(close + 1))};
  if (stat.rest.size() < 22) return std::nullopt;
  return stat;
}

/// Whether a line of /proc/PID/cgroup lies in the unit: its path has the unit as one of its parts.
bool in_unit(std::string_view cgroups, std::string_view unit) {
  const std::string part = fmt::format("/{}", unit);
  for (std::size_t at = cgroups.find(part); at != std::string_view::npos;
       at = cgroups.find(part, at + 1)) {
    const std::size_t after = at + part.size();
    if (after == cgroups.size() || cgroups[after] == '\n' || cgroups[after] == '/') return true;
  }
  return false;
}

std::optional<std::uint64_t> count_open_files(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator at(folder + "/fd", error);
  if (error) return std::nullopt;
  std::uint64_t count = 0;
  for (const std::filesystem::directory_iterator end; at != end && !error; at.increment(error)) {
    ++count;
  }
  return error ? std::nullopt : std::optional(count);
}

std::optional<std::uint64_t> most_open_files(const std::string& folder) {
  const std::string limits = proc_text(folder + "/limits");
  constexpr std::string_view kRow = "Max open files";
  const std::size_t row = limits.find(kRow);
  if (row == std::string::npos) return std::nullopt;
  const auto words = words_of_line(std::string_view(limits).substr(row + kRow.size()));
  if (words.empty() || words.front() == "unlimited") return std::nullopt;
  return whole_number(words.front());
}

double boot_time_in(std::string_view stat) {
  const std::size_t row = stat.find("\nbtime ");
  return row == std::string_view::npos ? 0
                                       : static_cast<double>(whole_number(stat.substr(row + 7)));
}

class ProcessSearch {
 public:
  explicit ProcessSearch(const config::ProcessSource& wanted) : wanted_(wanted) {
    if (wanted.command.empty()) return;
    auto made =
        Matcher::make("command", MatchOp::regex, "(?s:.*)(?:" + wanted.command + ")(?s:.*)");
    if (made) command_ = *std::move(made);
  }

  std::optional<ProcessSeen> look(const std::string& folder) const {
    const std::string text = proc_text(folder + "/stat");
    const auto stat = read_stat(text);
    if (!stat || !fits(folder, *stat)) return std::nullopt;
    const auto field = [&](std::size_t number) { return whole_number(stat->rest[number - 3]); };
    ProcessSeen seen;
    seen.zombie = stat->rest[0] == "Z" || stat->rest[0] == "X";
    seen.cpu_seconds = static_cast<double>(field(14) + field(15)) / ticks_a_second();
    seen.threads = field(20);
    seen.start_ticks = field(22);
    seen.resident_bytes = field(24) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    seen.open_files = count_open_files(folder);
    if (seen.open_files) seen.open_files_most = most_open_files(folder);
    return seen;
  }

  static double ticks_a_second() { return static_cast<double>(::sysconf(_SC_CLK_TCK)); }

 private:
  [[nodiscard]] bool fits(const std::string& folder, const ProcStat& stat) const {
    if (!wanted_.name.empty() && stat.name != wanted_.name) return false;
    if (command_) {
      std::string line = proc_text(folder + "/cmdline");
      while (!line.empty() && line.back() == '\0') line.pop_back();
      std::replace(line.begin(), line.end(), '\0', ' ');
      if (!command_->matches(valid_utf8(line))) return false;
    }
    return wanted_.unit.empty() || in_unit(proc_text(folder + "/cgroup"), wanted_.unit);
  }

  const config::ProcessSource& wanted_;
  std::optional<Matcher> command_;
};

}  // namespace

Result<ProcessesSeen> find_processes(const config::ProcessSource& wanted) {
  std::error_code error;
  std::filesystem::directory_iterator at(wanted.procfs, error);
  if (error) return fail(ErrorCode::unavailable, wanted.procfs + ": " + error.message());
  const ProcessSearch search(wanted);
  ProcessesSeen out;
  out.boot_time_seconds = boot_time_in(proc_text(wanted.procfs + "/stat"));
  out.ticks_a_second = ProcessSearch::ticks_a_second();
  std::size_t looked = 0;
  for (const std::filesystem::directory_iterator end; at != end && !error; at.increment(error)) {
    const std::string name = at->path().filename();
    if (name.empty() || !std::ranges::all_of(name, is_digit)) continue;
    if (++looked > kMostPids) break;
    if (auto seen = search.look(at->path())) {
      seen->pid = static_cast<int>(whole_number(name));
      out.processes.push_back(*std::move(seen));
    }
  }
  if (error) return fail(ErrorCode::unavailable, wanted.procfs + ": " + error.message());
  return out;
}

}  // namespace tocsin::sources
