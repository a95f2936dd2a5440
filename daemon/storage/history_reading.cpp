#include "storage/history_reading.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "storage/codec.hpp"
#include "storage/database.hpp"
#include "storage/segment_codec.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {
namespace {

constexpr Duration kLongestGrid = std::chrono::hours(1);
constexpr std::int64_t kKnownSchema = 1;

using series::Millis;

/// What one boot's clock has measured.
struct BootPart {
  std::string id;
  std::map<std::size_t, series::ChunkSequence> sequences;  ///< by the line's place
  std::vector<backtest::Calendar> calendar;
  Millis first = 0;
  Millis last = 0;
};

/// A series under whatever numbers it has had.
struct HistoryLine {
  series::SeriesEntry entry;
  std::vector<series::Chunk> chunks;
};

class HistoryReader {
 public:
  HistoryReader(Database database, const HistoryPart& part)
      : database_(std::move(database)), part_(part) {}

  Result<backtest::Recording> read() {
    // One view of the file, however long it takes.
    if (auto begun = database_.execute("BEGIN"); !begun) return tl::unexpected(begun.error());
    if (auto read = read_entries(); !read) return tl::unexpected(read.error());
    if (auto read = read_segments(); !read) return tl::unexpected(read.error());
    backtest::Recording recording;
    if (boots_.empty()) return recording;
    find_intervals();
    join_boots(recording);
    fill(recording);
    return recording;
  }

 private:
  Result<void> read_entries() {
    auto rows = database_.prepare("SELECT number, body FROM series ORDER BY number");
    if (!rows) return tl::unexpected(rows.error());
    std::map<std::pair<std::string, Labels>, std::size_t> known;
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
      auto entry = decode<series::SeriesEntry>(rows->text(1));
      if (!entry) return tl::unexpected(entry.error());
      if (entry->target.empty() || (!entry->own && !part_.takes(entry->labels))) continue;
      const auto number = static_cast<std::uint32_t>(rows->integer(0));
      const auto [at, fresh] =
          known.emplace(std::pair(entry->target, entry->labels), lines_.size());
      if (fresh) lines_.push_back({std::move(*entry), {}});
      place_of_.emplace(number, at->second);
    }
    if (!row) return tl::unexpected(row.error());
    return {};
  }

