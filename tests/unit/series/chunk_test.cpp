// Risk: a sample that is read back other than it was written, or a damaged chunk that crashes.
#include "tocsin/series/chunk.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "tocsin/base/random.hpp"

using namespace tocsin;
using namespace tocsin::series;

namespace {

Chunk written(const std::vector<Sample>& samples) {
  Chunk chunk;
  ChunkAppender appender;
  for (const Sample& sample : samples) appender.append(chunk, sample);
  return chunk;
}

void check_round_trip(const std::vector<Sample>& samples) {
  const Chunk chunk = written(samples);
  CHECK(chunk.count == samples.size());
  ChunkReader reader(chunk);
  Sample sample;
  for (const Sample& expected : samples) {
    REQUIRE(reader.next(sample));
    CHECK(sample.time == expected.time);
    CHECK(std::bit_cast<std::uint64_t>(sample.value) ==
          std::bit_cast<std::uint64_t>(expected.value));
  }
  CHECK_FALSE(reader.next(sample));
}

}  // namespace

TEST_CASE("chunk: what is written is read back bit by bit") {
  check_round_trip({{0, 0}});
  check_round_trip({{-5, 1}, {0, 1}, {60'000, 1}, {120'000, 1.5}, {120'001, -1.5}});
  check_round_trip({{1, std::numeric_limits<double>::quiet_NaN()},
                    {2, std::numeric_limits<double>::infinity()},
                    {3, -std::numeric_limits<double>::infinity()},
                    {4, stale_marker()},
                    {5, -0.0},
                    {6, std::numeric_limits<double>::denorm_min()}});
}

TEST_CASE("chunk: steps of every size survive, up to the ends of the number range") {
  const Millis far = std::numeric_limits<Millis>::max() / 2;
  check_round_trip({{0, 1}, {1, 2}, {8'193, 3}, {8'194, 4}, {600'000, 5}, {600'001, 6}});
  check_round_trip({{0, 1}, {10'000'000'000, 2}, {10'000'000'001, 3}, {far, 4}});
  check_round_trip({{std::numeric_limits<Millis>::min(), 1}, {0, 2}, {far, 3}});
}

TEST_CASE("chunk: random runs survive") {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Sample> samples;
    Millis time = static_cast<Millis>(random.below(1'000'000));
    for (std::uint32_t i = 0; i < kChunkSamples; ++i) {
      double value = std::bit_cast<double>(random.next());
      if (random.one_in(2)) value = static_cast<double>(random.below(1000));
      samples.push_back({time, value});
      time += 1 + static_cast<Millis>(random.below(random.one_in(3) ? 5'000'000'000 : 90'000));
    }
    check_round_trip(samples);
  }
}

TEST_CASE("chunk: a steady value at a steady interval costs two bits a sample") {
  std::vector<Sample> samples;
  for (int i = 0; i < 120; ++i) samples.push_back({i * 60'000, 17.25});
  CHECK(written(samples).bytes.size() <= 8 + 3 + 120 * 2 / 8 + 1);
}

TEST_CASE("chunk: bytes that end too early or make no sense end the reading") {
  const Chunk chunk = written({{0, 1}, {10, 2}, {30, 3}});
  for (std::size_t length = 0; length < chunk.bytes.size(); ++length) {
    ChunkReader reader(std::span(chunk.bytes).first(length), 0, 3);
    Sample sample;
    int read = 0;
    while (reader.next(sample)) ++read;
    CHECK(read < 3);
  }
  // A value that reuses a window of bits which was never set.
  const std::vector<std::uint8_t> bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0b01000000};
  ChunkReader reader(bytes, 0, 2);
  Sample sample;
  CHECK(reader.next(sample));
  CHECK_FALSE(reader.next(sample));
}
