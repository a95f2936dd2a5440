#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sources/host/fields.hpp"
#include "sources/host/hardware.hpp"
#include "sources/host/hwmon_names.hpp"

namespace tocsin::sources::host {
namespace {

constexpr std::string_view kHwmonClass = "class/hwmon";

struct Chip {
  std::string folder;
  std::string name;    ///< what the driver calls it, or ""
  std::string device;  ///< from the device's place in the tree, or ""
};

/// The last two parts of the device's path: the bus and the device on it.
std::string device_of(const Tree& sys, const std::string& folder) {
  const auto resolved = sys.resolved(folder + "/device");
  if (!resolved) {
    return {};
  }
  const std::filesystem::path path(*resolved);
  const std::string device = chip_word(path.filename().string());
  const std::string bus = chip_word(path.parent_path().filename().string());
  return bus.empty() || device.empty() ? bus + device : bus + "_" + device;
}

std::vector<Chip> find_chips(const Tree& sys, const std::vector<std::string>& entries) {
  std::vector<Chip> chips;
  for (const std::string& entry : entries) {
    const std::string folder = std::string(kHwmonClass) + "/" + entry;
    chips.push_back({folder, sys.value(folder + "/name").value_or(""), device_of(sys, folder)});
  }
  return chips;
}

/// By device, where several chips share it (the radios of one card) with the chip's own name; by
/// that name where there is no device, and by the folder where there is neither.
std::string label_of(const Tree& sys, const Chip& chip, std::size_t on_device) {
  std::string own = chip_word(chip.name);
  if (!chip.device.empty()) {
    return on_device > 1 && !own.empty() ? chip.device + "_" + own : chip.device;
  }
  if (!own.empty()) {
    return own;
  }
  const std::string real = sys.resolved(chip.folder).value_or(chip.folder);
  return chip_word(std::filesystem::path(real).filename().string());
}

void read_sensors(const Tree& sys, const std::string& folder, std::string_view chip,
                  Exposition& out) {
  const auto files = sys.list(folder);
  if (!files) {
    return;
  }
  for (const std::string& name : *files) {
    const std::optional<SensorFile> file = parse_sensor_file(name);
    if (!file) {
      continue;
    }
    // A sensor that is not fitted gives an error: it has no sample then.
    const auto text = sys.value(below(folder, name));
    if (!text) {
      continue;
    }
    if (file->property == "label") {
      out.gauge("node_hwmon_sensor_label", "What each sensor is called; always 1.")
          .add({{"chip", chip}, {"label", *text}, {"sensor", file->sensor}}, 1);
      continue;
    }
    if (const auto value = real_number(*text)) {
      const SensorMetric metric = metric_of(*file);
      out.family(metric.name, metric.type, "Hardware monitor: " + file->type + " " + file->property)
          .add({{"chip", chip}, {"sensor", file->sensor}}, *value * metric.factor);
    }
  }
}

}  // namespace

Result<void> hwmon(const Machine& machine, Exposition& out) {
  const Tree& sys = machine.sys;
  const auto entries = sys.list(kHwmonClass);
  if (!entries) {
    return tl::unexpected(entries.error());
  }
  const std::vector<Chip> chips = find_chips(sys, *entries);
  std::map<std::string, std::size_t> on_device;
  for (const Chip& chip : chips) {
    ++on_device[chip.device];
  }
  for (const Chip& chip : chips) {
    const std::string label = label_of(sys, chip, on_device[chip.device]);
    if (!machine.options.only_hwmon_chips.empty() &&
        !machine.options.only_hwmon_chips.found_in(label)) {
      continue;
    }
    read_sensors(sys, chip.folder, label, out);
    read_sensors(sys, chip.folder + "/device", label, out);  // where older drivers keep them
    if (!chip.name.empty()) {
      out.gauge("node_hwmon_chip_names", "What each chip is called; always 1.")
          .add({{"chip", label}, {"chip_name", chip_word(chip.name)}}, 1);
    }
  }
  return {};
}

}  // namespace tocsin::sources::host
