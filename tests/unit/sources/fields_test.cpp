// Risk: a number read past its end or a list without bound from a file that is not what it claims.
#include "sources/host/fields.hpp"

#include <doctest/doctest.h>

using namespace tocsin::sources::host;
using Words = std::vector<std::string_view>;

TEST_CASE("fields: lines and words") {
  CHECK(lines("a\nb\n") == Words{"a", "b"});
  CHECK(lines("a\n\nb") == Words{"a", "", "b"});
  CHECK(lines("").empty());
  CHECK(fields("  a\t b  c ") == Words{"a", "b", "c"});
  CHECK(fields(" \t ").empty());
  CHECK(split("a,,b", ',') == Words{"a", "", "b"});
}

TEST_CASE("fields: a number is the whole text or none") {
  CHECK(unsigned_number("18446744073709551615") == 18446744073709551615ULL);
  CHECK_FALSE(unsigned_number("18446744073709551616"));
  CHECK_FALSE(unsigned_number("-1"));
  CHECK_FALSE(unsigned_number("1x"));
  CHECK_FALSE(unsigned_number(""));
  CHECK(unsigned_number("ff", 16) == 255);
  CHECK(signed_number("-3") == -3);
  CHECK(real_number("-0.25") == -0.25);
  CHECK_FALSE(real_number("0.25 "));
  CHECK(sysfs_number("0x1303") == 4867);
  CHECK(sysfs_number("-1") == -1);
  CHECK_FALSE(sysfs_number("0x"));
  CHECK_FALSE(sysfs_number("<unsupported>"));
}

TEST_CASE("fields: lists of CPUs") {
  CHECK(*cpu_list("1,3-5,9") == std::vector<std::uint32_t>{1, 3, 4, 5, 9});
  CHECK(cpu_list("")->empty());
  CHECK_FALSE(cpu_list("3-1"));
  CHECK_FALSE(cpu_list("a"));
  CHECK_FALSE(cpu_list("1,"));
  CHECK_FALSE(cpu_list("0-4294967295"));
  CHECK(cpu_list("0-9,0-9", 15)->size() == 15);
}
