#include <map>
#include <string>

#include "sources/host/disk.hpp"
#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

constexpr struct {
  std::string_view key;
  std::string_view metric;
  std::string_view help;
} kAtaFigures[] = {
    {"ID_ATA_WRITE_CACHE", "node_disk_ata_write_cache", "1 for a disk with a write cache."},
    {"ID_ATA_WRITE_CACHE_ENABLED", "node_disk_ata_write_cache_enabled",
     "1 where the disk's write cache is on."},
    {"ID_ATA_ROTATION_RATE_RPM", "node_disk_ata_rotation_rate_rpm",
     "Rotations a minute; 0 for disks that do not turn."},
};

using Properties = std::map<std::string, std::string, std::less<>>;

/// The "E:KEY=value" lines of a device's entry in udev's database.
Properties udev_properties(std::string_view entry) {
  Properties properties;
  for (const std::string_view line : lines(entry)) {
    const std::size_t equals = line.find('=');
    if (line.starts_with("E:") && equals != std::string_view::npos) {
      properties.emplace(line.substr(2, equals - 2), line.substr(equals + 1));
    }
  }
  return properties;
}

std::string_view get(const Properties& properties, std::string_view key) {
  const auto found = properties.find(key);
  return found == properties.end() ? std::string_view() : std::string_view(found->second);
}

/// The device's own number, without the vendor's and model's names where the bus tells it apart.
std::string_view serial(const Properties& properties) {
  for (const std::string_view key : {"SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"}) {
    if (const std::string_view found = get(properties, key); !found.empty()) {
      return found;
    }
  }
  return {};
}

void ata(const Properties& properties, std::string_view device, Exposition& out) {
  if (get(properties, "ID_ATA").empty()) {
    return;
  }
  for (const auto& [key, metric, help] : kAtaFigures) {
    if (const auto value = real_number(get(properties, key))) {
      out.gauge(metric, help).add({{"device", device}}, *value);
    }
  }
}

}  // namespace

void disk_info(const Machine& machine, const BlockDevice& device, Exposition& out) {
  const auto entry = machine.udev.read("b" + device.major + ":" + device.minor);
  const Properties properties = entry ? udev_properties(*entry) : Properties();
  const auto rotational = machine.sys.value("block/" + device.name + "/queue/rotational");
  out.gauge("node_disk_info", "What is known of each block device; always 1.")
      .add({{"device", device.name},
            {"major", device.major},
            {"minor", device.minor},
            {"model", get(properties, "ID_MODEL")},
            {"path", get(properties, "ID_PATH")},
            {"revision", get(properties, "ID_REVISION")},
            {"rotational", rotational ? std::string_view(*rotational) : "0"},
            {"serial", serial(properties)},
            {"wwn", get(properties, "ID_WWN")}},
           1);
  if (!get(properties, "ID_FS_USAGE").empty()) {
    out.gauge("node_disk_filesystem_info", "The file system on each block device; always 1.")
        .add({{"device", device.name},
              {"type", get(properties, "ID_FS_TYPE")},
              {"usage", get(properties, "ID_FS_USAGE")},
              {"uuid", get(properties, "ID_FS_UUID")},
              {"version", get(properties, "ID_FS_VERSION")}},
             1);
  }
  if (!get(properties, "DM_NAME").empty()) {
    out.gauge("node_disk_device_mapper_info", "What the device mapper knows of a device; always 1.")
        .add({{"device", device.name},
              {"lv_layer", get(properties, "DM_LV_LAYER")},
              {"lv_name", get(properties, "DM_LV_NAME")},
              {"name", get(properties, "DM_NAME")},
              {"uuid", get(properties, "DM_UUID")},
              {"vg_name", get(properties, "DM_VG_NAME")}},
             1);
  }
  ata(properties, device.name, out);
}

}  // namespace tocsin::sources::host
