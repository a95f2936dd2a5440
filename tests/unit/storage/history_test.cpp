// Risks: samples that are lost, doubled or moved in time on disk; a file that grows without bound;
// a damaged file that keeps the daemon from starting.
#include "storage/history.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

#include "storage/segment_codec.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage;
using namespace std::chrono_literals;
using storage_test::TemporaryFolder;

namespace {

constexpr HistoryBounds kRoomy{24h * 365, 1ULL << 30U};

Now at(std::int64_t minute) {
  const Duration boot = std::chrono::minutes(minute);
  return {BootTime(boot), WallTime(std::chrono::hours(480'000) + boot)};
}

series::SeriesEntry entry(std::uint32_t number) {
  return {number, "app", number == 1,
          Labels{{"__name__", "m" + std::to_string(number)}, {"text", "a\"b\\c\nö"}}};
}

/// Two series; `minutes` samples each, the last of them at `last`.
series::Segment segment(std::int64_t last, int minutes, bool fresh = false) {
  series::Segment made;
  for (std::uint32_t number = 1; number <= 2; ++number) {
    if (fresh) made.fresh.push_back(entry(number));
    series::Chunk chunk;
    series::ChunkAppender appender;
    for (std::int64_t minute = last - minutes + 1; minute <= last; ++minute) {
      appender.append(chunk, {minute * 60'000, static_cast<double>(minute * number) / 7});
    }
    made.chunks.push_back({number, chunk});
  }
  return made;
}

std::vector<series::Sample> samples_of(const std::vector<series::Chunk>& chunks) {
  std::vector<series::Sample> samples;
  for (const series::Chunk& chunk : chunks) {
    series::ChunkReader reader(chunk);
    for (series::Sample sample; reader.next(sample);) samples.push_back(sample);
  }
  return samples;
}

series::Memory load(const std::string& folder, Duration reach, Now now,
                    const std::string& boot = "boot") {
  std::string warning;
  const auto memory = HistoryFile(folder, boot).load(reach, now, warning);
  REQUIRE(memory);
  CHECK(warning.empty());
  return *memory;
}

}  // namespace

TEST_CASE("history file: what is written is found, joined or not, as far back as is asked for") {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  HistoryFile file(path, "boot");
  for (std::int64_t minute = 2; minute <= 400; minute += 2) {
    REQUIRE(file.write(segment(minute, 2, minute == 2), at(minute), kRoomy));
  }
  const auto all = load(path, 24h, at(401));
  REQUIRE(all.series.size() == 2);
  CHECK(all.next_number == 3);
  for (const auto& known : all.series) {
    CHECK(known.entry.labels == entry(known.entry.number).labels);
    CHECK(known.entry.own == (known.entry.number == 1));
    const auto samples = samples_of(known.chunks);
    REQUIRE(samples.size() == 400);
    for (std::int64_t minute = 1; minute <= 400; ++minute) {
      const auto& sample = samples[static_cast<std::size_t>(minute - 1)];
      CHECK(sample.time == minute * 60'000);
      CHECK(sample.value == static_cast<double>(minute * known.entry.number) / 7);
    }
    // Few chunks, not one for each write.
    CHECK(known.chunks.size() <= 6);
  }
  const auto some = load(path, 10min, at(401));
  REQUIRE(some.series.size() == 2);
  const auto samples = samples_of(some.series.front().chunks);
  CHECK(samples.size() >= 10);
  CHECK(samples.size() < 200);
}

TEST_CASE("history file: another boot finds samples at their time on its own clock") {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  HistoryFile file(path, "boot");
  REQUIRE(file.write(segment(10, 10, true), at(10), kRoomy));
  // Two minutes later by the calendar, and the boot's clock has begun anew.
  const Now later{BootTime(1min), at(12).wall};
  const auto memory = load(path, 1h, later, "another");
  REQUIRE(memory.series.size() == 2);
  const auto samples = samples_of(memory.series.front().chunks);
  REQUIRE(samples.size() == 10);
  CHECK(samples.back().time == -60'000);
  // The first write of the new boot joins what the old one left.
  HistoryFile next(path, "another");
  series::Segment fresh = segment(2, 1);
  REQUIRE(next.write(fresh, {BootTime(2min), at(13).wall}, kRoomy));
  const auto both = load(path, 1h, {BootTime(2min), at(13).wall}, "another");
  CHECK(samples_of(both.series.front().chunks).size() == 11);
}

TEST_CASE("history file: the oldest go when they are too old, or when they are too much") {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  HistoryFile file(path, "boot");
  const HistoryBounds hours{5h, 1ULL << 30U};
  for (std::int64_t minute = 2; minute <= 1'000; minute += 2) {
    REQUIRE(file.write(segment(minute, 2, minute == 2), at(minute), hours));
  }
  auto kept = samples_of(load(path, 24h * 30, at(1'001)).series.front().chunks);
  CHECK(kept.size() >= 300);
  CHECK(kept.size() <= 300 + 122);
  CHECK(kept.back().time == 1'000 * 60'000);
  const auto before = file.bytes();
  REQUIRE(before);
  const HistoryBounds small{5h, *before - 1};
  REQUIRE(file.write(segment(1'002, 2), at(1'002), small));
  CHECK(*file.bytes() <= *before - 1);
  const auto fewer = samples_of(load(path, 24h * 30, at(1'003)).series.front().chunks);
  CHECK(fewer.size() < kept.size());
  CHECK(fewer.back().time == 1'002 * 60'000);
}

TEST_CASE("history file: a calendar that jumps ahead costs no history") {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  HistoryFile file(path, "boot");
  const HistoryBounds week{24h * 7, 1ULL << 30U};
  REQUIRE(file.write(segment(10, 10, true), at(10), week));
  REQUIRE(file.write(segment(20, 10), {at(20).boot, at(20).wall + 24h * 3'650}, week));
  const auto memory = load(path, 1h, at(21));
  CHECK(samples_of(memory.series.front().chunks).size() == 20);
}

TEST_CASE("history file: a file that is no good is set aside, and a newer one is left alone") {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  std::ofstream(path + "/history.db") << std::string(8'192, 'x');
  HistoryFile file(path, "boot");
  std::string warning;
  const auto memory = file.load(1h, at(1), warning);
  REQUIRE(memory);
  CHECK(memory->series.empty());
  CHECK(warning.find("set aside") != std::string::npos);
  REQUIRE(file.write(segment(10, 10, true), at(10), kRoomy));
  CHECK(load(path, 1h, at(11)).series.size() == 2);

  auto database = Database::open(path + "/history.db", Database::Access::read_write);
  REQUIRE(database);
  REQUIRE(database->execute("PRAGMA user_version = 99"));
  std::string newer;
  CHECK_FALSE(HistoryFile(path, "boot").load(1h, at(11), newer));
}

TEST_CASE("history file: bytes that are none of ours are no segment") {
  const std::string good = encode_chunks(segment(50, 50).chunks);
  REQUIRE(decode_chunks(good));
  CHECK(decode_chunks(good)->size() == 2);
  CHECK(decode_chunks("")->empty());
  for (std::size_t length = 1; length < good.size(); ++length) {
    const auto part = decode_chunks(good.substr(0, length));
    if (part) CHECK(part->size() < 2);
  }
  int refused = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    const auto decoded = decode_chunks(bad);
    if (!decoded) {
      ++refused;
      continue;
    }
    for (const auto& each : *decoded) CHECK(series::is_sound(each.chunk));
  }
  CHECK(refused > 0);
}

TEST_CASE("history: what is queued is there at the end; a disk that takes nothing is told once") {
  const TemporaryFolder folder;
  {
    History history(folder / "", "boot", [](const std::string&) { FAIL("no trouble"); });
    std::string warning;
    CHECK(history.load(1h, at(1), warning).series.empty());
    for (std::int64_t minute = 2; minute <= 20; minute += 2) {
      history.write(segment(minute, 2, minute == 2), at(minute), kRoomy);
    }
  }
  CHECK(samples_of(load(folder / "", 1h, at(21)).series.front().chunks).size() == 20);

  std::promise<std::string> first;
  std::atomic<int> told = 0;
  {
    History history(folder / "nowhere/at/all", "boot", [&](const std::string& text) {
      if (told++ == 0) first.set_value(text);
    });
    history.write(segment(1, 1, true), at(1), kRoomy);
    CHECK_FALSE(first.get_future().get().empty());
    for (std::int64_t minute = 2; minute <= 40; ++minute) {
      history.write(segment(minute, 1), at(minute), kRoomy);
    }
    CHECK(history.figures().dropped >= 8);
    CHECK(history.figures().written == 0);
  }
  CHECK(told == 1);
}

TEST_CASE("history: two thousand series of a week at a minute are there in under a second" *
          doctest::skip()) {
  const TemporaryFolder folder;
  const std::string path = folder / "";
  HistoryFile file(path, "boot");
  constexpr std::int64_t kWeek = 7 * 24 * 60;
  for (std::int64_t end = 120; end <= kWeek; end += 120) {
    series::Segment two_hours;
    for (std::uint32_t number = 1; number <= 2'000; ++number) {
      if (end == 120) two_hours.fresh.push_back(entry(number));
      series::Chunk chunk;
      series::ChunkAppender appender;
      for (std::int64_t minute = end - 119; minute <= end; ++minute) {
        appender.append(chunk, {minute * 60'000, static_cast<double>(minute / 5 * number)});
      }
      two_hours.chunks.push_back({number, std::move(chunk)});
    }
    REQUIRE(file.write(two_hours, at(end), kRoomy));
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto memory = load(path, 24h * 8, at(kWeek + 1));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  MESSAGE("read in " << took.count() << " s; " << *file.bytes() / 1'000'000 << " MB");
  CHECK(memory.series.size() == 2'000);
  CHECK(took.count() < 1);
}
