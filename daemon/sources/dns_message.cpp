#include "sources/dns_message.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <optional>

#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

constexpr std::size_t kDnsHeader = 12;
constexpr std::uint16_t kDnsInternet = 1;
constexpr std::uint16_t kDnsUdpBytes = 1232;  // what passes everywhere unfragmented
constexpr int kDnsJumpsMost = 32;
constexpr std::size_t kDnsRecordsMost = 1000;

struct DnsTypeName {
  std::string_view name;
  std::uint16_t type;
};
constexpr std::array kDnsTypes = {
    DnsTypeName{"A", 1},    DnsTypeName{"NS", 2},    DnsTypeName{"CNAME", 5},
    DnsTypeName{"SOA", 6},  DnsTypeName{"PTR", 12},  DnsTypeName{"MX", 15},
    DnsTypeName{"TXT", 16}, DnsTypeName{"AAAA", 28}, DnsTypeName{"SRV", 33}};

void put_u16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value >> 8U);
  out += static_cast<char>(value & 0xFFU);
}

std::string_view without_last_dot(std::string_view name) {
  return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

/// A reader that never leaves the message; what is missing makes it bad.
class DnsReader {
 public:
  explicit DnsReader(std::string_view message) : message_(message) {}

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  void go_to(std::size_t at) { at_ = at; }

  std::uint8_t u8() {
    if (at_ >= message_.size()) {
      good_ = false;
      return 0;
    }
    return static_cast<std::uint8_t>(message_[at_++]);
  }
  std::uint16_t u16() {
    const std::uint16_t high = u8();
    return static_cast<std::uint16_t>((high << 8U) | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return (high << 16U) | u16();
  }
  std::string_view bytes(std::size_t count) {
    if (count > message_.size() - std::min(at_, message_.size())) {
      good_ = false;
      return {};
    }
    const std::string_view out = message_.substr(at_, count);
    at_ += count;
    return out;
  }
  /// A name, wherever its rest lies; "." is the root's.
  std::string name() {
    std::string out;
    std::optional<std::size_t> back;
    for (int jumps = 0; good_;) {
      const std::uint8_t length = u8();
      if (length == 0) break;
      if ((length & 0xC0U) == 0xC0U) {
        const std::size_t to = (std::size_t{length & 0x3FU} << 8U) | u8();
        if (!back) back = at_;
        at_ = to;
        if (++jumps > kDnsJumpsMost) good_ = false;
        continue;
      }
      if (length > 63 || out.size() > 255) good_ = false;
      if (!out.empty()) out += '.';
      out += bytes(length);
    }
    if (back) at_ = *back;
    return out.empty() ? "." : printable(valid_utf8(out));
  }

 private:
  std::string_view message_;
  std::size_t at_ = 0;
  bool good_ = true;
};

/// "" where the message ended before the address.
std::string address_text(int family, std::string_view bytes) {
  if (bytes.empty()) return "";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const char* const made = ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return made != nullptr ? made : "";
}

std::string record_text(DnsReader& reader, std::uint16_t type, std::size_t length) {
  const std::size_t end = reader.at() + length;
  switch (type) {
    case 1:
      return address_text(AF_INET, reader.bytes(4));
    case 28:
      return address_text(AF_INET6, reader.bytes(16));
    case 2:
    case 5:
    case 12:
      return reader.name();
    case 15: {
      const std::uint16_t preference = reader.u16();
      return fmt::format("{} {}", preference, reader.name());
    }
    case 33: {
      const std::uint16_t priority = reader.u16();
      const std::uint16_t weight = reader.u16();
      const std::uint16_t port = reader.u16();
      return fmt::format("{} {} {} {}", priority, weight, port, reader.name());
    }
    case 6: {
      const std::string master = reader.name();
      const std::string mailbox = reader.name();
      return fmt::format("{} {} {}", master, mailbox, reader.u32());
    }
    case 16: {
      std::string text;
      while (reader.good() && reader.at() < end) text += reader.bytes(reader.u8());
      return printable(valid_utf8(text));
    }
    default:
      return "";
  }
}

Error malformed() {
  return {ErrorCode::corrupt, "the answer breaks the format of the DNS"};
}

}  // namespace

std::uint16_t dns_type(std::string_view name) {
  for (const DnsTypeName& each : kDnsTypes)
    if (each.name == name) return each.type;
  return 0;
}

std::string dns_query(std::uint16_t id, std::string_view name, std::uint16_t type) {
  std::string out;
  put_u16(out, id);
  put_u16(out, 0x0100);  // recursion desired
  for (const unsigned count : {1U, 0U, 0U, 1U})
    put_u16(out, static_cast<std::uint16_t>(count));  // question … additional
  std::string_view rest = without_last_dot(name);
  while (!rest.empty()) {
    const std::string_view label = rest.substr(0, rest.find('.'));
    out += static_cast<char>(label.size());
    out += label;
    rest.remove_prefix(std::min(label.size() + 1, rest.size()));
  }
  out += '\0';
  put_u16(out, type);
  put_u16(out, kDnsInternet);
  out += '\0';  // EDNS: an OPT record of the root
  put_u16(out, 41);
  put_u16(out, kDnsUdpBytes);
  out.append(6, '\0');
  return out;
}

Result<DnsAnswer> read_dns_answer(std::string_view message, std::uint16_t id, std::string_view name,
                                  std::uint16_t type) {
  DnsReader reader(message);
  const std::uint16_t found_id = reader.u16();
  const std::uint16_t flags = reader.u16();
  const std::uint16_t questions = reader.u16();
  const std::uint16_t answers = reader.u16();
  reader.go_to(kDnsHeader);
  if (!reader.good() || message.size() < kDnsHeader || (flags & 0x8000U) == 0 || questions > 1) {
    return tl::unexpected(malformed());
  }
  if (found_id != id) return fail(ErrorCode::invalid, "an answer to another question");
  DnsAnswer out;
  out.code = flags & 0x0FU;
  out.truncated = (flags & 0x0200U) != 0;
  out.authoritative = (flags & 0x0400U) != 0;
  if (questions == 1) {
    const std::string asked = reader.name();
    const std::uint16_t asked_type = reader.u16();
    reader.u16();
    if (!reader.good()) return tl::unexpected(malformed());
    if (lowercase(asked) != lowercase(without_last_dot(name)) || asked_type != type) {
      return fail(ErrorCode::invalid, "an answer to another question");
    }
  } else if (out.code == 0) {
    return tl::unexpected(malformed());
  }
  for (std::size_t count = 0; count < answers && count < kDnsRecordsMost; ++count) {
    reader.name();
    DnsRecord record;
    record.type = reader.u16();
    reader.u16();
    record.ttl = reader.u32();
    const std::size_t length = reader.u16();
    const std::size_t end = reader.at() + length;
    const bool fits = (record.type != 1 || length == 4) && (record.type != 28 || length == 16);
    if (reader.good()) record.text = record_text(reader, record.type, length);
    if (!reader.good() || !fits || end > message.size() || reader.at() > end) {
      if (out.truncated) break;
      return tl::unexpected(malformed());
    }
    reader.go_to(end);
    out.records.push_back(std::move(record));
  }
  return out;
}

std::string dns_code_name(int code) {
  constexpr std::array<std::string_view, 6> kNames = {"noerror",  "formerr", "servfail",
                                                      "nxdomain", "notimp",  "refused"};
  const auto at = static_cast<std::size_t>(code);
  return at < kNames.size() ? std::string(kNames[at]) : fmt::format("rcode_{}", code);
}

}  // namespace tocsin::sources
