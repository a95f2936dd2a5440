#include <array>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kNetClass = "class/net";
constexpr double kBytesPerMegabit = 1000.0 * 1000.0 / 8.0;
constexpr std::uint64_t kInterfaceUp = 1;  // IFF_UP

struct Attribute {
  std::string_view file;
  std::string_view metric;
  MetricType type;
  std::string_view help;
};

constexpr Attribute kFlags = {"flags", "node_network_flags", kGauge,
                              "The device's flags as a number."};
constexpr Attribute kIndex = {"ifindex", "node_network_iface_id", kGauge, "The device's index."};

constexpr std::array<Attribute, 14> kAttributes = {{
    {"addr_assign_type", "node_network_address_assign_type", kGauge, "How the address was given."},
    {"carrier", "node_network_carrier", kGauge, "1 where there is a link."},
    {"carrier_changes", "node_network_carrier_changes_total", kCounter,
     "How often the link came or went."},
    {"carrier_down_count", "node_network_carrier_down_changes_total", kCounter,
     "How often the link went."},
    {"carrier_up_count", "node_network_carrier_up_changes_total", kCounter,
     "How often the link came."},
    {"dev_id", "node_network_device_id", kGauge, "Tells devices with one address apart."},
    {"dormant", "node_network_dormant", kGauge, "1 where the link waits for something."},
    {"iflink", "node_network_iface_link", kGauge, "Index of the device that this one stands on."},
    {"link_mode", "node_network_iface_link_mode", kGauge, "0 by default, 1 where dormant counts."},
    {"mtu", "node_network_mtu_bytes", kGauge, "Longest packet."},
    {"name_assign_type", "node_network_name_assign_type", kGauge, "How the name was given."},
    {"netdev_group", "node_network_net_dev_group", kGauge, "The device's group."},
    {"tx_queue_len", "node_network_transmit_queue_length", kGauge,
     "Packets that the transmit queue holds."},
    {"type", "node_network_protocol_type", kGauge, "The kind of link as a number."},
}};

std::string text_of(const OpenFolder& folder, std::string_view file) {
  return folder.value(std::string(file)).value_or(std::string());
}

void tell(const Attribute& attribute, const std::string& device, std::string_view text,
          Exposition& out) {
  if (const auto value = sysfs_number(text)) {
    out.family(attribute.metric, attribute.type, attribute.help).add({{"device", device}}, *value);
  }
}

void device_info(const OpenFolder& folder, const std::string& device, Exposition& out) {
  const std::string state = text_of(folder, "operstate");
  const std::string flags_text = text_of(folder, kFlags.file);
  tell(kFlags, device, flags_text, out);
  const std::optional<double> flags = sysfs_number(flags_text);
  const bool up = flags && (static_cast<std::uint64_t>(*flags) & kInterfaceUp) != 0;
  out.gauge("node_network_info", "What is known of each network device; always 1.")
      .add({{"address", text_of(folder, "address")},
            {"adminstate", !flags ? ""
                           : up   ? "up"
                                  : "down"},
            {"broadcast", text_of(folder, "broadcast")},
            {"device", device},
            {"duplex", text_of(folder, "duplex")},
            {"ifalias", text_of(folder, "ifalias")},
            {"operstate", state}},
           1);
  out.gauge("node_network_up", "1 where the device's operational state is up.")
      .add({{"device", device}}, state == "up" ? 1 : 0);
}

}  // namespace

// An attribute that a device does not have, or does not want to tell now (speed while the link is
// down gives EINVAL), is left out.
Result<void> netclass(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  const auto devices = sys.list(kNetClass);
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  for (const std::string& device : *devices) {
    if (machine.options.exclude_class_devices.found_in(device)) {
      continue;
    }
    const OpenFolder folder(sys, below(kNetClass, device));
    const auto index = folder.value(std::string(kIndex.file));
    if (!index) {
      continue;
    }
    tell(kIndex, device, *index, out);
    device_info(folder, device, out);
    for (const Attribute& attribute : kAttributes) {
      tell(attribute, device, text_of(folder, attribute.file), out);
    }
    const auto megabits = real_number(text_of(folder, "speed"));
    if (megabits && *megabits >= 0) {  // -1 is "unknown"
      out.gauge("node_network_speed_bytes", "Bytes a second that the link can carry.")
          .add({{"device", device}}, *megabits * kBytesPerMegabit);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
