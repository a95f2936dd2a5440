// Any bytes as what a name server says after the question: as they come, and behind a header and a
// question that fit, so that the records are reached. What is read must be fit for a label.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "sources/dns_message.hpp"
#include "tocsin/base/check.hpp"
#include "tocsin/base/text.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

constexpr std::uint16_t kId = 7;
constexpr std::string_view kName = "api.example.com";

void read(std::string_view message, std::uint16_t type) {
  const auto answer = read_dns_answer(message, kId, kName, type);
  if (!answer) {
    TOCSIN_CHECK(!answer.error().text.empty());
    return;
  }
  TOCSIN_CHECK(!dns_code_name(answer->code).empty());
  for (const DnsRecord& record : answer->records) {
    TOCSIN_CHECK(valid_utf8(record.text) == record.text);
    TOCSIN_CHECK(record.text.size() <= 2 * message.size() * 256);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::array kTypes = {"A",  "AAAA", "CNAME", "MX",  "TXT",
                                 "NS", "SOA",  "SRV",   "PTR", "CAA"};
  const std::uint16_t type = dns_type(kTypes[data[0] % kTypes.size()]);
  read(bytes.substr(1), type);
  constexpr std::size_t kEdns = 11;
  std::string message = dns_query(kId, kName, type);
  message.resize(message.size() - kEdns);
  message[2] = static_cast<char>(0x81);  // an answer, recursion desired
  message[7] = static_cast<char>(data[1]);
  message[11] = 0;
  read(message + std::string(bytes.substr(2)), type);
  return 0;
}
