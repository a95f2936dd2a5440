// Block devices: /proc/diskstats, and what sysfs and udev's database say of each; software RAID.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

struct BlockDevice {
  std::string name;
  std::string major;
  std::string minor;
};

/// The counters of every device that is not excluded; gives the devices back. Lines have as many
/// columns as the kernel is new: only what is there becomes a sample.
[[nodiscard]] Result<std::vector<BlockDevice>> diskstats(std::string_view text,
                                                         const Options& options, Exposition& out);
void disk_info(const Machine& machine, const BlockDevice& device, Exposition& out);
[[nodiscard]] Result<void> mdadm(const Machine& machine, Exposition& out);

}  // namespace tocsin::sources::host
