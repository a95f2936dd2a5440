#include "storage/history_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "storage/codec.hpp"
#include "storage/files.hpp"
#include "storage/segment_codec.hpp"

namespace tocsin::storage {
namespace {

constexpr std::int64_t kHistorySchema = 1;
/// So many small segments become one.
constexpr std::int64_t kJoined = 60;
/// A series' row is written again only when it has been seen for so much longer.
constexpr Duration kSeenEvery = std::chrono::hours(24);

constexpr const char* kHistoryTables = R"sql(
CREATE TABLE series(
  number INTEGER PRIMARY KEY, seen_wall INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE segment(
  number INTEGER PRIMARY KEY, level INTEGER NOT NULL, boot TEXT NOT NULL,
  first_boot INTEGER NOT NULL, last_boot INTEGER NOT NULL, wall_minus_boot INTEGER NOT NULL,
  body BLOB NOT NULL);
)sql";

// Losing the last minutes in a power failure is what a history may do; an fsync for each of them is
// not.
constexpr const char* kHistoryMode = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA journal_size_limit = 4194304;
PRAGMA cache_size = -256;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
)sql";

std::int64_t millis_of(Duration duration) {
  return duration.count();
}
std::int64_t wall_minus_boot(Now now) {
  return millis_of(now.wall.time_since_epoch() - now.boot.time_since_epoch());
}

/// Chunks of many segments, series by series.
class Joiner {
 public:
  void add(const series::NumberedChunk& next, std::int64_t shift) {
    series::Chunk chunk = next.chunk;
    chunk.first += shift;
    chunk.last += shift;
    sequences_[next.number].add(chunk);
  }
  [[nodiscard]] std::vector<series::NumberedChunk> joined() {
    std::vector<series::NumberedChunk> all;
    for (auto& [number, sequence] : sequences_) {
      for (series::Chunk& chunk : sequence.chunks()) all.push_back({number, std::move(chunk)});
    }
    return all;
  }
  [[nodiscard]] std::map<std::uint32_t, series::ChunkSequence>& sequences() { return sequences_; }

 private:
  std::map<std::uint32_t, series::ChunkSequence> sequences_;
};

}  // namespace

Result<void> HistoryFile::open() {
  if (database_) return {};
  auto opened = Database::open(path_, Database::Access::read_write);
  if (!opened) return tl::unexpected(opened.error());
  if (auto mode = opened->execute(kHistoryMode); !mode) return mode;
  const auto version = opened->number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version > kHistorySchema) {
    return fail(ErrorCode::invalid, fmt::format("{} was written by a newer tocsin", path_));
  }
  if (*version == 0) {
    const std::string made = fmt::format("BEGIN IMMEDIATE; {} PRAGMA user_version = {}; COMMIT",
                                         kHistoryTables, kHistorySchema);
    if (auto done = opened->execute(made.c_str()); !done) {
      opened->roll_back();
      return done;
    }
  }
  database_ = std::move(*opened);
  return {};
}

Result<series::Memory> HistoryFile::load(Duration reach, Now now, std::string& warning) {
  auto memory = open().and_then([&] { return read(reach, now); });
  if (memory || memory.error().code != ErrorCode::corrupt) return memory;
  database_.reset();
  const auto aside = set_aside(path_, "corrupt", now.wall);
  if (!aside) return tl::unexpected(aside.error());
  warning =
      fmt::format("{} is corrupt ({}); it was set aside as {}", path_, memory.error().text, *aside);
  return series::Memory{};
}

