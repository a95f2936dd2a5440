#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

bool is_active(const Tree& sys, const std::string& folder, std::string_view slave) {
  // The link to a slave is named lower_ or, by older kernels, slave_.
  for (const std::string_view prefix : {"/lower_", "/slave_"}) {
    const std::string path =
        folder + std::string(prefix) + std::string(slave) + "/bonding_slave/mii_status";
    if (const auto status = sys.value(path)) {
      return *status == "up";
    }
  }
  return false;
}

}  // namespace

Result<void> bonding(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  const auto masters = sys.read("class/net/bonding_masters");
  if (!masters) {
    return tl::unexpected(masters.error());
  }
  MetricFamily& all = out.gauge("node_bonding_slaves", "Devices that each bond is made of.");
  MetricFamily& active = out.gauge("node_bonding_active", "Devices of each bond that have a link.");
  for (const std::string_view master : fields(*masters)) {
    const std::string folder = "class/net/" + std::string(master);
    const auto slaves = sys.value(folder + "/bonding/slaves");
    if (!slaves) {
      continue;  // taken down since the list was read
    }
    const std::vector<std::string_view> names = fields(*slaves);
    double up = 0;
    for (const std::string_view slave : names) {
      up += is_active(sys, folder, slave) ? 1 : 0;
    }
    all.add({{"master", master}}, static_cast<double>(names.size()));
    active.add({{"master", master}}, up);
  }
  return {};
}

}  // namespace tocsin::sources::host
