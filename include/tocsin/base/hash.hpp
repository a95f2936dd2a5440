// A hash whose value is a promise: keys that receivers keep are made of it, so it may never change
// between versions, compilers or machines. FNV-1a, 128 bits (draft-eastlake-fnv).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tocsin {

class StableHash {
 public:
  /// Adds one part; the boundary between parts counts ("ab","c" differs from "a","bc").
  StableHash& add(std::string_view part);
  StableHash& add(std::uint64_t number);
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  [[nodiscard]] std::uint64_t low64() const { return low_; }

 private:
  void add_byte(unsigned char byte);
  std::uint64_t high_ = 0x6c62272e07bb0142ULL;
  std::uint64_t low_ = 0x62b821756295c58dULL;
};

}  // namespace tocsin
