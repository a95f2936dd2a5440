// Keys of the sources that are there without a name: the host's figures, tocsin's own. One row a
// key, in the order in which the reference shows them.
#pragma once

#include <array>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

// clang-format off
inline constexpr std::array kHostKeys = {
    Key{.section = "source.host", .name = "enabled", .type = Type::flag, .otherwise = "true",
        .meaning = "Whether the host is watched.", .example = "true"},
    Key{.section = "source.host", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h",
        .meaning = "The interval. Hardware, drivers and tables of the kernel (temperatures, "
                   "network cards, RAID, clocks) are read anew every 5 minutes where no rule reads "
                   "them; /metrics has all of it fresh.",
        .example = "\"1m\""},
    Key{.section = "source.host", .name = "timeout", .type = Type::duration, .otherwise = "\"10s\"",
        .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.host", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job and instance.",
        .example = "{ rack = \"12\" }"},
    Key{.section = "source.host", .name = "procfs", .type = Type::path, .otherwise = "\"/proc\"",
        .meaning = "Where proc is mounted.", .example = "\"/host/proc\""},
    Key{.section = "source.host", .name = "sysfs", .type = Type::path, .otherwise = "\"/sys\"",
        .meaning = "Where sysfs is mounted.", .example = "\"/host/sys\""},
    Key{.section = "source.host", .name = "rootfs", .type = Type::path, .otherwise = "\"/\"",
        .meaning = "Where the host's root is mounted.", .example = "\"/host\""},
    Key{.section = "source.host", .name = "exclude_mount_points", .type = Type::regex,
        .meaning = "Mount points that are not watched; by default pseudo file systems.",
        .example = "'^/(dev|proc|sys)($|/)'"},
    Key{.section = "source.host", .name = "exclude_fs_types", .type = Type::regex,
        .meaning = "File system types that are not watched; by default those without a disk.",
        .example = "'^(tmpfs|overlay)$'"},
    Key{.section = "source.host", .name = "exclude_disks", .type = Type::regex,
        .meaning = "Disks that are not watched; by default partitions, loop and RAM disks.",
        .example = "'^loop'"},
    Key{.section = "source.host", .name = "exclude_interfaces", .type = Type::regex,
        .meaning = "Network devices that are not watched.", .example = "'^veth'"},

    Key{.section = "source.tocsin", .name = "enabled", .type = Type::flag, .otherwise = "true",
        .meaning = "Whether rules can see tocsin's own metrics.", .example = "true"},
    Key{.section = "source.tocsin", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.tocsin", .name = "timeout", .type = Type::duration,
        .otherwise = "\"10s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"10s\""},
    Key{.section = "source.tocsin", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job and instance.",
        .example = "{ team = \"ops\" }"},
};
// clang-format on

}  // namespace tocsin::config
