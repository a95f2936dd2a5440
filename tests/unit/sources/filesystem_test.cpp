// Risk: a mount is taken for another or forgotten, or a full disk is told with a wrong size.
#include "sources/host/filesystem.hpp"

#include <doctest/doctest.h>

#include "tocsin/config/config.hpp"

using namespace tocsin;
using namespace tocsin::sources;
using namespace tocsin::sources::host;

namespace {

std::vector<Mount> mounts(std::string_view text, const std::string& root = "/") {
  Options options = *Options::from(config::HostSource());
  options.rootfs = root;
  return parse_mounts(text, options);
}

}  // namespace

TEST_CASE("mounts: any number of optional fields stand before the dash") {
  const auto found = mounts(
      "29 1 259:2 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
      "30 1 8:2 / /data rw master:2 propagate_from:1 - xfs /dev/sdb rw\n"
      "31 1 8:3 / /more rw - btrfs /dev/sdc rw\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0] == Mount{"/dev/sda1", "/", "ext4", "259", "2", false});
  CHECK(found[1].mount_point == "/data");
  CHECK(found[2].fs_type == "btrfs");
}

TEST_CASE("mounts: octal escapes are undone") {
  const auto found = mounts("30 1 8:2 / /a\\040b\\011c\\134d\\04 rw - xfs /dev/sdb rw\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].mount_point == "/a b\tc\\d\\04");
}

TEST_CASE("mounts: read-only by the mount's or the file system's option, and by nothing like it") {
  const auto found = mounts(
      "1 1 8:1 / /a ro,noatime - ext4 /dev/a rw\n"
      "2 1 8:2 / /b rw - ext4 /dev/b ro\n"
      "3 1 8:3 / /c rw - ext4 /dev/c rw,emergency_ro\n"
      "4 1 8:4 / /d rw,prot - ext4 /dev/d rw,errors=remount-ro\n");
  REQUIRE(found.size() == 4);
  CHECK(found[0].read_only);
  CHECK(found[1].read_only);
  CHECK(found[2].read_only);
  CHECK_FALSE(found[3].read_only);
}

TEST_CASE(
    "mounts: each device, point and type once; excluded ones not at all; broken ones neither") {
  CHECK(mounts("1 1 8:1 / /a rw - ext4 /dev/a rw\n2 1 8:1 / /a rw - ext4 /dev/a rw\n").size() == 1);
  CHECK(mounts("1 1 0:5 / /proc rw - proc proc rw\n2 1 0:6 / /x rw - tracefs t rw\n"
               "3 1 0:7 / /dev/shm rw - tmpfs tmpfs rw\n")
            .empty());
  CHECK(
      mounts("1 1 8:1 / /a rw ext4 /dev/a rw\n1 1 8 / /a rw - ext4 /dev/a rw\n\n- - -\n").empty());
  CHECK(mounts("1 1 8:1 / /device rw - ext4 /dev/a rw\n").size() == 1);
}

TEST_CASE("mounts: a root that is mounted elsewhere is taken off") {
  const auto found = mounts(
      "1 1 8:1 / /host rw - ext4 /dev/a rw\n2 1 8:2 / /host/var rw - ext4 /dev/b rw\n", "/host");
  REQUIRE(found.size() == 2);
  CHECK(found[0].mount_point == "/");
  CHECK(found[1].mount_point == "/var");
}

TEST_CASE("filesystem: sizes in bytes; one that did not answer is told as such, without any") {
  const Mount mount{"/dev/a", "/data", "ext4", "8", "1", false};
  Exposition well;
  filesystem(mount, FilesystemSize{4096, 100, 50, 40, 1000, 900}, well);
  const std::string labels = "{device=\"/dev/a\",fstype=\"ext4\",mountpoint=\"/data\"}";
  const std::string text = well.text();
  CHECK(text.find("node_filesystem_size_bytes" + labels + " 409600\n") != std::string::npos);
  CHECK(text.find("node_filesystem_free_bytes" + labels + " 204800\n") != std::string::npos);
  CHECK(text.find("node_filesystem_avail_bytes" + labels + " 163840\n") != std::string::npos);
  CHECK(text.find("node_filesystem_files_free" + labels + " 900\n") != std::string::npos);
  CHECK(text.find("node_filesystem_device_error" + labels + " 0\n") != std::string::npos);
  Exposition ill;
  filesystem(mount, fail(ErrorCode::timeout, "mountpoint timeout"), ill);
  CHECK(ill.text().find("node_filesystem_device_error{device=\"/dev/a\",device_error=\"mountpoint "
                        "timeout\",fstype=\"ext4\",mountpoint=\"/data\"} 1\n") !=
        std::string::npos);
  CHECK(ill.text().find("_bytes") == std::string::npos);
  CHECK(ill.text().find("node_filesystem_files") == std::string::npos);
}

TEST_CASE("filesystem: the root can be asked, what is not there fails with words") {
  const auto size = ask_filesystem("/");
  REQUIRE(size.has_value());
  CHECK(size->blocks > 0);
  const auto none = ask_filesystem("/nonexistent/folder");
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().text == "No such file or directory");
}
