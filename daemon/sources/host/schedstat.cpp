#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kFieldsOfCpu = 10;

}  // namespace

// "cpu0 … RUNNING WAITING SLICES": the last three, times in nanoseconds.
Result<void> schedstat(std::string_view text, Exposition& out) {
  MetricFamily& running =
      out.counter("node_schedstat_running_seconds_total", "Seconds in which each CPU ran a task.");
  MetricFamily& waiting = out.counter("node_schedstat_waiting_seconds_total",
                                      "Seconds that tasks waited for each CPU.");
  MetricFamily& slices =
      out.counter("node_schedstat_timeslices_total", "Time slices that each CPU ran.");
  for (const std::string_view line : lines(text)) {
    if (!line.starts_with("cpu")) {
      continue;
    }
    const std::vector<std::string_view> parts = fields(line);
    if (parts.size() < kFieldsOfCpu) {
      return fail(ErrorCode::corrupt, "schedstat: a line that is cut short");
    }
    const auto ran = count(parts[7]);
    const auto waited = count(parts[8]);
    const auto given = count(parts[9]);
    if (!ran || !waited || !given) {
      return fail(ErrorCode::corrupt, "schedstat: a figure that is no number");
    }
    const std::string_view cpu = parts[0].substr(3);
    running.add({{"cpu", cpu}}, *ran * kNanosecond);
    waiting.add({{"cpu", cpu}}, *waited * kNanosecond);
    slices.add({{"cpu", cpu}}, *given);
  }
  return {};
}

}  // namespace tocsin::sources::host
