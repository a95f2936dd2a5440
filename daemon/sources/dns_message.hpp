// Messages of the DNS (RFC 1035, EDNS RFC 6891) as a resolver's client needs them: one question,
// and what its answer says. Reads foreign bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/result.hpp"

namespace tocsin::sources {

/// 0: a type that is not known here.
[[nodiscard]] std::uint16_t dns_type(std::string_view name);

/// Of a name that validation has let through; recursion is desired.
[[nodiscard]] std::string dns_query(std::uint16_t id, std::string_view name, std::uint16_t type);

struct DnsRecord {
  std::uint16_t type = 0;
  std::uint32_t ttl = 0;
  /// As a zone file has it, without the last dot of names: "192.0.2.1", "10 mail.example.com".
  std::string text;
};

struct DnsAnswer {
  int code = 0;            ///< RCODE: 0 no error, 2 server failure, 3 no such name, 5 refused
  bool truncated = false;  ///< ask again by TCP
  bool authoritative = false;
  std::vector<DnsRecord> records;  ///< of the answer section, aliases included
};

/// Fails where the message is no answer to this question.
[[nodiscard]] Result<DnsAnswer> read_dns_answer(std::string_view message, std::uint16_t id,
                                                std::string_view name, std::uint16_t type);

/// "nxdomain", "servfail", "refused": as the servers' own tools call them.
[[nodiscard]] std::string dns_code_name(int code);

}  // namespace tocsin::sources