Result<series::Memory> HistoryFile::read(Duration reach, Now now) {
  series::Memory memory;
  const std::int64_t here = wall_minus_boot(now);
  const std::int64_t after = millis_of(now.boot.time_since_epoch() - reach);
  auto rows = database_->prepare(
      "SELECT boot = ?1, wall_minus_boot, last_boot, body FROM segment"
      " WHERE CASE boot WHEN ?1 THEN last_boot >= ?2"
      " ELSE last_boot + wall_minus_boot >= ?2 + ?3 END ORDER BY number");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, std::string_view(boot_id_)).bind(2, after).bind(3, here);
  Joiner joiner;
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    const std::int64_t shift = rows->integer(0) != 0 ? 0 : rows->integer(1) - here;
    const auto chunks = decode_chunks(rows->bytes(3));
    if (!chunks) return tl::unexpected(chunks.error());
    for (const series::NumberedChunk& next : *chunks) {
      if (next.chunk.last + shift >= after) joiner.add(next, shift);
    }
  }
  if (!row) return tl::unexpected(row.error());
  auto entries = database_->prepare("SELECT number, body FROM series ORDER BY number");
  if (!entries) return tl::unexpected(entries.error());
  for (row = entries->step(); row && *row; row = entries->step()) {
    const auto number = static_cast<std::uint32_t>(entries->integer(0));
    memory.next_number = number + 1;
    const auto found = joiner.sequences().find(number);
    if (found == joiner.sequences().end()) continue;
    auto entry = decode<series::SeriesEntry>(entries->text(1));
    if (!entry) return tl::unexpected(entry.error());
    memory.series.push_back({std::move(*entry), std::move(found->second.chunks())});
  }
  if (!row) return tl::unexpected(row.error());
  return memory;
}

