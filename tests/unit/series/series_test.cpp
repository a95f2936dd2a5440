// Risk: a sample that is lost, or comes twice, where the newest ones pass into chunks or history.
#include "tocsin/series/series.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "tocsin/base/random.hpp"
#include "tocsin/series/history.hpp"

using namespace tocsin;
using namespace tocsin::series;

namespace {

const Origin kOrigin{};

/// A series beside the plain list of what it was given.
struct Both {
  Series series{Labels{{"__name__", "m"}}, kOrigin, false};
  std::vector<Sample> all;
  std::vector<Sample> saved;

  void append(const Sample& sample) {
    all.push_back(sample);
    REQUIRE(series.append(sample, 0));
  }

  void save() {
    while (series.has_unsaved()) {
      const Chunk chunk = series.take_unsaved();
      REQUIRE(chunk.count > 0);
      ChunkReader reader(chunk);
      for (Sample sample; reader.next(sample);) saved.push_back(sample);
    }
  }

  /// Begins anew with what was saved, as after a restart.
  void restart() {
    save();
    ChunkSequence chunks;
    Chunk chunk;
    ChunkAppender appender;
    for (const Sample& sample : saved) {
      if (chunk.count == kChunkSamples) {
        chunks.add(chunk);
        chunk = {};
        appender.restart();
      }
      appender.append(chunk, sample);
    }
    if (chunk.count > 0) chunks.add(chunk);
    series = Series(Labels{{"__name__", "m"}}, kOrigin, false);
    if (!chunks.chunks().empty()) series.remember(std::move(chunks.chunks()));
  }

  void check(Millis after, Millis until) const {
    std::vector<Sample> expected;
    std::optional<Sample> latest;
    for (const Sample& one : all) {
      if (one.time > after && one.time <= until) expected.push_back(one);
      if (one.time <= until) latest = one;
    }
    std::vector<Sample> found;
    series.range(after, until, found);
    CHECK(found == expected);
    CHECK(series.latest(until) == latest);
  }
};

}  // namespace

TEST_CASE("series: any range is what was appended, through chunks, saving and restarts") {
  Random random(7);
  for (int run = 0; run < 20; ++run) {
    Both both;
    Millis time = 0;
    for (int step = 0; step < 600; ++step) {
      time += 1 + static_cast<Millis>(random.below(1'000));
      both.append({time, static_cast<double>(random.below(50))});
      if (random.one_in(40)) both.save();
      if (random.one_in(150)) both.restart();
      const auto until = static_cast<Millis>(random.below(static_cast<std::uint64_t>(time) + 500));
      both.check(until - static_cast<Millis>(random.below(40'000)), until);
    }
    both.save();
    CHECK(both.saved == both.all);
  }
}

TEST_CASE("series: a sample that is not newer than the last is not taken") {
  Both both;
  CHECK(both.series.empty());
  for (Millis time = 1; time <= 30; ++time) {
    both.append({time, 1});
    CHECK_FALSE(both.series.append({time, 2}, 0));
    CHECK_FALSE(both.series.append({time - 1, 2}, 0));
    both.check(0, time);
  }
}
