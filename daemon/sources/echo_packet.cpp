#include "sources/echo_packet.hpp"

#include <algorithm>

namespace tocsin::sources {
namespace {

constexpr std::size_t kEchoHeader = 8;
constexpr std::size_t kEchoTokenEnd = kEchoHeader + 8;

struct EchoTypes {
  std::byte request;
  std::byte reply;
};

constexpr EchoTypes echo_types(bool six) {
  return six ? EchoTypes{std::byte{128}, std::byte{129}} : EchoTypes{std::byte{8}, std::byte{0}};
}

std::uint16_t read_u16(std::span<const std::byte> bytes, std::size_t at) {
  return static_cast<std::uint16_t>((std::to_integer<unsigned>(bytes[at]) << 8U) |
                                    std::to_integer<unsigned>(bytes[at + 1]));
}

void write_u16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::byte>(value >> 8U);
  bytes[at + 1] = static_cast<std::byte>(value & 0xFFU);
}

/// RFC 1071, of an even number of bytes.
std::uint16_t internet_checksum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += read_u16(bytes, at);
  while (sum >> 16U) sum = (sum & 0xFFFFU) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

std::array<std::byte, kEchoBytes> echo_request(const Echo& echo, bool six) {
  std::array<std::byte, kEchoBytes> message{};
  message[0] = echo_types(six).request;
  write_u16(message, 4, echo.identifier);
  write_u16(message, 6, echo.sequence);
  for (std::size_t at = 0; at < 8; ++at) {
    message[kEchoHeader + at] = static_cast<std::byte>((echo.token >> (56 - 8 * at)) & 0xFFU);
  }
  std::fill(message.begin() + kEchoTokenEnd, message.end(), std::byte{0x74});
  if (!six) write_u16(message, 2, internet_checksum(message));
  return message;
}

std::optional<Echo> read_echo_reply(std::span<const std::byte> message, bool six) {
  if (message.size() != kEchoBytes || message[0] != echo_types(six).reply ||
      message[1] != std::byte{0}) {
    return std::nullopt;
  }
  Echo echo;
  echo.identifier = read_u16(message, 4);
  echo.sequence = read_u16(message, 6);
  for (std::size_t at = kEchoHeader; at < kEchoTokenEnd; ++at) {
    echo.token = (echo.token << 8U) | std::to_integer<std::uint64_t>(message[at]);
  }
  return echo;
}

std::optional<std::uint16_t> quoted_sequence(std::span<const std::byte> message, bool six) {
  if (message.size() < kEchoHeader || message[0] != echo_types(six).request) return std::nullopt;
  return read_u16(message, 6);
}

std::span<const std::byte> ip4_payload(std::span<const std::byte> packet) {
  constexpr std::size_t kIp4HeaderLeast = 20;
  if (packet.size() < kIp4HeaderLeast || (packet[0] >> 4U) != std::byte{4}) return {};
  const std::size_t header = std::to_integer<std::size_t>(packet[0] & std::byte{0x0F}) * 4;
  if (header < kIp4HeaderLeast || header > packet.size()) return {};
  return packet.subspan(header);
}

}  // namespace tocsin::sources
