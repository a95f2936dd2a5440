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

/// Gathers bits in a register and bytes in a place of its own, for as many samples as fit.
class BitWriter {
 public:
  static constexpr std::size_t kSamples = 8;

  /// Goes on in the last byte of `bytes`, of which so many bits are free.
  BitWriter(std::vector<std::uint8_t>& bytes, unsigned free_bits) : bytes_(bytes) {
    if (free_bits == 0) return;
    word_ = static_cast<std::uint64_t>(bytes.back()) >> free_bits;
    filled_ = 8 - free_bits;
    bytes.pop_back();
  }

  /// `bits` has no more than `count` bits, which is 1 to 64.
  void put(std::uint64_t bits, unsigned count) {
    const unsigned room = 64 - filled_;
    if (count < room) {
      word_ = word_ << count | bits;
      filled_ += count;
      return;
    }
    filled_ = count - room;
    word_ = (room < 64 ? word_ << room : 0) | bits >> filled_;
    store(8);
    word_ = low_bits(bits, filled_);
  }

  /// How many bits of the last byte are free.
  unsigned finish() {
    const unsigned count = (filled_ + 7) / 8;
    if (filled_ > 0) {
      word_ <<= 64 - filled_;
      store(count);
    }
    bytes_.insert(bytes_.end(), out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(used_));
    return count * 8 - filled_;
  }

 private:
  /// The first bytes of the word.
  void store(unsigned count) {
    for (unsigned i = 0; i < 8; ++i) {
      out_[used_ + i] = static_cast<std::uint8_t>(word_ >> (56 - 8 * i));
    }
    used_ += count;
  }

  // A sample takes no more than 4 + 64 bits for its time and 2 + 11 + 64 for its value.
  static constexpr std::size_t kMostBytes = kSamples * (68 + 77) / 8 + 16;

  std::vector<std::uint8_t>& bytes_;
  std::uint64_t word_ = 0;
  unsigned filled_ = 0;
  std::size_t used_ = 0;
  std::array<std::uint8_t, kMostBytes> out_;
};

namespace {

void put_time(BitWriter& writer, Millis change) {
  if (change == 0) return writer.put(0, 1);
  const TimeCode* code = &kAnyTime;
  for (const TimeCode& candidate : kTimeCodes) {
    if (fits(change, candidate.number_bits)) {
      code = &candidate;
      break;
    }
  }
  writer.put(code->prefix, code->prefix_bits);
  writer.put(low_bits(static_cast<std::uint64_t>(change), code->number_bits), code->number_bits);
}

}  // namespace

void ChunkAppender::put_value(BitWriter& writer, std::uint64_t bits) {
  const std::uint64_t changed = bits ^ value_bits_;
  value_bits_ = bits;
  if (changed == 0) return writer.put(0, 1);
  const auto leading = static_cast<std::uint8_t>(std::min(std::countl_zero(changed), 31));
  const auto trailing = static_cast<std::uint8_t>(std::countr_zero(changed));
  if (leading_ != kNoWindow && leading >= leading_ && trailing >= trailing_) {
    writer.put(0b10, 2);
    return writer.put(changed >> trailing_, 64U - leading_ - trailing_);
  }
  leading_ = leading;
  trailing_ = trailing;
  const unsigned width = 64U - leading - trailing;
  writer.put(0b11U << 11 | std::uint64_t{leading} << 6 | (width - 1), 13);
  writer.put(changed >> trailing, width);
}

void ChunkAppender::append(Chunk& chunk, std::span<const Sample> samples) {
  while (!samples.empty()) {
    const std::size_t most = std::min(samples.size(), BitWriter::kSamples);
    BitWriter writer(chunk.bytes, free_bits_);
    for (const Sample& sample : samples.first(most)) {
      const auto bits = std::bit_cast<std::uint64_t>(sample.value);
      if (chunk.count == 0) {
        chunk.first = sample.time;
        value_bits_ = bits;
        writer.put(bits, 64);
      } else {
        const Millis delta = minus(sample.time, chunk.last);
        put_time(writer, minus(delta, delta_));
        delta_ = delta;
        put_value(writer, bits);
      }
      chunk.last = sample.time;
      ++chunk.count;
    }
    free_bits_ = static_cast<std::uint8_t>(writer.finish());
    samples = samples.subspan(most);
  }
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