  Result<void> read_segments() {
    auto rows = database_.prepare(
        "SELECT boot, first_boot, wall_minus_boot, body, last_boot FROM segment"
        " WHERE last_boot + wall_minus_boot >= ? AND first_boot + wall_minus_boot <= ?"
        " ORDER BY number");
    if (!rows) return tl::unexpected(rows.error());
    rows->bind(1, std::int64_t{part_.from.time_since_epoch().count()})
        .bind(2, std::int64_t{part_.to.time_since_epoch().count()});
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
      const auto chunks = decode_chunks(rows->bytes(3));
      if (!chunks) return tl::unexpected(chunks.error());
      BootPart& boot = boot_of(rows->text(0), rows->integer(1));
      boot.calendar.push_back({rows->integer(1), rows->integer(2)});
      boot.last = std::max(boot.last, rows->integer(4));
      for (const series::NumberedChunk& next : *chunks) {
        const auto place = place_of_.find(next.number);
        if (place != place_of_.end()) boot.sequences[place->second].add(next.chunk);
      }
    }
    if (!row) return tl::unexpected(row.error());
    return {};
  }

  BootPart& boot_of(std::string_view id, Millis first) {
    if (boots_.empty() || boots_.back().id != id) {
      boots_.push_back({std::string(id), {}, {}, first, first});
    }
    return boots_.back();
  }

  [[nodiscard]] static bool is_own(const HistoryLine& line, std::string_view name) {
    return line.entry.own && line.entry.labels.get(kNameLabel) == name;
  }

  /// Each target's, as it kept it most of the time.
  void find_intervals() {
    for (BootPart& boot : boots_) {
      for (auto& [place, sequence] : boot.sequences) {
        if (!is_own(lines_[place], "up")) continue;
        Duration& every = every_[lines_[place].entry.target];
        const Duration found = backtest::usual_interval(sequence.chunks());
        if (found > Duration::zero()) every = found;
      }
    }
    for (const auto& [target, every] : every_) {
      if (every <= Duration::zero()) continue;
      const Duration both(std::lcm(grid_.count(), every.count()));
      if (both <= kLongestGrid) grid_ = both;
    }
  }

  /// One boot behind the other, as far apart as the calendar says, on the same grid.
  void join_boots(backtest::Recording& recording) {
    Millis shift = 0;
    std::optional<WallTime> ended;
    Millis end = 0;
    for (BootPart& boot : boots_) {
      const WallTime begins(Duration(boot.first + boot.calendar.front().ahead));
      if (ended) {
        const Millis away = std::max<Millis>((begins - *ended).count(), grid_.count());
        const Millis wanted = end + away - boot.first;
        const Millis grid = grid_.count();
        shift = wanted >= 0 ? (wanted + grid - 1) / grid * grid : wanted / grid * grid;
      }
      for (auto& [place, sequence] : boot.sequences) {
        for (series::Chunk& chunk : sequence.chunks()) {
          chunk.first += shift;
          chunk.last += shift;
          lines_[place].chunks.push_back(std::move(chunk));
        }
      }
      for (const backtest::Calendar& each : boot.calendar) {
        recording.calendar.push_back({each.from + shift, each.ahead - shift});
      }
      ended = WallTime(Duration(boot.last + boot.calendar.back().ahead));
      end = boot.last + shift;
    }
  }

  void fill(backtest::Recording& recording) {
    std::map<std::string, std::size_t> targets;
    for (const auto& [name, every] : every_) {
      if (every <= Duration::zero()) continue;  // one tick: it says when, but not how often
      backtest::RecordedTarget target;
      target.spec.name = name;
      target.spec.every = every;
      target.spec.timeout = std::min(every, target.spec.timeout);
      target.spec.honor_labels = true;
      target.up = merged(name, "up", &target.spec.labels);
      target.took = merged(name, "scrape_duration_seconds", nullptr);
      targets.emplace(name, recording.targets.size());
      recording.targets.push_back(std::move(target));
    }
    for (HistoryLine& line : lines_) {
      const auto target = targets.find(line.entry.target);
      if (line.entry.own || line.chunks.empty() || target == targets.end()) continue;
      recording.series.push_back(
          {target->second, std::move(line.entry.labels), std::move(line.chunks)});
    }
  }

  /// A series of tocsin's own, under whatever labels the target has had; `labels` are the last.
  [[nodiscard]] std::vector<series::Chunk> merged(const std::string& target, std::string_view name,
                                                  Labels* labels) const {
    std::map<Millis, double> samples;
    Millis newest = 0;
    for (const HistoryLine& line : lines_) {
      if (line.entry.target != target || !is_own(line, name)) continue;
      for (const series::Chunk& chunk : line.chunks) {
        series::ChunkReader reader(chunk);
        for (series::Sample sample; reader.next(sample);) {
          if (!series::is_stale(sample.value)) samples[sample.time] = sample.value;
        }
        if (labels == nullptr || chunk.last < newest) continue;
        newest = chunk.last;
        *labels = line.entry.labels;
        labels->remove(kNameLabel);
      }
    }
    backtest::ChunkWriter writer;
    for (const auto& [time, value] : samples) writer.add({time, value});
    return writer.take();
  }

  Database database_;
  const HistoryPart& part_;
  std::vector<HistoryLine> lines_;
  std::map<std::uint32_t, std::size_t> place_of_;  ///< a number's line
  std::vector<BootPart> boots_;
  std::map<std::string, Duration> every_;
  Duration grid_{1};
};

Result<Database> open_history(const std::string& path) {
  Result<Database> last = fail(ErrorCode::internal, "");
  for (const auto access : {Database::Access::read_only, Database::Access::read_frozen}) {
    last = Database::open(path, access);
    if (!last) continue;
    const auto version = last->number("PRAGMA user_version");
    if (!version) {
      last = tl::unexpected(version.error());
      continue;
    }
    if (*version <= kKnownSchema) return last;
    return fail(ErrorCode::invalid, fmt::format("{} was written by a newer tocsin", path));
  }
  return last;
}

}  // namespace

Result<backtest::Recording> read_history(const std::string& folder, const HistoryPart& part) {
  const std::string path = folder + "/history.db";
  if (access(path.c_str(), R_OK) != 0) {
    if (errno == EACCES) {
      return fail(ErrorCode::denied, fmt::format("{} may be read by the daemon's user and by root "
                                                 "only: try with sudo",
                                                 path));
    }
    return fail(ErrorCode::not_found,
                fmt::format("there is no {}: the daemon has kept no history yet, or [storage] "
                            "history is 0s, or its state folder is another one (--state)",
                            path));
  }
  auto database = open_history(path);
  if (!database) return tl::unexpected(database.error().within(path));
  auto recording = HistoryReader(std::move(*database), part).read();
  if (!recording) return tl::unexpected(recording.error().within(path));
  return recording;
}

}  // namespace tocsin::storage