Result<void> HistoryFile::write(const series::Segment& segment, Now now,
                                const HistoryBounds& bounds) {
  if (auto opened = open(); !opened) return opened;
  const auto written = [&]() -> Result<void> {
    if (auto begun = database_->execute("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto done = insert(segment, now); !done) return done;
    const auto joined = join(now);
    if (!joined) return tl::unexpected(joined.error());
    if (auto done = drop(now, bounds); !done) return done;
    if (*joined) {
      if (auto done = forget_series(); !done) return done;
    }
    return database_->execute("COMMIT");
  }();
  if (written) return written;
  database_->roll_back();
  if (written.error().code != ErrorCode::exhausted) database_.reset();
  return written;
}

Result<void> HistoryFile::insert(const series::Segment& segment, Now now) {
  auto entry = database_->prepare("INSERT OR REPLACE INTO series VALUES (?, ?, ?)");
  if (!entry) return tl::unexpected(entry.error());
  for (const series::SeriesEntry& fresh : segment.fresh) {
    const auto done = entry->bind(1, std::int64_t{fresh.number})
                          .bind(2, millis_of(now.wall.time_since_epoch()))
                          .bind(3, std::string_view(encode(fresh)))
                          .run();
    if (!done) return done;
  }
  return put(0, 0, boot_id_, segment.chunks, wall_minus_boot(now));
}

Result<void> HistoryFile::put(std::int64_t number, int level, const std::string& boot,
                              const std::vector<series::NumberedChunk>& chunks,
                              std::int64_t offset) {
  if (chunks.empty()) return {};
  series::Millis first = chunks.front().chunk.first;
  series::Millis last = chunks.front().chunk.last;
  for (const series::NumberedChunk& each : chunks) {
    first = std::min(first, each.chunk.first);
    last = std::max(last, each.chunk.last);
  }
  auto row = database_->prepare(
      "INSERT INTO segment(level, boot, first_boot, last_boot, wall_minus_boot, body, number)"
      " VALUES (?, ?, ?, ?, ?, ?, nullif(?, 0))");
  if (!row) return tl::unexpected(row.error());
  return row->bind(1, std::int64_t{level})
      .bind(2, std::string_view(boot))
      .bind(3, first)
      .bind(4, last)
      .bind(5, offset)
      .bind_bytes(6, encode_chunks(chunks))
      .bind(7, number)
      .run();
}

/// The small segments of a boot become one when there are enough of them, or when the boot is over.
Result<bool> HistoryFile::join(Now now) {
  std::vector<std::string> boots;
  auto row = database_->prepare(
      "SELECT boot, count(*) FROM segment WHERE level = 0 GROUP BY boot ORDER BY min(number)");
  if (!row) return tl::unexpected(row.error());
  auto more = row->step();
  for (; more && *more; more = row->step()) {
    if (row->text(0) != boot_id_ || row->integer(1) >= kJoined) boots.emplace_back(row->text(0));
  }
  if (!more) return tl::unexpected(more.error());
  for (const std::string& boot : boots) {
    if (auto done = join_boot(boot, now.wall); !done) return tl::unexpected(done.error());
  }
  return !boots.empty();
}

Result<void> HistoryFile::join_boot(const std::string& boot, WallTime seen) {
  auto rows = database_->prepare(
      "SELECT wall_minus_boot, body, number FROM segment WHERE level = 0 AND boot = ?"
      " ORDER BY number");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, std::string_view(boot));
  Joiner joiner;
  std::int64_t offset = 0;
  std::int64_t place = 0;  // of the first of them: numbers are in the order of time
  auto row = rows->step();
  for (; row && *row; row = rows->step()) {
    if (place == 0) place = rows->integer(2);
    offset = rows->integer(0);
    const auto chunks = decode_chunks(rows->bytes(1));
    if (!chunks) return tl::unexpected(chunks.error());
    for (const series::NumberedChunk& next : *chunks) joiner.add(next, 0);
  }
  if (!row) return tl::unexpected(row.error());
  auto gone = database_->prepare("DELETE FROM segment WHERE level = 0 AND boot = ?");
  if (!gone) return tl::unexpected(gone.error());
  if (auto done = gone->bind(1, std::string_view(boot)).run(); !done) return done;
  auto still_there =
      database_->prepare("UPDATE series SET seen_wall = ?1 WHERE number = ?2 AND seen_wall < ?3");
  if (!still_there) return tl::unexpected(still_there.error());
  for (const auto& [number, sequence] : joiner.sequences()) {
    const auto done = still_there->bind(1, millis_of(seen.time_since_epoch()))
                          .bind(2, std::int64_t{number})
                          .bind(3, millis_of(seen.time_since_epoch() - kSeenEvery))
                          .run();
    if (!done) return done;
  }
  return put(place, 1, boot, joiner.joined(), offset);
}

Result<void> HistoryFile::drop(Now now, const HistoryBounds& bounds) {
  // A calendar that has jumped ahead must not cost the history: no further than a day beyond what
  // the segment before this one said.
  const auto newest = database_->number(
      "SELECT last_boot + wall_minus_boot FROM segment ORDER BY number DESC LIMIT 1 OFFSET 1");
  if (!newest) return tl::unexpected(newest.error());
  const WallTime last(Duration(*newest) + std::chrono::hours(24));
  const std::int64_t before = millis_of(
      (*newest == 0 ? now.wall : std::min(now.wall, last)).time_since_epoch() - bounds.keep);
  auto old = database_->prepare("DELETE FROM segment WHERE last_boot + wall_minus_boot < ?");
  if (!old) return tl::unexpected(old.error());
  if (auto done = old->bind(1, before).run(); !done) return done;
  for (;;) {
    const auto used = bytes();
    if (!used) return tl::unexpected(used.error());
    if (*used <= bounds.most_bytes) break;
    const auto segments = database_->number("SELECT count(*) FROM segment");
    if (!segments) return tl::unexpected(segments.error());
    if (*segments <= 1) break;
    if (auto done = database_->execute(
            "DELETE FROM segment WHERE number = (SELECT min(number) FROM segment)");
        !done) {
      return done;
    }
  }
  return {};
}

/// Those that no segment has any more: seen before the oldest, with a day's doubt.
Result<void> HistoryFile::forget_series() {
  auto forgotten = database_->prepare(
      "DELETE FROM series WHERE seen_wall <"
      " (SELECT min(first_boot + wall_minus_boot) FROM segment) - ?");
  if (!forgotten) return tl::unexpected(forgotten.error());
  return forgotten->bind(1, millis_of(2 * kSeenEvery)).run();
}

Result<std::uint64_t> HistoryFile::bytes() {
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  const auto pages = database_->number("PRAGMA page_count");
  const auto free = database_->number("PRAGMA freelist_count");
  const auto size = database_->number("PRAGMA page_size");
  if (!pages) return tl::unexpected(pages.error());
  if (!free) return tl::unexpected(free.error());
  if (!size) return tl::unexpected(size.error());
  return static_cast<std::uint64_t>((*pages - *free) * *size);
}

Result<std::optional<WallTime>> HistoryFile::oldest() {
  if (auto opened = open(); !opened) return tl::unexpected(opened.error());
  const auto first = database_->number("SELECT min(first_boot + wall_minus_boot) FROM segment");
  if (!first) return tl::unexpected(first.error());
  if (*first == 0) return std::nullopt;
  return WallTime(Duration(*first));
}

}  // namespace tocsin::storage
