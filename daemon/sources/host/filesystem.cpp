#include "sources/host/filesystem.hpp"

#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <tuple>

#include "sources/host/fields.hpp"

namespace tocsin::sources::host {
namespace {

/// `\040` and its kind, by which the kernel writes blanks, newlines and backslashes.
std::string without_octal(std::string_view text) {
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && text[i + 1] <= '3' && is_octal(text[i + 1]) &&
        is_octal(text[i + 2]) && is_octal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                               (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool has_option(std::string_view options, std::string_view wanted) {
  return std::ranges::count(split(options, ','), wanted) > 0;
}

/// The mount point as the machine itself sees it where its root is mounted below ours.
std::string below_root(std::string mount_point, const std::string& root) {
  if (root == "/" || !mount_point.starts_with(root)) {
    return mount_point;
  }
  mount_point.erase(0, root.size());
  return mount_point.empty() ? "/" : mount_point;
}

// "36 35 98:0 /root /mount/point rw,noatime shared:1 - ext4 /dev/root rw,errors=continue": any
// number of optional fields stand before the dash.
std::optional<Mount> parse_mount(std::string_view line, const std::string& root) {
  const std::vector<std::string_view> parts = fields(line);
  const auto dash = std::ranges::find(parts, "-");
  if (dash - parts.begin() < 6 || parts.end() - dash < 3) {
    return std::nullopt;
  }
  const std::size_t colon = parts[2].find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  // A file system without a source leaves its field empty; its options then stand in its place.
  const bool sourceless = parts.end() - dash < 4;
  const std::string_view super = sourceless ? dash[2] : dash[3];
  Mount mount;
  mount.device = sourceless ? std::string() : std::string(dash[2]);
  mount.mount_point = below_root(without_octal(parts[4]), root);
  mount.fs_type = std::string(dash[1]);
  mount.major = std::string(parts[2].substr(0, colon));
  mount.minor = std::string(parts[2].substr(colon + 1));
  mount.read_only =
      has_option(parts[5], "ro") || has_option(super, "ro") || has_option(super, "emergency_ro");
  return mount;
}

}  // namespace

std::vector<Mount> parse_mounts(std::string_view mountinfo, const Options& options) {
  std::vector<Mount> mounts;
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  for (const std::string_view line : lines(mountinfo)) {
    std::optional<Mount> mount = parse_mount(line, options.rootfs);
    if (!mount || options.exclude_mount_points.found_in(mount->mount_point) ||
        options.exclude_fs_types.found_in(mount->fs_type) ||
        !seen.emplace(mount->device, mount->mount_point, mount->fs_type).second) {
      continue;
    }
    mounts.push_back(*std::move(mount));
  }
  return mounts;
}

Result<std::shared_ptr<const std::vector<Mount>>> MountTable::read() {
  files_.next_round();
  auto text = files_.read("1/mountinfo");
  if (!text) {
    text = files_.read("self/mountinfo");
  }
  if (!text) {
    return tl::unexpected(text.error());
  }
  if (!mounts_ || *text != text_) {
    text_ = *text;
    mounts_ = std::make_shared<const std::vector<Mount>>(parse_mounts(text_, machine_.options));
  }
  return mounts_;
}

Result<FilesystemSize> ask_filesystem(const std::string& path) {
  struct statfs answer {};
  while (::statfs(path.c_str(), &answer) != 0) {
    if (errno != EINTR) {
      return fail(ErrorCode::unavailable, std::strerror(errno));
    }
  }
  FilesystemSize size;
  size.block_bytes = static_cast<double>(answer.f_bsize);
  size.blocks = static_cast<double>(answer.f_blocks);
  size.blocks_free = static_cast<double>(answer.f_bfree);
  size.blocks_available = static_cast<double>(answer.f_bavail);
  size.files = static_cast<double>(answer.f_files);
  size.files_free = static_cast<double>(answer.f_ffree);
  return size;
}

void filesystem(const Mount& mount, const Result<FilesystemSize>& size, Exposition& out) {
  const std::string_view error = size ? std::string_view() : std::string_view(size.error().text);
  const auto tell = [&](std::string_view metric, std::string_view help, double value) {
    out.gauge(metric, help)
        .add({{"device", mount.device},
              {"device_error", error},
              {"fstype", mount.fs_type},
              {"mountpoint", mount.mount_point}},
             value);
  };
  tell("node_filesystem_device_error", "1 where the file system could not be asked.", size ? 0 : 1);
  tell("node_filesystem_readonly", "1 where the mount or its file system is read-only.",
       mount.read_only ? 1 : 0);
  out.gauge("node_filesystem_mount_info", "The device number of each mount; always 1.")
      .add({{"device", mount.device},
            {"major", mount.major},
            {"minor", mount.minor},
            {"mountpoint", mount.mount_point}},
           1);
  if (!size) {
    return;
  }
  tell("node_filesystem_size_bytes", "Size of the file system.", size->blocks * size->block_bytes);
  tell("node_filesystem_free_bytes", "Free bytes, what is reserved for root included.",
       size->blocks_free * size->block_bytes);
  tell("node_filesystem_avail_bytes",
       "Bytes that others than root can still use: what a full disk is judged by.",
       size->blocks_available * size->block_bytes);
  tell("node_filesystem_files", "Inodes of the file system.", size->files);
  tell("node_filesystem_files_free", "Inodes that are free.", size->files_free);
}

}  // namespace tocsin::sources::host
