// ICMP and ICMPv6 echo messages (RFC 792, RFC 4443), as bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace tocsin::sources {

inline constexpr std::size_t kEchoBytes = 64;

struct Echo {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::uint64_t token = 0;  ///< tells our own replies from anybody else's
  friend bool operator==(const Echo&, const Echo&) = default;
};

/// A whole ICMP message. The kernel fills in ICMPv6's checksum, and the identifier of a datagram
/// socket.
[[nodiscard]] std::array<std::byte, kEchoBytes> echo_request(const Echo& echo, bool six);
/// Of a reply; nothing else than a whole one of ours is read.
[[nodiscard]] std::optional<Echo> read_echo_reply(std::span<const std::byte> message, bool six);
/// The sequence number of a request that is quoted in an error; the rest may be cut off.
[[nodiscard]] std::optional<std::uint16_t> quoted_sequence(std::span<const std::byte> message,
                                                           bool six);
/// What follows the header of an IPv4 packet; empty where it is none.
[[nodiscard]] std::span<const std::byte> ip4_payload(std::span<const std::byte> packet);

}  // namespace tocsin::sources
