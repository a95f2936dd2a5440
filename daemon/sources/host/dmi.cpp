#include <array>
#include <string>
#include <vector>

#include "sources/host/hardware.hpp"

namespace tocsin::sources::host {
namespace {

struct Field {
  std::string_view label;
  std::string_view file;
};

constexpr std::array<Field, 20> kFields = {{
    {"bios_date", "bios_date"},
    {"bios_release", "bios_release"},
    {"bios_vendor", "bios_vendor"},
    {"bios_version", "bios_version"},
    {"board_asset_tag", "board_asset_tag"},
    {"board_name", "board_name"},
    {"board_serial", "board_serial"},
    {"board_vendor", "board_vendor"},
    {"board_version", "board_version"},
    {"chassis_asset_tag", "chassis_asset_tag"},
    {"chassis_serial", "chassis_serial"},
    {"chassis_vendor", "chassis_vendor"},
    {"chassis_version", "chassis_version"},
    {"product_family", "product_family"},
    {"product_name", "product_name"},
    {"product_serial", "product_serial"},
    {"product_sku", "product_sku"},
    {"product_uuid", "product_uuid"},
    {"product_version", "product_version"},
    {"system_vendor", "sys_vendor"},
}};

}  // namespace

// Serial numbers can be read by root alone: what cannot be read is left out.
Result<void> dmi(const Machine& machine, Exposition& out) {
  if (!machine.sys.exists("class/dmi/id")) {
    return fail(ErrorCode::not_found, "class/dmi/id: not there");
  }
  std::vector<std::string> values;
  std::vector<LabelView> labels;
  values.reserve(kFields.size());
  for (const Field& field : kFields) {
    values.push_back(machine.sys.value("class/dmi/id/" + std::string(field.file)).value_or(""));
    labels.push_back({field.label, values.back()});
  }
  out.gauge("node_dmi_info", "What the firmware calls the machine and its parts; always 1.")
      .add(labels, 1);
  return {};
}

}  // namespace tocsin::sources::host
