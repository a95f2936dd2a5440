// Series on their way to longer memory than the store's, and back from it after a restart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tocsin/model/labels.hpp"
#include "tocsin/series/chunk.hpp"

namespace tocsin::series {

/// What a series is called in the history. Numbers are never used twice.
struct SeriesEntry {
  std::uint32_t number = 0;
  std::string target;  ///< its name; "" of a record's series
  bool own = false;    ///< what tocsin itself knows of the target
  Labels labels;
};

struct NumberedChunk {
  std::uint32_t number = 0;
  Chunk chunk;
};

/// All that came in during some minutes.
struct Segment {
  std::vector<SeriesEntry> fresh;     ///< series that no segment had before
  std::vector<NumberedChunk> chunks;  ///< by number
  [[nodiscard]] bool empty() const { return chunks.empty(); }
};

struct RememberedSeries {
  SeriesEntry entry;
  std::vector<Chunk> chunks;  ///< in order; times are those of the boot that runs now
};

/// One series' chunks one after the other; small ones become full ones. Samples that are not newer
/// than what is there are left out.
class ChunkSequence {
 public:
  /// `chunk` is sound.
  void add(const Chunk& chunk);
  [[nodiscard]] std::vector<Chunk>& chunks() { return chunks_; }

 private:
  std::vector<Chunk> chunks_;
  ChunkAppender appender_;
  bool open_ = false;  ///< the appender is at the last chunk's end
};

/// Whether it holds what it says: so many samples, in order, up to its last.
[[nodiscard]] bool is_sound(const Chunk& chunk);

/// What a start finds of earlier lives.
struct Memory {
  std::vector<RememberedSeries> series;
  std::uint32_t next_number = 1;
};

}  // namespace tocsin::series
