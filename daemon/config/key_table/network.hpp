// Keys of the probes of the network. One row a key, in the order in which the reference shows them.
#pragma once

#include <array>

#include "tocsin/config/keys.hpp"

namespace tocsin::config {

// clang-format off
inline constexpr std::array kNetworkKeys = {
    Key{.section = "source.ping.*", .name = "address", .required = true,
        .meaning = "The host, by name or address.", .example = "\"192.0.2.1\""},
    Key{.section = "source.ping.*", .name = "every", .type = Type::duration, .otherwise = "\"5m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"5m\""},
    Key{.section = "source.ping.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"3s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"3s\""},
    Key{.section = "source.ping.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (the address).",
        .example = "{ component = \"network\" }"},
    Key{.section = "source.ping.*", .name = "count", .type = Type::count, .otherwise = "5",
        .least = "1", .most = "100", .meaning = "Echo requests each time.", .example = "10"},
    Key{.section = "source.ping.*", .name = "spacing", .type = Type::duration,
        .otherwise = "\"100ms\"", .least = "10ms", .most = "10s",
        .meaning = "Between one and the next.", .example = "\"200ms\""},
    Key{.section = "source.ping.*", .name = "port", .type = Type::count, .otherwise = "443",
        .least = "1", .most = "65535",
        .meaning = "Connected to instead where the system lets tocsin send no echo requests; a "
                   "refusal is a reply too.", .example = "22"},
    Key{.section = "source.ping.*", .name = "ip_protocol", .type = Type::choice,
        .otherwise = "\"any\"", .choices = "any ip4 ip6",
        .meaning = "By which addresses of the name.", .example = "\"ip6\""},
    Key{.section = "source.ping.*", .name = "uplink",
        .meaning = "The [source.uplink.NAME] that it is reached through: while that is dead, what "
                   "does not answer is unknown.", .example = "\"internet\""},

    Key{.section = "source.tcp.*", .name = "address", .type = Type::address, .required = true,
        .meaning = "What is connected to.", .example = "\"10.0.0.5:25\""},
    Key{.section = "source.tcp.*", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.tcp.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"5s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"5s\""},
    Key{.section = "source.tcp.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (the address).",
        .example = "{ component = \"network\" }"},
    Key{.section = "source.tcp.*", .name = "ip_protocol", .type = Type::choice,
        .otherwise = "\"any\"", .choices = "any ip4 ip6",
        .meaning = "By which addresses of the name.", .example = "\"ip6\""},
    Key{.section = "source.tcp.*", .name = "uplink",
        .meaning = "The [source.uplink.NAME] that it is reached through: while that is dead, what "
                   "does not answer is unknown.", .example = "\"internet\""},

    Key{.section = "source.dns.*", .name = "name", .required = true,
        .meaning = "The domain name that is asked for.", .example = "\"api.example.com\""},
    Key{.section = "source.dns.*", .name = "type", .type = Type::choice, .otherwise = "\"A\"",
        .choices = "A AAAA CNAME MX NS PTR SOA SRV TXT", .meaning = "The type of record.",
        .example = "\"MX\""},
    Key{.section = "source.dns.*", .name = "server",
        .meaning = "The name server, with a port where it is not 53; by default the first of "
                   "/etc/resolv.conf.", .example = "\"192.0.2.53\""},
    Key{.section = "source.dns.*", .name = "expect", .type = Type::texts,
        .meaning = "Records that must be among the answers: addresses, names as they are written.",
        .example = "[\"192.0.2.10\"]"},
    Key{.section = "source.dns.*", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.dns.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"5s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"5s\""},
    Key{.section = "source.dns.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (its name) and instance (the server).",
        .example = "{ component = \"network\" }"},
    Key{.section = "source.dns.*", .name = "uplink",
        .meaning = "The [source.uplink.NAME] that it is reached through: while that is dead, what "
                   "does not answer is unknown.", .example = "\"internet\""},

    Key{.section = "source.uplink.*", .name = "addresses", .type = Type::texts, .required = true,
        .meaning = "Hosts outside, better several that have nothing to do with each other: a host "
                   "is pinged, host:port connected to.",
        .example = "[\"192.0.2.1\", \"198.51.100.1:53\"]"},
    Key{.section = "source.uplink.*", .name = "every", .type = Type::duration, .otherwise = "\"1m\"",
        .least = "1s", .most = "1h", .meaning = "The interval.", .example = "\"1m\""},
    Key{.section = "source.uplink.*", .name = "timeout", .type = Type::duration,
        .otherwise = "\"2s\"", .least = "10ms", .most = "5m",
        .meaning = "No answer by then is a failure; at most `every`.", .example = "\"2s\""},
    Key{.section = "source.uplink.*", .name = "labels", .type = Type::labels,
        .meaning = "Added to its series, besides job (uplink), instance (this host) and uplink (its name).",
        .example = "{ component = \"network\" }"},
};
// clang-format on

}  // namespace tocsin::config
