#include <array>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

struct SoftnetColumn {
  std::size_t at;
  std::string_view metric;
  MetricType type;
  std::string_view help;
};

constexpr std::array<SoftnetColumn, 7> kSoftnetColumns = {{
    {0, "node_softnet_processed_total", MetricType::counter, "Packets processed."},
    {1, "node_softnet_dropped_total", MetricType::counter, "Packets dropped: the queue was full."},
    {2, "node_softnet_times_squeezed_total", MetricType::counter,
     "How often work was left when the budget was spent."},
    {8, "node_softnet_cpu_collision_total", MetricType::counter,
     "Collisions over the lock of a device when sending."},
    {9, "node_softnet_received_rps_total", MetricType::counter,
     "How often this CPU was woken to take packets from another."},
    {10, "node_softnet_flow_limit_count_total", MetricType::counter,
     "How often a flow's limit was reached."},
    {11, "node_softnet_backlog_len", MetricType::gauge, "Packets that wait."},
}};

constexpr std::size_t kCpuColumn = 12;

}  // namespace

// Hexadecimal columns, as many as the kernel is new. CPUs that are offline have no line, so newer
// kernels write the CPU's number into the last column.
Result<void> softnet(std::string_view text, Exposition& out) {
  std::uint64_t number = 0;
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    const auto own_number =
        parts.size() > kCpuColumn ? unsigned_number(parts[kCpuColumn], 16) : std::nullopt;
    const std::string cpu = std::to_string(own_number.value_or(number++));
    for (const SoftnetColumn& column : kSoftnetColumns) {
      if (column.at >= parts.size()) {
        continue;
      }
      const auto value = unsigned_number(parts[column.at], 16);
      if (!value) {
        return fail(ErrorCode::corrupt, "softnet_stat: a column that is no number");
      }
      out.family(column.metric, column.type, column.help)
          .add({{"cpu", cpu}}, static_cast<double>(*value));
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
