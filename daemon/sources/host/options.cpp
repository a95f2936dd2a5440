#include "sources/host/options.hpp"

#include "tocsin/config/config.hpp"

namespace tocsin::sources::host {

Result<Options> Options::from(const config::HostSource& source) {
  Options options;
  options.procfs = source.procfs;
  options.sysfs = source.sysfs;
  options.rootfs = source.rootfs;
  const struct {
    const std::string& expression;
    Pattern& pattern;
  } patterns[] = {
      {source.exclude_mount_points, options.exclude_mount_points},
      {source.exclude_fs_types, options.exclude_fs_types},
      {source.exclude_disks, options.exclude_disks},
      {source.exclude_interfaces, options.exclude_interfaces},
  };
  for (const auto& [expression, pattern] : patterns) {
    Result<Pattern> made = Pattern::make(expression);
    if (!made) {
      return tl::unexpected(made.error());
    }
    pattern = *std::move(made);
  }
  options.exclude_class_devices = options.exclude_interfaces;
  return options;
}

}  // namespace tocsin::sources::host
