// Risks: samples that are lost or doubled on their way to the history and back; a series of an
// earlier life that nobody ends.
#include "tocsin/series/history.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "tocsin/series/selection.hpp"
#include "tocsin/series/store.hpp"

using namespace tocsin;
using namespace tocsin::series;
using namespace std::chrono_literals;

namespace {

constexpr TargetId kScraped{1};

std::string name_of(TargetId) {
  return "app";
}

BootTime minute_at(int minute) {
  return BootTime(std::chrono::minutes(minute));
}

std::vector<Sample> samples_of(const std::vector<Chunk>& chunks) {
  std::vector<Sample> samples;
  for (const Chunk& chunk : chunks) {
    ChunkReader reader(chunk);
    for (Sample sample; reader.next(sample);) samples.push_back(sample);
  }
  return samples;
}

/// What segments hold, by series.
class Kept {
 public:
  void add(const Segment& segment) {
    for (const SeriesEntry& each : segment.fresh) entries[each.number] = each;
    for (const NumberedChunk& each : segment.chunks) {
      CHECK(is_sound(each.chunk));
      sequences[each.number].add(each.chunk);
    }
  }
  [[nodiscard]] Memory memory() {
    Memory made;
    for (auto& [number, entry] : entries) {
      made.series.push_back({entry, sequences[number].chunks()});
      made.next_number = number + 1;
    }
    return made;
  }
  std::map<std::uint32_t, SeriesEntry> entries;
  std::map<std::uint32_t, ChunkSequence> sequences;
};

std::vector<Sample> range_of(const Store& store, const std::string& name) {
  const auto selection =
      select(store, Selector::make({Matcher::make("__name__", MatchOp::equal, name).value()}));
  REQUIRE(selection->series.size() == 1);
  std::vector<Sample> out;
  selection->series.front()->range(-1'000'000'000, 1'000'000'000'000, out);
  return out;
}

Store app_store() {
  Store store;
  store.keep_for(24h);
  store.set_target(kScraped, {Labels{{"job", "app"}}, false, 5min});
  return store;
}

void scrape(Store& store, int minute, const std::string& body) {
  const auto taken = store.ingest(kScraped, minute_at(minute), body, ExpositionFormat::text);
  REQUIRE_FALSE(taken.error);
  store.append_own(kScraped, minute_at(minute), "up", 1);
}

std::string value_of(int minute) {
  return std::to_string(std::sin(minute) * 1000);
}

}  // namespace

TEST_CASE("history: every sample is handed out once, however many came in between") {
  Store store = app_store();
  Kept kept;
  for (int minute = 1; minute <= 700; ++minute) {
    scrape(store, minute, "x " + value_of(minute) + "\n");
    // Nothing, few (beside the chunks), many, more than a chunk.
    if (minute == 3 || minute == 4 || minute == 60 || minute == 450) {
      kept.add(store.take_history(name_of));
    }
  }
  kept.add(store.take_history(name_of));
  CHECK(store.take_history(name_of).empty());
  REQUIRE(kept.entries.size() == 2);
  for (auto& [number, entry] : kept.entries) {
    CHECK(entry.target == "app");
    CHECK(entry.labels.get("job") == "app");
    CHECK(entry.own == (entry.labels.get("__name__") == "up"));
    const auto samples = samples_of(kept.sequences[number].chunks());
    REQUIRE(samples.size() == 700);
    for (int minute = 1; minute <= 700; ++minute) {
      const auto& sample = samples[static_cast<std::size_t>(minute - 1)];
      CHECK(sample.time == minute * 60'000);
      if (!entry.own) CHECK(sample.value == std::stod(value_of(minute)));
    }
    for (const Chunk& chunk : kept.sequences[number].chunks()) CHECK(chunk.count <= kChunkSamples);
  }
}

TEST_CASE("history: what the store has forgotten is not handed out, and nothing else is lost") {
  Store store = app_store();
  store.keep_for(10min);
  for (int minute = 1; minute <= 1000; ++minute) scrape(store, minute, "x 1\n");
  Kept kept;
  kept.add(store.take_history(name_of));
  for (auto& [number, sequence] : kept.sequences) {
    const auto samples = samples_of(sequence.chunks());
    REQUIRE(samples.size() >= 10);
    CHECK(samples.size() < 400);
    CHECK(samples.back().time == 1000 * 60'000);
  }
}

TEST_CASE("history: a store that remembers goes on as if it had never ended") {
  for (const int ended : {1, 2, 7, 8, 9, 119, 120, 121, 250}) {
    CAPTURE(ended);
    Store first = app_store();
    for (int minute = 1; minute <= ended; ++minute)
      scrape(first, minute, "x " + value_of(minute) + "\n");
    Kept kept;
    kept.add(first.take_history(name_of));
    Store second = app_store();
    Memory memory = kept.memory();
    second.number_from(memory.next_number);
    for (auto& known : memory.series) CHECK(second.remember(kScraped, std::move(known)));
    CHECK(range_of(second, "x") == range_of(first, "x"));
    for (int minute = ended + 1; minute <= ended + 110; ++minute) {
      scrape(first, minute, "x " + value_of(minute) + "\n");
      scrape(second, minute, "x " + value_of(minute) + "\n");
    }
    CHECK(range_of(second, "x") == range_of(first, "x"));
    CHECK(range_of(second, "up") == range_of(first, "up"));
    // No series twice, and none under a new number.
    CHECK(second.series_count() == first.series_count());
    const Segment more = second.take_history(name_of);
    CHECK(more.fresh.empty());
    for (const NumberedChunk& each : more.chunks) CHECK(each.chunk.first == (ended + 1) * 60'000);
  }
}

TEST_CASE("history: a remembered series that is not given again ends at the next tick") {
  Store first = app_store();
  scrape(first, 1, "x 1\ny 2\n");
  Kept kept;
  kept.add(first.take_history(name_of));
  Store second = app_store();
  Memory memory = kept.memory();
  for (auto& known : memory.series) second.remember(kScraped, std::move(known));
  scrape(second, 2, "x 1\n");
  const auto series_of = [&](const std::string& name) {
    return select(second, Selector::make({Matcher::make("__name__", MatchOp::equal, name).value()}))
        ->series.front();
  };
  CHECK_FALSE(series_of("x")->ended());
  CHECK(series_of("y")->ended());
  CHECK_FALSE(series_of("up")->ended());
  // Where the target fails at its first tick, all but tocsin's own end.
  Store third = app_store();
  Memory again = kept.memory();
  for (auto& known : again.series) third.remember(kScraped, std::move(known));
  third.mark_stale(kScraped, minute_at(2));
  third.append_own(kScraped, minute_at(2), "up", 0);
  CHECK(range_of(third, "x").size() == 1);
  CHECK(range_of(third, "up").size() == 2);
}

TEST_CASE("history: what is remembered counts within the limits") {
  Store first = app_store();
  scrape(first, 1, "x 1\ny 2\nz 3\n");
  Kept kept;
  kept.add(first.take_history(name_of));
  StoreLimits limits;
  limits.series = 2;
  Store second(limits);
  second.keep_for(24h);
  second.set_target(kScraped, {Labels{{"job", "app"}}, false, 5min});
  Memory memory = kept.memory();
  int taken = 0;
  for (auto& known : memory.series) taken += second.remember(kScraped, std::move(known)) ? 1 : 0;
  CHECK(taken == 2);
  CHECK(second.series_count() == 2);
}
