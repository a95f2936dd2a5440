#include "tocsin/base/hash.hpp"

#include <fmt/format.h>

namespace tocsin {

namespace {

// The 128-bit FNV prime is 2^88 + 0x13b.
constexpr std::uint64_t kPrimeLow = 0x13b;
constexpr unsigned kPrimeHighShift = 24;  // 2^88 = 2^24 in the high half

// What a part is counts as well: the text "8 bytes" never looks like a number.
constexpr unsigned char kTextTag = 's';
constexpr unsigned char kNumberTag = 'n';

}  // namespace

void StableHash::add_byte(unsigned char byte) {
  low_ ^= byte;
  // (high, low) * (2^88 + 0x13b) modulo 2^128, in 32-bit steps for the low half's carry.
  const std::uint64_t lower = (low_ & 0xffffffffU) * kPrimeLow;
  const std::uint64_t upper = (low_ >> 32U) * kPrimeLow + (lower >> 32U);
  high_ = high_ * kPrimeLow + (low_ << kPrimeHighShift) + (upper >> 32U);
  low_ = (upper << 32U) | (lower & 0xffffffffU);
}

StableHash& StableHash::add(std::string_view part) {
  add_byte(kTextTag);
  for (unsigned shift = 0; shift < 64; shift += 8) {
    add_byte(static_cast<unsigned char>((std::uint64_t{part.size()} >> shift) & 0xffU));
  }
  for (const char c : part) add_byte(static_cast<unsigned char>(c));
  return *this;
}

StableHash& StableHash::add(std::uint64_t number) {
  add_byte(kNumberTag);
  for (unsigned shift = 0; shift < 64; shift += 8) {
    add_byte(static_cast<unsigned char>((number >> shift) & 0xffU));
  }
  return *this;
}

std::string StableHash::hex() const {
  return fmt::format("{:016x}{:016x}", high_, low_);
}

}  // namespace tocsin
