// Any bytes as a chunk: reading ends, within the bytes. Any samples as a chunk: they come back. Any
// chunks that are sound, joined: what comes of it is sound.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "tocsin/base/check.hpp"
#include "tocsin/series/chunk.hpp"
#include "tocsin/series/history.hpp"

using namespace tocsin;
using namespace tocsin::series;

namespace {

void read_anything(std::span<const std::uint8_t> bytes) {
  ChunkReader reader(bytes, 1'700'000'000'000, 10'000);
  Sample sample;
  int read = 0;
  while (reader.next(sample)) ++read;
  TOCSIN_CHECK(read <= 10'000);
}

void write_and_read(std::span<const std::uint8_t> bytes) {
  Chunk chunk;
  ChunkAppender appender;
  std::vector<Sample> samples;
  Millis time = 0;
  while (bytes.size() >= 12 && chunk.count < kChunkSamples) {
    std::uint32_t step = 0;
    double value = 0;
    std::memcpy(&step, bytes.data(), sizeof(step));
    std::memcpy(&value, bytes.data() + 4, sizeof(value));
    bytes = bytes.subspan(12);
    time += Millis{step} * ((step & 1U) != 0 ? 1'000 : 1) + 1;
    samples.push_back({time, value});
    appender.append(chunk, samples.back());
  }
  ChunkReader reader(chunk);
  Sample sample;
  for (const Sample& wanted : samples) {
    TOCSIN_CHECK(reader.next(sample));
    TOCSIN_CHECK(sample.time == wanted.time);
    TOCSIN_CHECK(std::bit_cast<std::uint64_t>(sample.value) ==
                 std::bit_cast<std::uint64_t>(wanted.value));
  }
  TOCSIN_CHECK(!reader.next(sample));
}

/// What a file may hold: halves of it as chunks, joined as a history joins them.
void join_anything(std::span<const std::uint8_t> bytes) {
  ChunkSequence sequence;
  for (const auto half : {bytes.first(bytes.size() / 2), bytes.subspan(bytes.size() / 2)}) {
    Chunk chunk;
    chunk.bytes.assign(half.begin(), half.end());
    ChunkReader reader(chunk.bytes, 0, 200);
    Sample sample;
    while (reader.next(sample)) {
      ++chunk.count;
      chunk.last = sample.time;
    }
    if (is_sound(chunk)) sequence.add(chunk);
  }
  Millis last = 0;
  bool any = false;
  for (const Chunk& chunk : sequence.chunks()) {
    TOCSIN_CHECK(is_sound(chunk));
    TOCSIN_CHECK(!any || chunk.first > last);
    last = chunk.last;
    any = true;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> bytes(data, size);
  read_anything(bytes);
  write_and_read(bytes);
  join_anything(bytes);
  return 0;
}
