// Mounts from mountinfo, and what statfs says of each. Asking a mount may hang for ever (a server
// that is away), so the asking is the collector's, on a worker; here is only what to ask and how
// the answer is told.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

struct Mount {
  std::string device;
  std::string mount_point;  ///< seen from the root that was configured
  std::string fs_type;
  std::string major;
  std::string minor;
  bool read_only = false;
  friend bool operator==(const Mount&, const Mount&) = default;
};

/// The mounts that are not excluded, each device, mount point and type once. Lines that break the
/// format are left out: they cannot be told apart from mounts of a kernel to come.
[[nodiscard]] std::vector<Mount> parse_mounts(std::string_view mountinfo, const Options& options);

/// The mounts that process 1 has, or where that is hidden, our own. The text is taken apart only
/// where it has changed.
class MountTable {
 public:
  explicit MountTable(const Machine& machine) : machine_(machine), files_(machine.proc) {}

  [[nodiscard]] Result<std::shared_ptr<const std::vector<Mount>>> read();

 private:
  const Machine& machine_;
  KeptFiles files_;
  std::string text_;
  std::shared_ptr<const std::vector<Mount>> mounts_;
};

struct FilesystemSize {
  double block_bytes = 0;
  double blocks = 0;
  double blocks_free = 0;       ///< root's reserve included
  double blocks_available = 0;  ///< to others than root
  double files = 0;
  double files_free = 0;
};

/// Blocks for as long as the file system likes.
[[nodiscard]] Result<FilesystemSize> ask_filesystem(const std::string& path);

/// `size` fails with why there is none: a mount that did not answer is told as such.
void filesystem(const Mount& mount, const Result<FilesystemSize>& size, Exposition& out);

}  // namespace tocsin::sources::host
