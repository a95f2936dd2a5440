#include "tocsin/base/hash.hpp"

#include <doctest/doctest.h>

using tocsin::StableHash;

// The expected values were computed by an independent implementation in arbitrary precision.
TEST_CASE("the stable hash never changes") {
  CHECK(StableHash().hex() == "6c62272e07bb014262b821756295c58d");
  CHECK(StableHash().add("").hex() == "52042de0af068eba6d0132bb66a4364a");
  CHECK(StableHash().add("web-1").add("production").add(7).hex() ==
        "6b9f72a0571ab8cbf977f51fcd874c80");
  std::string long_text;
  for (int i = 0; i < 1000; ++i) long_text += "ä";
  CHECK(StableHash().add(long_text).add(UINT64_MAX).hex() == "cc7a8a479470397ba423a2ec76235caf");
  CHECK(StableHash().add("web-1").add("production").add(7).low64() == 0xf977f51fcd874c80ULL);
}

TEST_CASE("the boundary between parts counts") {
  CHECK(StableHash().add("ab").add("c").hex() != StableHash().add("a").add("bc").hex());
  CHECK(StableHash().add("").add("a").hex() != StableHash().add("a").add("").hex());
  CHECK(StableHash().add("a").hex() != StableHash().add("a").add("").hex());
  CHECK(StableHash().add(std::string_view("\1\0\0\0\0\0\0\0", 8)).hex() !=
        StableHash().add(1).hex());
}
