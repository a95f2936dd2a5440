#include <algorithm>
#include <array>
#include <string>

#include "sources/host/disk.hpp"
#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords = {{
    {"recovery", "recovering"},
    {"resync", "resync"},
    {"reshape", "resync"},
    {"check", "check"},
}};

struct Array {
  std::string name;
  std::string state;  ///< active, inactive, recovering, resync, check
  double blocks = 0;
  double synced = 0;
  double active = 0;
  double failed = 0;
  double spare = 0;
  double down = 0;
  double required = 0;
};

double occurrences(std::string_view text, std::string_view what) {
  double number = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size())) {
    ++number;
  }
  return number;
}

/// "A/B" between the given brackets, wherever it stands in the line.
std::optional<std::pair<double, double>> fraction(std::string_view line, char open, char close) {
  for (std::size_t at = line.find(open); at != std::string_view::npos;
       at = line.find(open, at + 1)) {
    const std::string_view inside = line.substr(at + 1, line.find(close, at) - at - 1);
    const std::size_t slash = inside.find('/');
    if (slash == std::string_view::npos) {
      continue;
    }
    const auto first = count(inside.substr(0, slash));
    const auto second = count(inside.substr(slash + 1));
    if (first && second) {
      return std::pair(*first, *second);
    }
  }
  return std::nullopt;
}

/// "md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]".
std::optional<Array> parse_head(std::string_view line) {
  const std::vector<std::string_view> parts = fields(line);
  if (parts.size() < 3 || parts[1] != ":" || (parts[2] != "active" && parts[2] != "inactive")) {
    return std::nullopt;
  }
  Array array;
  array.name = std::string(parts[0]);
  array.state = std::string(parts[2]);
  array.failed = occurrences(line, "(F)");
  array.spare = occurrences(line, "(S)");
  // Arrays without redundancy do not say how many disks they need: all that they have.
  const bool plain = std::ranges::find(parts, "raid0") != parts.end() ||
                     std::ranges::find(parts, "linear") != parts.end();
  if (plain && array.state == "active") {
    array.active = array.required = occurrences(line, "[");
  }
  return array;
}

/// "195310144 blocks [2/1] [U_]".
void take_size(std::string_view line, Array& array) {
  const std::vector<std::string_view> parts = fields(line);
  const auto blocks = parts.empty() ? std::nullopt : count(parts[0]);
  if (!blocks) {
    return;
  }
  array.blocks = array.synced = *blocks;
  const auto disks = fraction(line, '[', ']');
  if (disks && array.state == "active") {
    array.required = disks->first;
    array.active = disks->second;
    array.down = occurrences(line.substr(line.rfind('[')), "_");
  }
}

/// "[=>...]  recovery =  8.5% (16775552/195310144) finish=…", or "resync=DELAYED".
void take_progress(std::string_view line, Array& array) {
  for (const auto& [word, state] : kWords) {
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos ||
        line.find('=', at + word.size()) == std::string_view::npos) {
      continue;
    }
    array.state = std::string(state);
    const auto done = fraction(line, '(', ')');
    array.synced = done ? done->first : 0;
    return;
  }
}

std::vector<Array> parse(std::string_view mdstat) {
  std::vector<Array> arrays;
  for (const std::string_view line : lines(mdstat)) {
    const bool indented = line.starts_with(' ') || line.starts_with('\t');
    if (!indented) {
      if (std::optional<Array> array = parse_head(line)) {
        arrays.push_back(*std::move(array));
      }
    } else if (!arrays.empty()) {
      line.find(" blocks") != std::string_view::npos ? take_size(line, arrays.back())
                                                     : take_progress(line, arrays.back());
    }
  }
  return arrays;
}

void tell(const Array& array, Exposition& out) {
  const std::string& device = array.name;
  out.gauge("node_md_blocks", "Blocks of each array.").add({{"device", device}}, array.blocks);
  out.gauge("node_md_blocks_synced", "Blocks of each array that are in step.")
      .add({{"device", device}}, array.synced);
  out.gauge("node_md_disks_required", "Disks that each array needs to be whole.")
      .add({{"device", device}}, array.required);
  MetricFamily& disks = out.gauge(
      "node_md_disks", "Disks of each array by their state: active, down, failed, spare.");
  disks.add({{"device", device}, {"state", "active"}}, array.active);
  disks.add({{"device", device}, {"state", "down"}}, array.down);
  disks.add({{"device", device}, {"state", "failed"}}, array.failed);
  disks.add({{"device", device}, {"state", "spare"}}, array.spare);
  MetricFamily& states = out.gauge(
      "node_md_state",
      "1 for the state that each array is in: active, inactive, recovering, resync, check.");
  for (const std::string_view state : {"active", "inactive", "recovering", "resync", "check"}) {
    states.add({{"device", device}, {"state", state}}, array.state == state ? 1 : 0);
  }
}

}  // namespace

Result<void> mdadm(const Machine& machine, Exposition& out) {
  const auto mdstat = machine.proc.read("mdstat");
  if (!mdstat) {
    return tl::unexpected(mdstat.error());
  }
  for (const Array& array : parse(*mdstat)) {
    tell(array, out);
  }
  const auto devices = machine.sys.list("block");
  for (const std::string& device : devices ? *devices : std::vector<std::string>()) {
    if (!device.starts_with("md")) {
      continue;
    }
    if (const auto disks = machine.sys.number("block/" + device + "/md/raid_disks")) {
      out.gauge("node_md_raid_disks", "Disks that each array is made for.")
          .add({{"device", device}}, *disks);
    }
    if (const auto missing = machine.sys.number("block/" + device + "/md/degraded")) {
      out.gauge("node_md_degraded", "Disks that each RAID array lacks.")
          .add({{"device", device}}, *missing);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
