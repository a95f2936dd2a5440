#include "storage/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "storage/codec.hpp"

namespace tocsin::storage {

namespace {

constexpr std::int64_t kSchemaVersion = 1;
constexpr Duration kRetention = std::chrono::days(90);

constexpr const char* kSchema = R"sql(
CREATE TABLE engine(
  id INTEGER PRIMARY KEY CHECK (id = 1), step INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE alert(
  identity TEXT PRIMARY KEY, step INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE incident(
  id INTEGER PRIMARY KEY, step INTEGER NOT NULL, closed_wall INTEGER,
  forgotten INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL);
CREATE INDEX incident_closed ON incident(closed_wall);
CREATE TABLE timeline(
  incident INTEGER NOT NULL, number INTEGER NOT NULL, at_wall INTEGER NOT NULL,
  body TEXT NOT NULL, PRIMARY KEY (incident, number)) WITHOUT ROWID;
CREATE TABLE delivery(
  id INTEGER PRIMARY KEY, step INTEGER NOT NULL, incident INTEGER NOT NULL,
  final INTEGER NOT NULL, created_wall INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX delivery_incident ON delivery(incident);
CREATE INDEX delivery_waiting ON delivery(id) WHERE final = 0;
CREATE TABLE silence(
  id INTEGER PRIMARY KEY, step INTEGER NOT NULL, ends_wall INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE retired_receiver(
  identity TEXT PRIMARY KEY, step INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE baseline(
  identity TEXT PRIMARY KEY, step INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE unreadable(
  found_wall INTEGER NOT NULL, kind TEXT NOT NULL, identity TEXT NOT NULL, body TEXT NOT NULL,
  reason TEXT NOT NULL);
)sql";

Result<void> create_schema(Database& database) {
  const auto made = [&]() -> Result<void> {
    for (const std::string& sql :
         {std::string("BEGIN IMMEDIATE"), std::string(kSchema),
          fmt::format("PRAGMA user_version = {}", kSchemaVersion), std::string("COMMIT")}) {
      if (auto done = database.execute(sql.c_str()); !done) return done;
    }
    return {};
  }();
  if (!made) database.roll_back();
  return made;
}

/// ErrorCode::invalid where the schema is of a later version.
Result<void> check_schema(Database& database, const std::string& path, bool may_create) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version > kSchemaVersion) {
    return fail(
        ErrorCode::invalid,
        fmt::format("{} was written by a newer tocsin (its schema is {}, this one knows {}): "
                    "run that version again, or move the file away to begin anew",
                    path, *version, kSchemaVersion));
  }
  if (*version == 0 && may_create) return create_schema(database);
  // Versions before 0.1 of this schema had no baselines: an empty table is all that they lack.
  if (may_create) {
    return database.execute(
        "CREATE TABLE IF NOT EXISTS baseline(identity TEXT PRIMARY KEY, step INTEGER NOT NULL,"
        " body TEXT NOT NULL)");
  }
  return {};
}

Result<void> check_integrity(Database& database) {
  auto check = database.prepare("PRAGMA quick_check(1)");
  if (!check) return tl::unexpected(check.error());
  const auto row = check->step();
  if (!row) return tl::unexpected(row.error());
  if (check->text(0) != "ok") return fail(ErrorCode::corrupt, std::string(check->text(0)));
  return {};
}

/// Whom a line rang of which an earlier version kept the text alone: "level 2 again: on-call,
/// chat".
std::vector<std::string> told_in_text(const TimelineEntry& line) {
  std::vector<std::string> names;
  if (line.kind != TimelineKind::level_told && line.kind != TimelineKind::repeated) return names;
  std::string_view text = line.text;
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return names;
  text.remove_prefix(colon + 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(", "), text.size());
    const std::string_view name = text.substr(0, end);
    if (name != "nobody new") names.emplace_back(name);
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return names;
}

constexpr const char* kWritingMode = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 16777216;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
)sql";

}  // namespace

Result<void> Journal::open_for_writing() {
  database_.reset();
  writable_ = false;
  if (auto made = make_private_folder(folder_); !made) return made;
  if (!lock_) {
    auto lock = FolderLock::take(folder_);
    if (!lock) return tl::unexpected(lock.error());
    lock_ = std::move(*lock);
  }
  auto opened = Database::open(path(), Database::Access::read_write);
  if (!opened) return tl::unexpected(opened.error());
  if (auto checked = check_schema(*opened, path(), false); !checked) return checked;
  if (auto mode = opened->execute(kWritingMode); !mode) return mode;
  if (auto checked = check_schema(*opened, path(), true); !checked) return checked;
  database_ = std::move(*opened);
  writable_ = true;
  return {};
}

Result<Loaded> Journal::load(WallTime now) {
  auto ready = open_for_writing();
  if (ready) ready = check_integrity(*database_);
  if (!ready && ready.error().code == ErrorCode::corrupt) return load_corrupt(now, ready.error());
  if (!ready &&
      (ready.error().code == ErrorCode::invalid || ready.error().code == ErrorCode::denied))
    return tl::unexpected(ready.error());
  if (!ready) return load_without_writing(now, ready.error());
  Loaded loaded;
  auto read = read_records(*database_, now, true, false, loaded);
  if (!read && read.error().code == ErrorCode::corrupt) return load_corrupt(now, read.error());
  if (!read) return load_without_writing(now, read.error());
  if (auto pruned = prune(now); !pruned) {
    loaded.warnings.push_back("old history could not be dropped: " + pruned.error().text);
  }
  finish(loaded);
  return loaded;
}

Result<Loaded> Journal::load_without_writing(WallTime now, const Error& cause) {
  database_.reset();
  writable_ = false;
  Loaded loaded;
  loaded.warnings.push_back(
      fmt::format("{} cannot be written now: {}; what happens is kept in memory until it can",
                  path(), cause.text));
  for (const auto access : {Database::Access::read_only, Database::Access::read_frozen}) {
    auto database = Database::open(path(), access);
    if (!database) continue;
    auto checked = check_schema(*database, path(), false);
    if (!checked && checked.error().code == ErrorCode::invalid) {
      return tl::unexpected(checked.error());
    }
    Loaded attempt;
    if (!checked || !read_records(*database, now, false, false, attempt)) continue;
    loaded.records = std::move(attempt.records);
    std::move(attempt.warnings.begin(), attempt.warnings.end(),
              std::back_inserter(loaded.warnings));
    loaded.records.may_lack_tail = access == Database::Access::read_frozen;
    finish(loaded);
    return loaded;
  }
  std::error_code error;
  unread_ = true;
  if (std::filesystem::exists(path(), error)) {
    loaded.warnings.push_back(
        fmt::format("{} cannot be read either: what it knows is forgotten", path()));
  }
  loaded.records.may_lack_tail = true;
  return loaded;
}

Result<Loaded> Journal::load_corrupt(WallTime now, const Error& cause) {
  Loaded loaded;
  if (!database_) {
    if (auto opened = Database::open(path(), Database::Access::read_only)) {
      database_ = std::move(*opened);
    }
  }
  if (database_) {
    // Whatever can still be read is better than nothing; it is written into the new file below.
    if (auto read = read_records(*database_, now, false, true, loaded); !read) loaded = Loaded{};
  }
  database_.reset();
  writable_ = false;
  const auto aside = set_aside(path(), "corrupt", now);
  if (!aside) return load_without_writing(now, aside.error());
  loaded.warnings.insert(
      loaded.warnings.begin(),
      fmt::format("{} is corrupt ({}); it was set aside as {}", path(), cause.text, *aside));
  finish(loaded);
  loaded.records.may_lack_tail = true;

  Backlog salvaged(SIZE_MAX);
  std::vector<Record> records;
  const auto copy = [&records](const auto& all) {
    records.insert(records.end(), all.begin(), all.end());
  };
  copy(loaded.records.alerts);
  copy(loaded.records.incidents);
  copy(loaded.records.deliveries);
  copy(loaded.records.silences);
  copy(loaded.records.retired_receivers);
  if (records.empty()) {
    loaded.warnings.resize(1);  // that each table breaks off says nothing more
  } else {
    loaded.warnings.push_back(fmt::format("{} records of it could be read", records.size()));
  }
  EngineState state = loaded.records.engine;
  records.emplace_back(state);
  salvaged.add(state.step, std::move(records));
  if (auto written = write(salvaged, now); !written) {
    loaded.warnings.push_back("a new database cannot be written now: " + written.error().text);
  }
  return loaded;
}

void Journal::finish(Loaded& loaded) const {
  // Another boot: the mark in the run folder is gone with the old one, whatever it said.
  if (loaded.records.engine.boot_id != boot_id_) loaded.records.may_lack_tail = true;
}

Result<std::string> Journal::write(const Backlog& backlog, WallTime now) {
  std::string warning;
  if (!writable_) {
    std::error_code error;
    if (unread_ && std::filesystem::exists(path(), error)) {
      const auto aside = set_aside(path(), "unread", now);
      if (!aside) return tl::unexpected(aside.error());
      warning = fmt::format(
          "{} could not be read at the start; it was set aside as {}, and a new one begins", path(),
          *aside);
    }
    if (auto opened = open_for_writing(); !opened) return tl::unexpected(opened.error());
    unread_ = false;
  }
  const auto written = [&]() -> Result<void> {
    if (auto begun = database_->execute("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto done = write_records(*database_, backlog); !done) return done;
    return database_->execute("COMMIT");
  }();
  if (!written) {
    database_->roll_back();
    // The next attempt opens it anew: the file system may have come back as another one.
    if (written.error().code != ErrorCode::exhausted) writable_ = false;
    return tl::unexpected(written.error());
  }
  return warning;
}

Result<Statement> Journal::question(std::string_view sql) {
  if (!database_)
    return fail(ErrorCode::unavailable,
                path() + " cannot be read now; `tocsin status` says what ails storage");
  return database_->prepare(sql);
}

Result<std::vector<TimelineEntry>> Journal::timeline(IncidentId incident) {
  auto rows = question("SELECT body FROM timeline WHERE incident = ? ORDER BY number");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, static_cast<std::int64_t>(incident.value));
  std::vector<TimelineEntry> story;
  for (;;) {
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) return story;
    auto entry = decode<TimelineEntry>(rows->text(0));
    if (!entry) continue;
    if (entry->told.empty()) entry->told = told_in_text(*entry);
    story.push_back(std::move(*entry));
  }
}

Result<std::vector<PastStory>> Journal::past(WallTime since, IncidentId& last, bool& more) {
  constexpr std::int64_t kAtOnce = 50;
  std::vector<PastStory> found;
  more = false;
  auto rows = question(
      "SELECT id, body FROM incident WHERE id > ? AND (closed_wall IS NULL OR closed_wall >= ?)"
      " ORDER BY id LIMIT ?");
  if (!rows) return tl::unexpected(rows.error());
  rows->bind(1, static_cast<std::int64_t>(last.value))
      .bind(2, since.time_since_epoch().count())
      .bind(3, kAtOnce);
  for (;;) {
    const auto row = rows->step();
    if (!row) return tl::unexpected(row.error());
    if (!*row) break;
    more = true;
    last = IncidentId(static_cast<std::uint64_t>(rows->integer(0)));
    auto incident = decode<Incident>(rows->text(1));
    if (incident && incident->opened.wall >= since) found.push_back({std::move(*incident), {}});
  }
  for (PastStory& story : found) {
    auto lines = timeline(story.incident.id);
    if (!lines) return tl::unexpected(lines.error());
    story.lines = std::move(*lines);
    std::erase_if(story.lines, [](const TimelineEntry& line) {
      return line.told.empty() && line.kind != TimelineKind::acknowledged;
    });
  }
  return found;
}

Result<void> Journal::prune(WallTime now) {
  if (!writable_) return {};
  // A calendar that has jumped ahead must not cost the history: no further than a day beyond the
  // last line that was written.
  const auto newest = database_->number("SELECT max(at_wall) FROM timeline");
  if (!newest) return tl::unexpected(newest.error());
  const WallTime last(Duration(*newest) + std::chrono::days(1));
  const std::int64_t before = (std::min(now, last) - kRetention).time_since_epoch().count();
  for (const std::string_view sql :
       {"DELETE FROM timeline WHERE at_wall < ?1 AND incident NOT IN"
        " (SELECT id FROM incident WHERE closed_wall IS NULL OR closed_wall >= ?1)",
        "DELETE FROM incident WHERE closed_wall < ?1",
        "DELETE FROM delivery WHERE final = 1 AND created_wall < ?1",
        "DELETE FROM silence WHERE ends_wall < ?1",
        "DELETE FROM unreadable WHERE found_wall < ?1"}) {
    auto statement = database_->prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    if (auto done = statement->bind(1, before).run(); !done) return done;
  }
  return {};
}

}  // namespace tocsin::storage
