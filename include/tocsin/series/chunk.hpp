// A run of one series' samples, compressed: times as differences of differences, values as the bits
// that changed (Pelkonen et al., "Gorilla", VLDB 2015). A steady value at a steady interval costs
// two bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tocsin/series/sample.hpp"

namespace tocsin::series {

/// The bits of a chunk, written from the highest of each byte.
struct Chunk {
  std::vector<std::uint8_t> bytes;
  Millis first = 0;
  Millis last = 0;
  std::uint32_t count = 0;
};

inline constexpr std::uint32_t kChunkSamples = 120;

class BitWriter;

/// Appends to one chunk. The caller keeps the chunk and passes the same one until it is full.
class ChunkAppender {
 public:
  /// Their times rise, from later than the chunk's last on; the chunk has room for them (it holds
  /// no more than kChunkSamples). Several at once cost less than one after the other.
  void append(Chunk& chunk, std::span<const Sample> samples);
  void append(Chunk& chunk, const Sample& sample) { append(chunk, std::span(&sample, 1)); }
  /// The next sample begins a new chunk.
  void restart() { *this = ChunkAppender(); }

 private:
  void put_value(BitWriter& writer, std::uint64_t bits);

  Millis delta_ = 0;
  std::uint64_t value_bits_ = 0;
  std::uint8_t leading_ = kNoWindow;
  std::uint8_t trailing_ = 0;
  std::uint8_t free_bits_ = 0;  ///< of the last byte
  static constexpr std::uint8_t kNoWindow = 0xff;
};

/// Reads a chunk from its beginning. Never reads past the bytes, whatever they hold.
class ChunkReader {
 public:
  explicit ChunkReader(const Chunk& chunk)
      : bytes_(chunk.bytes), left_(chunk.count), time_(chunk.first) {}
  ChunkReader(std::span<const std::uint8_t> bytes, Millis first, std::uint32_t count)
      : bytes_(bytes), left_(count), time_(first) {}

  /// False after the last sample, or where the bytes end too early.
  bool next(Sample& out);

 private:
  [[nodiscard]] bool read(unsigned count, std::uint64_t& out);
  [[nodiscard]] bool read_time();
  [[nodiscard]] bool read_value();

  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;  ///< in bits
  std::uint32_t left_ = 0;
  Millis time_ = 0;
  Millis delta_ = 0;
  std::uint64_t value_bits_ = 0;
  unsigned leading_ = 0;
  unsigned width_ = 0;
  bool started_ = false;
};

}  // namespace tocsin::series
