#include <map>
#include <string>

#include "sources/host/fields.hpp"
#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::size_t kDevice = 5;

}  // namespace

Result<void> arp(std::string_view text, const Options& options, Exposition& out) {
  std::map<std::string, double> entries;
  const std::vector<std::string_view> all = lines(text);
  for (std::size_t i = 1; i < all.size(); ++i) {  // the first line holds headings
    const std::vector<std::string_view> parts = fields(all[i]);
    if (parts.size() <= kDevice) {
      return fail(ErrorCode::corrupt, "net/arp: a line that is cut short");
    }
    if (!options.exclude_arp_devices.found_in(parts[kDevice])) {
      ++entries[std::string(parts[kDevice])];
    }
  }
  MetricFamily& family = out.gauge("node_arp_entries", "Entries of the ARP table.");
  for (const auto& [device, number] : entries) {
    family.add({{"device", device}}, number);
  }
  return {};
}

}  // namespace tocsin::sources::host
