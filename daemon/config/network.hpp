// Probes of the network: echo requests, connections, names; and the uplink that they go through.
#pragma once

#include "fields.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

[[nodiscard]] Source read_ping(const Found& found, Report& report);
[[nodiscard]] Source read_tcp(const Found& found, Report& report);
[[nodiscard]] Source read_dns(const Found& found, const std::string& host, Report& report);
[[nodiscard]] Source read_uplink(const Found& found, const std::string& host, Report& report);

/// What `ip_protocol` says; an error where `host`, in brackets or not, is an address of the other.
[[nodiscard]] IpProtocol read_ip_protocol(const Fields& fields, std::string_view host,
                                          Report& report);

/// `uplink`, which names a [source.uplink.NAME]; the target gets it as a label too.
void read_behind(const Found& found, const Survey& survey, Source& source, Report& report);

}  // namespace tocsin::config
