// Risk: a reply to somebody else's request is taken for ours, or hostile bytes are read beyond
// their end.
#include "sources/echo_packet.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace tocsin::sources;

namespace {

constexpr Echo kOurs{0x1234, 0xFF01, 0x0123456789ABCDEF};

/// As the host at the other end answers it.
std::array<std::byte, kEchoBytes> echoed(const Echo& echo, bool six) {
  auto message = echo_request(echo, six);
  message[0] = six ? std::byte{129} : std::byte{0};
  return message;
}

}  // namespace

TEST_CASE("echo: a request's checksum makes the whole sum to nothing (RFC 1071)") {
  const auto message = echo_request(kOurs, false);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < message.size(); at += 2) {
    sum +=
        (std::to_integer<unsigned>(message[at]) << 8U) + std::to_integer<unsigned>(message[at + 1]);
  }
  while (sum >> 16U) sum = (sum & 0xFFFFU) + (sum >> 16U);
  CHECK(sum == 0xFFFFU);
  CHECK(message[0] == std::byte{8});
  CHECK(echo_request(kOurs, true)[0] == std::byte{128});
}

TEST_CASE("echo: what was sent comes back as it was") {
  for (const bool six : {false, true}) {
    CHECK(read_echo_reply(echoed(kOurs, six), six) == kOurs);
    CHECK_FALSE(read_echo_reply(echo_request(kOurs, six), six));
    CHECK_FALSE(read_echo_reply(echoed(kOurs, six), !six));
  }
}

TEST_CASE("echo: what is cut off or longer is no reply of ours") {
  const auto whole = echoed(kOurs, false);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read_echo_reply(std::span(whole).first(size), false));
  }
  std::vector<std::byte> longer(whole.begin(), whole.end());
  longer.push_back(std::byte{0});
  CHECK_FALSE(read_echo_reply(longer, false));
}

TEST_CASE("echo: an error quotes the request, perhaps its first eight bytes alone") {
  const auto request = echo_request(kOurs, false);
  CHECK(quoted_sequence(request, false) == kOurs.sequence);
  CHECK(quoted_sequence(std::span(request).first(8), false) == kOurs.sequence);
  CHECK_FALSE(quoted_sequence(std::span(request).first(7), false));
  CHECK_FALSE(quoted_sequence(echoed(kOurs, false), false));
}

TEST_CASE(
    "echo: the header of an IPv4 packet is as long as it says, and never longer than the packet") {
  std::vector<std::byte> packet(28);
  packet[0] = std::byte{0x46};  // 24 bytes: one word of options
  CHECK(ip4_payload(packet).size() == 4);
  packet[0] = std::byte{0x4F};
  CHECK(ip4_payload(packet).empty());
  packet[0] = std::byte{0x44};
  CHECK(ip4_payload(packet).empty());
  packet[0] = std::byte{0x65};
  CHECK(ip4_payload(packet).empty());
  CHECK(ip4_payload(std::span(packet).first(19)).empty());
}
