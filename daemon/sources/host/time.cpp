#include <ctime>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/kernel.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kPrefix = "clocksource";

constexpr std::string_view kClocks = "devices/system/clocksource";

}  // namespace

void ClockSources::tell(const Tree& sys, KeptFiles& kept, Exposition& out) {
  if (folders_.empty()) {
    folders_ = sys.list(kClocks).value_or(std::vector<std::string>());
    std::erase_if(folders_, [](const std::string& name) { return !name.starts_with(kPrefix); });
  }
  for (const std::string& name : folders_) {
    const std::string folder = std::string(kClocks) + "/" + name;
    const std::string_view device = std::string_view(name).substr(kPrefix.size());
    if (const auto available = kept.value(folder + "/available_clocksource")) {
      MetricFamily& family = out.gauge("node_time_clocksource_available_info",
                                       "Clock sources that the kernel could use; always 1.");
      for (const std::string_view source : fields(*available)) {
        family.add({{"clocksource", source}, {"device", device}}, 1);
      }
    }
    if (const auto current = kept.value(folder + "/current_clocksource")) {
      out.gauge("node_time_clocksource_current_info",
                "The clock source that the kernel uses; always 1.")
          .add({{"clocksource", *current}, {"device", device}}, 1);
    }
  }
}

void time_and_zone(WallTime now, Exposition& out) {
  const double seconds = static_cast<double>(now.time_since_epoch().count()) / 1000.0;
  out.gauge("node_time_seconds", "The wall clock when the host was read, Unix time.").add(seconds);
  const std::time_t whole = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (::localtime_r(&whole, &local) != nullptr) {
    out.gauge("node_time_zone_offset_seconds", "How far local time is ahead of UTC.")
        .add({{"time_zone", local.tm_zone == nullptr ? "" : local.tm_zone}},
             static_cast<double>(local.tm_gmtoff));
  }
}

}  // namespace tocsin::sources::host
