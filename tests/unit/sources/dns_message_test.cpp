// Risk: a hostile answer is read beyond its end or for ever, or another question's answer is taken.
#include "sources/dns_message.hpp"

#include <doctest/doctest.h>

#include <string>

#include "sources/dns_session.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

/// A record whose name points at the question's.
std::string dns_record(std::uint16_t type, const std::string& data) {
  std::string out("\xC0\x0C", 2);
  out += {static_cast<char>(type >> 8U), static_cast<char>(type & 0xFFU), '\0', '\1'};
  out += {'\0', '\0', '\1', '\x2C'};  // 300 s
  out += {static_cast<char>(data.size() >> 8U), static_cast<char>(data.size() & 0xFFU)};
  return out + data;
}

std::string dns_reply(const std::string& query, unsigned flags,
                      std::initializer_list<std::string> records) {
  std::string out = query.substr(0, query.size() - 11);  // without EDNS
  out[2] = static_cast<char>(flags >> 8U);
  out[3] = static_cast<char>(flags & 0xFFU);
  out[7] = static_cast<char>(records.size());
  out[11] = 0;
  for (const std::string& record : records) out += record;
  return out;
}

const std::string kQuestion = dns_query(7, "api.Example.com.", 1);

Result<DnsAnswer> read(const std::string& reply) {
  return read_dns_answer(reply, 7, "api.example.com", 1);
}

}  // namespace

TEST_CASE("dns: a question is the header, the labels, the type and EDNS") {
  CHECK(dns_query(0x0102, "a.bc", 15) == std::string("\1\2\1\0\0\1\0\0\0\0\0\1"
                                                     "\1a\2bc\0"
                                                     "\0\xF\0\1"
                                                     "\0\0\x29\x04\xD0\0\0\0\0\0\0",
                                                     33));
  CHECK(dns_type("AAAA") == 28);
  CHECK(dns_type("SPF") == 0);
}

TEST_CASE("dns: records are read as a zone file has them") {
  const auto got =
      read(dns_reply(kQuestion, 0x8180,
                     {dns_record(5, "\3www\xC0\x10"), dns_record(1, std::string("\xC0\0\2\7", 4)),
                      dns_record(28, std::string(15, '\0') + "\1"),
                      dns_record(15, std::string("\0\xA", 2) + "\4mail\xC0\x10"),
                      dns_record(33, std::string("\0\1\0\2\0\x35", 6) + "\2ns\xC0\x10"),
                      dns_record(16, "\3abc\2de"), dns_record(99, "whatever")}));
  REQUIRE(got);
  REQUIRE(got->records.size() == 7);
  CHECK(got->records[0].text == "www.Example.com");
  CHECK(got->records[0].ttl == 300);
  CHECK(got->records[1].text == "192.0.2.7");
  CHECK(got->records[2].text == "::1");
  CHECK(got->records[3].text == "10 mail.Example.com");
  CHECK(got->records[4].text == "1 2 53 ns.Example.com");
  CHECK(got->records[5].text == "abcde");
  CHECK(got->code == 0);
}

TEST_CASE("dns: codes and flags") {
  CHECK(read(dns_reply(kQuestion, 0x8183, {}))->code == 3);
  CHECK(dns_code_name(3) == "nxdomain");
  CHECK(dns_code_name(9) == "rcode_9");
  CHECK(read(dns_reply(kQuestion, 0x8380, {}))->truncated);
  CHECK(read(dns_reply(kQuestion, 0x8580, {}))->authoritative);
}

TEST_CASE("dns: another question's answer is not ours") {
  const std::string reply = dns_reply(kQuestion, 0x8180, {});
  CHECK(read_dns_answer(reply, 8, "api.example.com", 1).error().code == ErrorCode::invalid);
  CHECK(read_dns_answer(reply, 7, "www.example.com", 1).error().code == ErrorCode::invalid);
  CHECK(read_dns_answer(reply, 7, "api.example.com", 28).error().code == ErrorCode::invalid);
  CHECK(read(kQuestion).error().code == ErrorCode::corrupt);  // a question is no answer
}

TEST_CASE("dns: cut anywhere, an answer is malformed, and never read beyond its end") {
  const std::string records[] = {dns_record(1, std::string("\xC0\0\2\1", 4)),
                                 dns_record(28, std::string(16, '\1')),
                                 dns_record(5, "\xC0\x10"),
                                 dns_record(15, std::string("\0\xA", 2) + "\4mail\xC0\x10"),
                                 dns_record(16, "\3abc"),
                                 dns_record(33, std::string(6, '\1') + "\xC0\x10")};
  for (const std::string& record : records) {
    const std::string whole = dns_reply(kQuestion, 0x8180, {record});
    REQUIRE(read(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // Its own memory, so that a sanitizer sees the end.
      const std::string part(whole.data(), size);
      CHECK_FALSE(read(part));
    }
  }
}

TEST_CASE("dns: an address of another length is none") {
  for (const std::string& record :
       {dns_record(1, "abc"), dns_record(1, "abcde"), dns_record(1, ""), dns_record(28, "abcd")}) {
    CHECK_FALSE(read(dns_reply(kQuestion, 0x8180, {record})));
  }
}

TEST_CASE("dns: names that point at themselves or are longer than a name may be end") {
  std::string around = dns_reply(kQuestion, 0x8180, {dns_record(5, std::string("\xC0\0", 2))});
  around[around.size() - 1] = static_cast<char>(around.size() - 2);  // at its own pointer
  CHECK_FALSE(read(around));
  std::string deep;
  for (int label = 0; label < 10; ++label) deep += "\x3F" + std::string(63, 'x');
  CHECK_FALSE(read(dns_reply(kQuestion, 0x8180, {dns_record(5, deep + '\0')})));
}

TEST_CASE("dns: control characters of a foreign server are not passed on") {
  const auto got = read(dns_reply(kQuestion, 0x8180, {dns_record(16, "\3\x1B[m")}));
  REQUIRE(got);
  CHECK(got->records[0].text == "\\x1b[m");
}

TEST_CASE("dns: the system's name server is the first of resolv.conf") {
  CHECK(
      first_name_server(
          "# nameserver 1.1.1.1\nsearch a.b\nnameserver\t 192.0.2.53 # x\nnameserver 9.9.9.9\n") ==
      "192.0.2.53:53");
  CHECK(first_name_server("nameserver 2001:db8::53") == "[2001:db8::53]:53");
  CHECK(first_name_server("nameservers 1.1.1.1\nnameserver\n") == "127.0.0.1:53");
}
