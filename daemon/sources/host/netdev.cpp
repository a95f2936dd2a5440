#include <array>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

struct DeviceFigure {
  std::string_view metric;
  std::string_view help;
};

constexpr std::array<DeviceFigure, 16> kDeviceFigures = {{
    {"node_network_receive_bytes_total", "Bytes received."},
    {"node_network_receive_packets_total", "Packets received."},
    {"node_network_receive_errs_total", "Packets received with an error."},
    {"node_network_receive_drop_total", "Packets dropped on the way in."},
    {"node_network_receive_fifo_total", "Overruns of the receive queue."},
    {"node_network_receive_frame_total", "Framing errors on the way in."},
    {"node_network_receive_compressed_total", "Compressed packets received."},
    {"node_network_receive_multicast_total", "Multicast packets received."},
    {"node_network_transmit_bytes_total", "Bytes sent."},
    {"node_network_transmit_packets_total", "Packets sent."},
    {"node_network_transmit_errs_total", "Packets that could not be sent."},
    {"node_network_transmit_drop_total", "Packets dropped on the way out."},
    {"node_network_transmit_fifo_total", "Overruns of the transmit queue."},
    {"node_network_transmit_colls_total", "Collisions."},
    {"node_network_transmit_carrier_total", "Losses of carrier while sending."},
    {"node_network_transmit_compressed_total", "Compressed packets sent."},
}};

}  // namespace

// "  eth0:68210035552 520993275 …". A name may hold colons itself, so it ends at the last one.
Result<void> netdev(std::string_view text, const Options& options, Exposition& out) {
  for (const std::string_view line : lines(text)) {
    const std::size_t colon = line.rfind(':');
    if (colon == std::string_view::npos) {
      continue;  // the two lines of headings
    }
    const std::vector<std::string_view> name = fields(line.substr(0, colon));
    const std::vector<std::string_view> values = fields(line.substr(colon + 1));
    if (name.size() != 1 || values.size() < kDeviceFigures.size()) {
      return fail(ErrorCode::corrupt, "net/dev: a line that is cut short");
    }
    if (options.exclude_interfaces.found_in(name[0])) {
      continue;
    }
    for (std::size_t i = 0; i < kDeviceFigures.size(); ++i) {
      const std::optional<double> value = count(values[i]);
      if (!value) {
        return fail(ErrorCode::corrupt, "net/dev: a figure that is no number");
      }
      out.counter(kDeviceFigures[i].metric, kDeviceFigures[i].help)
          .add({{"device", name[0]}}, *value);
    }
  }
  return {};
}

Result<void> netdev_nohandler(const Machine& machine, Exposition& out) {
  const auto devices = machine.sys.list("class/net");
  if (!devices) {
    return tl::unexpected(devices.error());
  }
  for (const std::string& device : *devices) {
    if (machine.options.exclude_interfaces.found_in(device)) {
      continue;
    }
    if (const auto packets =
            machine.sys.number("class/net/" + device + "/statistics/rx_nohandler")) {
      out.counter("node_network_receive_nohandler_total",
                  "Packets received that no protocol wanted.")
          .add({{"device", device}}, *packets);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
