#include <array>
#include <string>

#include "sources/host/disk.hpp"
#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

// The kernel counts in sectors of 512 bytes whatever the device's own size is.
constexpr double kSectorBytes = 512;
constexpr double kMillisecond = 0.001;
constexpr std::size_t kFirstFigure = 3;
constexpr std::size_t kLeastFields = 14;

struct DiskFigure {
  std::string_view metric;
  MetricType type;
  double unit;
  std::string_view help;
};

constexpr std::array<DiskFigure, 17> kDiskFigures = {{
    {"node_disk_reads_completed_total", kCounter, 1, "Reads that were completed."},
    {"node_disk_reads_merged_total", kCounter, 1, "Reads merged with a neighbour."},
    {"node_disk_read_bytes_total", kCounter, kSectorBytes, "Bytes read."},
    {"node_disk_read_time_seconds_total", kCounter, kMillisecond, "Seconds spent by all reads."},
    {"node_disk_writes_completed_total", kCounter, 1, "Writes that were completed."},
    {"node_disk_writes_merged_total", kCounter, 1, "Writes merged with a neighbour."},
    {"node_disk_written_bytes_total", kCounter, kSectorBytes, "Bytes written."},
    {"node_disk_write_time_seconds_total", kCounter, kMillisecond, "Seconds spent by all writes."},
    {"node_disk_io_now", MetricType::gauge, 1, "Requests under way."},
    {"node_disk_io_time_seconds_total", kCounter, kMillisecond,
     "Seconds in which a request was under way: its rate is how busy the disk is."},
    {"node_disk_io_time_weighted_seconds_total", kCounter, kMillisecond,
     "Seconds in which requests were under way, times their number."},
    {"node_disk_discards_completed_total", kCounter, 1, "Discards that were completed."},
    {"node_disk_discards_merged_total", kCounter, 1, "Discards merged with a neighbour."},
    {"node_disk_discarded_sectors_total", kCounter, 1, "Sectors discarded."},
    {"node_disk_discard_time_seconds_total", kCounter, kMillisecond,
     "Seconds spent by all discards."},
    {"node_disk_flush_requests_total", kCounter, 1, "Flushes that were completed."},
    {"node_disk_flush_requests_time_seconds_total", kCounter, kMillisecond,
     "Seconds spent by all flushes."},
}};

}  // namespace

Result<std::vector<BlockDevice>> diskstats(std::string_view text, const Options& options,
                                           Exposition& out) {
  std::vector<BlockDevice> devices;
  for (const std::string_view line : lines(text)) {
    const std::vector<std::string_view> parts = fields(line);
    if (parts.size() < kLeastFields) {
      return fail(ErrorCode::corrupt, "diskstats: a line with fewer than 14 fields");
    }
    if (options.exclude_disks.found_in(parts[2])) {
      continue;
    }
    for (std::size_t i = 0; i < kDiskFigures.size() && kFirstFigure + i < parts.size(); ++i) {
      const std::optional<double> value = count(parts[kFirstFigure + i]);
      if (!value) {
        return fail(ErrorCode::corrupt, "diskstats: a figure that is no number");
      }
      const DiskFigure& figure = kDiskFigures[i];
      out.family(figure.metric, figure.type, figure.help)
          .add({{"device", parts[2]}}, *value * figure.unit);
    }
    devices.push_back({std::string(parts[2]), std::string(parts[0]), std::string(parts[1])});
  }
  return devices;
}

}  // namespace tocsin::sources::host
