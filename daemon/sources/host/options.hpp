// What of a host is read, and from where. The defaults are node_exporter's.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tocsin/base/result.hpp"

namespace tocsin::config {
struct HostSource;
}
namespace re2 {
class RE2;
}

namespace tocsin::sources::host {

/// A regular expression that is searched for. An empty one is found in nothing.
class Pattern {
 public:
  Pattern() = default;
  [[nodiscard]] static Result<Pattern> make(std::string_view expression);
  /// For expressions of our own, which are right.
  [[nodiscard]] static Pattern built_in(std::string_view expression);
  [[nodiscard]] bool found_in(std::string_view text) const;
  [[nodiscard]] bool empty() const { return !compiled_; }

 private:
  std::shared_ptr<const re2::RE2> compiled_;
};

/// A pattern for the kernel's names of fields, which are the same every time: each is searched
/// once. One thread only.
class FieldPattern {
 public:
  explicit FieldPattern(Pattern pattern) : pattern_(std::move(pattern)) {}
  [[nodiscard]] bool found_in(const std::string& field);

 private:
  Pattern pattern_;
  std::unordered_map<std::string, bool> known_;
};

struct Options {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  std::string rootfs = "/";
  std::string udev_data = "/run/udev/data";

  Pattern exclude_mount_points;
  Pattern exclude_fs_types;
  Pattern exclude_disks;
  Pattern exclude_interfaces;     ///< of netdev
  Pattern exclude_class_devices;  ///< of netclass; the same, unless set apart
  Pattern exclude_arp_devices;
  Pattern only_hwmon_chips;  ///< empty: all
  Pattern netstat_fields = Pattern::built_in(
      "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|"
      "Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|"
      "TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|"
      "CurrEstab|MaxConn)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$");
  Pattern vmstat_fields = Pattern::built_in("^(oom_kill|pgpg|pswp|pg.*fault).*");

  bool cpu_info = false;  ///< /proc/cpuinfo: one series per CPU that never changes
  Pattern cpu_bugs;       ///< empty: none
  Pattern cpu_flags;      ///< empty: none
  bool softirq_vectors = true;

  /// Fails with the first expression that does not compile.
  [[nodiscard]] static Result<Options> from(const config::HostSource& source);
};

}  // namespace tocsin::sources::host
