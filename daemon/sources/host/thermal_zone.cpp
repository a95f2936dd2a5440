#include <string>

#include "sources/host/hardware.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kZone = "thermal_zone";
constexpr std::string_view kCooling = "cooling_device";

}  // namespace

Result<void> thermal_zone(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  const auto entries = sys.list("class/thermal");
  if (!entries) {
    return tl::unexpected(entries.error());
  }
  for (const std::string& entry : *entries) {
    const std::string folder = "class/thermal/" + entry;
    const auto type = sys.value(folder + "/type");
    if (!type) {
      continue;
    }
    if (entry.starts_with(kZone)) {
      // A zone whose sensor is off or away answers with an error: there is no temperature then.
      if (const auto millidegrees = sys.number(folder + "/temp")) {
        out.gauge("node_thermal_zone_temp", "Temperature of each zone in degrees Celsius.")
            .add({{"type", *type}, {"zone", entry.substr(kZone.size())}}, *millidegrees / 1000);
      }
    } else if (entry.starts_with(kCooling)) {
      const std::string name = entry.substr(kCooling.size());
      if (const auto state = sys.number(folder + "/cur_state")) {
        out.gauge("node_cooling_device_cur_state", "How hard each cooling device works.")
            .add({{"name", name}, {"type", *type}}, *state);
      }
      if (const auto state = sys.number(folder + "/max_state")) {
        out.gauge("node_cooling_device_max_state", "How hard each cooling device can work.")
            .add({{"name", name}, {"type", *type}}, *state);
      }
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
