// Network devices and the network's own counters.
#pragma once

#include <string_view>

#include "sources/exposition.hpp"
#include "sources/host/machine.hpp"

namespace tocsin::sources::host {

/// /proc/net/dev.
[[nodiscard]] Result<void> netdev(std::string_view text, const Options& options, Exposition& out);
/// Packets that no protocol wanted: sysfs alone counts them.
[[nodiscard]] Result<void> netdev_nohandler(const Machine& machine, Exposition& out);
/// /sys/class/net: may wait for the kernel's network lock.
[[nodiscard]] Result<void> netclass(const Machine& machine, Exposition& out);
[[nodiscard]] Result<void> bonding(const Machine& machine, Exposition& out);

/// /proc/net/netstat and /proc/net/snmp: pairs of lines, names over values.
[[nodiscard]] Result<void> netstat(std::string_view text, FieldPattern& wanted, Exposition& out);
/// /proc/net/snmp6: a name and a value to a line.
[[nodiscard]] Result<void> snmp6(std::string_view text, FieldPattern& wanted, Exposition& out);
/// /proc/net/sockstat and sockstat6.
[[nodiscard]] Result<void> sockstat(std::string_view text, double page_bytes, Exposition& out);
[[nodiscard]] Result<void> softnet(std::string_view text, Exposition& out);
[[nodiscard]] Result<void> arp(std::string_view text, const Options& options, Exposition& out);
/// /proc/net/udp as "v4", /proc/net/udp6 as "v6".
[[nodiscard]] Result<void> udp_queues(std::string_view text, std::string_view ip, Exposition& out);
[[nodiscard]] Result<void> conntrack(const Machine& machine, Exposition& out);
/// Sockets by state, over netlink; of the network namespace that we run in.
[[nodiscard]] Result<void> tcpstat(Exposition& out);

}  // namespace tocsin::sources::host
