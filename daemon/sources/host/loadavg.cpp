#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

constexpr struct {
  std::string_view metric;
  std::string_view help;
} kAverages[] = {
    {"node_load1", "Load average over 1 minute."},
    {"node_load5", "Load average over 5 minutes."},
    {"node_load15", "Load average over 15 minutes."},
};

}  // namespace

Result<void> loadavg(std::string_view text, Exposition& out) {
  const std::vector<std::string_view> parts = fields(text);
  if (parts.size() < 3) {
    return fail(ErrorCode::corrupt, "loadavg: fewer than three averages");
  }
  for (std::size_t i = 0; i < std::size(kAverages); ++i) {
    const std::optional<double> load = real_number(parts[i]);
    if (!load) {
      return fail(ErrorCode::corrupt, "loadavg: an average that is no number");
    }
    out.gauge(kAverages[i].metric, kAverages[i].help).add(*load);
  }
  return {};
}

}  // namespace tocsin::sources::host
