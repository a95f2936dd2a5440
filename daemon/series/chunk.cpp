#include "tocsin/series/chunk.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace tocsin::series {
namespace {

/// How a difference of differences is written: a prefix of ones, a zero, then the number.
struct TimeCode {
  unsigned prefix_bits;
  std::uint64_t prefix;
  unsigned number_bits;
};
constexpr TimeCode kTimeCodes[] = {{2, 0b10, 14}, {3, 0b110, 20}, {4, 0b1110, 32}};
constexpr TimeCode kAnyTime = {4, 0b1111, 64};

bool fits(Millis number, unsigned bits) {
  const Millis half = Millis{1} << (bits - 1);
  return number >= -half && number < half;
}

std::uint64_t low_bits(std::uint64_t value, unsigned count) {
  return count >= 64 ? value : value & ((std::uint64_t{1} << count) - 1);
}

/// The value of a number of `bits` bits in two's complement.
Millis signed_from(std::uint64_t raw, unsigned bits) {
  if (bits == 64) return static_cast<Millis>(raw);
  const std::uint64_t sign = std::uint64_t{1} << (bits - 1);
  return static_cast<Millis>((raw ^ sign) - sign);
}

/// Differences wrap, so that no pair of times is undefined behaviour.
Millis minus(Millis a, Millis b) {
  return static_cast<Millis>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
Millis plus(Millis a, Millis b) {
  return static_cast<Millis>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

}  // namespace

void ChunkAppender::write(Chunk& chunk, std::uint64_t bits, unsigned count) {
  const unsigned filled = std::min<unsigned>(count, free_bits_);
  if (filled > 0) {
    const std::uint64_t part = low_bits(bits >> (count - filled), filled);
    free_bits_ = static_cast<std::uint8_t>(free_bits_ - filled);
    chunk.bytes.back() = static_cast<std::uint8_t>(chunk.bytes.back() | (part << free_bits_));
    count -= filled;
  }
  if (count == 0) return;
  // What is left begins a byte: its bits move to the top, and go out as whole bytes.
  const std::uint64_t word = low_bits(bits, count) << (64 - count);
  const unsigned bytes = (count + 7) / 8;
  std::array<std::uint8_t, 8> out{};
  for (unsigned i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(word >> (56 - 8 * i));
  chunk.bytes.insert(chunk.bytes.end(), out.begin(), out.begin() + bytes);
  free_bits_ = static_cast<std::uint8_t>(bytes * 8 - count);
}

void ChunkAppender::write_time(Chunk& chunk, Millis time) {
  const Millis delta = minus(time, chunk.last);
  const Millis change = minus(delta, delta_);
  delta_ = delta;
  if (change == 0) {
    write(chunk, 0, 1);
    return;
  }
  const TimeCode* code = &kAnyTime;
  for (const TimeCode& candidate : kTimeCodes) {
    if (fits(change, candidate.number_bits)) {
      code = &candidate;
      break;
    }
  }
  write(chunk, code->prefix, code->prefix_bits);
  write(chunk, static_cast<std::uint64_t>(change), code->number_bits);
}

void ChunkAppender::write_value(Chunk& chunk, std::uint64_t bits) {
  const std::uint64_t changed = bits ^ value_bits_;
  value_bits_ = bits;
  if (changed == 0) {
    write(chunk, 0, 1);
    return;
  }
  const auto leading = static_cast<std::uint8_t>(std::min(std::countl_zero(changed), 31));
  const auto trailing = static_cast<std::uint8_t>(std::countr_zero(changed));
  if (leading_ != kNoWindow && leading >= leading_ && trailing >= trailing_) {
    write(chunk, 0b10, 2);
    write(chunk, changed >> trailing_, 64U - leading_ - trailing_);
    return;
  }
  leading_ = leading;
  trailing_ = trailing;
  const unsigned width = 64U - leading - trailing;
  write(chunk, 0b11U << 11 | std::uint64_t{leading} << 6 | (width - 1), 13);
  write(chunk, changed >> trailing, width);
}

void ChunkAppender::append(Chunk& chunk, Sample sample) {
  const auto bits = std::bit_cast<std::uint64_t>(sample.value);
  if (chunk.count == 0) {
    chunk.first = sample.time;
    value_bits_ = bits;
    write(chunk, bits, 64);
  } else {
    write_time(chunk, sample.time);
    write_value(chunk, bits);
  }
  chunk.last = sample.time;
  ++chunk.count;
}

bool ChunkReader::read(unsigned count, std::uint64_t& out) {
  if (position_ + count > bytes_.size() * 8) return false;
  const std::size_t first = position_ / 8;
  const auto skipped = static_cast<unsigned>(position_ % 8);
  position_ += count;
  // Nine bytes hold any 64 bits, wherever in a byte they begin.
  std::uint64_t word = 0;
  const std::size_t available = std::min<std::size_t>(bytes_.size() - first, 8);
  if (available == 8 && std::endian::native == std::endian::little) {
    std::memcpy(&word, &bytes_[first], 8);
    word = __builtin_bswap64(word);
  } else {
    for (std::size_t i = 0; i < available; ++i)
      word |= std::uint64_t{bytes_[first + i]} << (56 - 8 * i);
  }
  word <<= skipped;
  if (skipped + count > 64) word |= static_cast<std::uint64_t>(bytes_[first + 8]) >> (8 - skipped);
  out = word >> (64 - count);
  return true;
}

bool ChunkReader::read_time() {
  std::uint64_t bit = 0;
  unsigned ones = 0;
  while (ones < 4) {
    if (!read(1, bit)) return false;
    if (bit == 0) break;
    ++ones;
  }
  if (ones > 0) {
    const unsigned width = ones == 4 ? kAnyTime.number_bits : kTimeCodes[ones - 1].number_bits;
    std::uint64_t raw = 0;
    if (!read(width, raw)) return false;
    delta_ = plus(delta_, signed_from(raw, width));
  }
  time_ = plus(time_, delta_);
  return true;
}

bool ChunkReader::read_value() {
  std::uint64_t bit = 0;
  if (!read(1, bit)) return false;
  if (bit == 0) return true;
  if (!read(1, bit)) return false;
  if (bit == 1) {
    std::uint64_t leading = 0;
    std::uint64_t width = 0;
    if (!read(5, leading) || !read(6, width)) return false;
    leading_ = static_cast<unsigned>(leading);
    width_ = static_cast<unsigned>(width) + 1;
  }
  // No appender writes a window that is wider than a value, or reuses one that it never set.
  if (width_ == 0 || leading_ + width_ > 64) return false;
  std::uint64_t changed = 0;
  if (!read(width_, changed)) return false;
  value_bits_ ^= changed << (64 - leading_ - width_);
  return true;
}

bool ChunkReader::next(Sample& out) {
  if (left_ == 0) return false;
  if (!started_) {
    if (!read(64, value_bits_)) return false;
    started_ = true;
  } else if (!read_time() || !read_value()) {
    left_ = 0;
    return false;
  }
  --left_;
  out = Sample{time_, std::bit_cast<double>(value_bits_)};
  return true;
}

}  // namespace tocsin::series
