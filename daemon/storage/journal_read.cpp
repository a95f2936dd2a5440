// Rows into records, at a start.
#include <fmt/format.h>

#include <algorithm>

#include "storage/codec.hpp"
#include "storage/journal.hpp"

namespace tocsin::storage {

namespace {

/// Deliveries of incidents that closed within this time matter where one of them opens again.
constexpr Duration kMayReopen = std::chrono::hours(1);
constexpr Duration kRecently = std::chrono::hours(24);

struct UnreadableRow {
  std::string table;
  std::string identity;
  std::string body;
  std::string reason;
};

class RecordReader {
 public:
  RecordReader(Database& database, WallTime now, bool tolerant, Loaded& loaded)
      : database_(database), now_(now), tolerant_(tolerant), loaded_(loaded) {}

  Result<void> read_all() {
    Records& records = loaded_.records;
    std::vector<EngineState> states;
    // Each query gives identity and body.
    if (auto done = read("engine", "SELECT id, body FROM engine", 0, states); !done) return done;
    if (auto done = read("alert", "SELECT identity, body FROM alert", 0, records.alerts); !done) {
      return done;
    }
    if (auto done = read("incident",
                         "SELECT id, body FROM incident WHERE forgotten = 0 AND"
                         " (closed_wall IS NULL OR closed_wall >= ?)",
                         before(kRecently), records.incidents);
        !done) {
      return done;
    }
    if (auto done = read("delivery",
                         "SELECT id, body FROM delivery WHERE final = 0 OR incident IN (SELECT id"
                         " FROM incident WHERE closed_wall IS NULL OR closed_wall >= ?)",
                         before(kMayReopen), records.deliveries);
        !done) {
      return done;
    }
    // The engine decides to the moment which of them are over; the calendar may have jumped.
    if (auto done = read("silence", "SELECT id, body FROM silence WHERE ends_wall >= ?",
                         before(kRecently), records.silences);
        !done) {
      return done;
    }
    std::erase_if(records.silences, [](const Silence& silence) { return silence.ended_early; });
    if (auto done = read("retired_receiver", "SELECT identity, body FROM retired_receiver", 0,
                         records.retired_receivers);
        !done) {
      return done;
    }
    const auto learned =
        database_.number("SELECT count(*) FROM sqlite_master WHERE name = 'baseline'");
    if (learned && *learned > 0) {
      if (auto done = read("baseline", "SELECT identity, body FROM baseline", 0, records.baselines);
          !done) {
        return done;
      }
    }
    if (!states.empty()) records.engine = states.front();
    return raise_counters();
  }

  [[nodiscard]] Result<void> set_unreadable_aside() {
    if (unreadable_.empty()) return {};
    if (auto begun = database_.execute("BEGIN IMMEDIATE"); !begun) return begun;
    for (const UnreadableRow& row : unreadable_) {
      auto keep = database_.prepare("INSERT INTO unreadable VALUES (?, ?, ?, ?, ?)");
      const std::string key =
          row.table == "alert" || row.table == "retired_receiver" || row.table == "baseline"
              ? "identity"
              : "id";
      auto drop = database_.prepare(fmt::format("DELETE FROM {} WHERE {} = ?", row.table, key));
      if (!keep) return tl::unexpected(keep.error());
      if (!drop) return tl::unexpected(drop.error());
      keep->bind(1, now_.time_since_epoch().count())
          .bind(2, std::string_view(row.table))
          .bind(3, std::string_view(row.identity))
          .bind(4, std::string_view(row.body))
          .bind(5, std::string_view(row.reason));
      if (auto done = keep->run(); !done) return done;
      if (auto done = drop->bind(1, std::string_view(row.identity)).run(); !done) return done;
    }
    return database_.execute("COMMIT");
  }

 private:
  [[nodiscard]] std::int64_t before(Duration age) const {
    return (now_ - age).time_since_epoch().count();
  }

  template <class T>
  Result<void> read(const char* table, const char* sql, std::int64_t parameter,
                    std::vector<T>& into) {
    auto rows = database_.prepare(sql);
    if (!rows) return broken(table, rows.error());
    if (std::string_view(sql).find('?') != std::string_view::npos) rows->bind(1, parameter);
    for (;;) {
      const auto row = rows->step();
      if (!row) return broken(table, row.error());
      if (!*row) return {};
      if (auto record = decode<T>(rows->text(1))) {
        into.push_back(std::move(*record));
      } else {
        unreadable_.push_back(
            {table, std::string(rows->text(0)), std::string(rows->text(1)), record.error().text});
        loaded_.warnings.push_back(fmt::format("{} {} cannot be read ({}); it is set aside", table,
                                               rows->text(0), record.error().text));
      }
    }
  }

  Result<void> broken(const char* table, const Error& error) {
    if (!tolerant_) return tl::unexpected(error);
    loaded_.warnings.push_back(fmt::format("the table {} breaks off: {}", table, error.text));
    return {};
  }

  /// No number that is in use may be given again, even where the counters themselves are lost.
  Result<void> raise_counters() {
    EngineState& state = loaded_.records.engine;
    for (const std::string_view table : {"incident", "delivery", "silence"}) {
      const auto most = database_.number(fmt::format("SELECT max(id) FROM {}", table));
      std::uint64_t& next = table == "delivery" ? state.next_delivery : state.next_id;
      if (most) next = std::max(next, static_cast<std::uint64_t>(*most) + 1);
      if (!most && !tolerant_) return tl::unexpected(most.error());
    }
    for (const std::string_view table :
         {"engine", "alert", "incident", "delivery", "silence", "retired_receiver"}) {
      const auto most = database_.number(fmt::format("SELECT max(step) FROM {}", table));
      if (most) state.step = std::max(state.step, StepNumber(static_cast<std::uint64_t>(*most)));
      if (!most && !tolerant_) return tl::unexpected(most.error());
    }
    const auto used = [&state](std::uint64_t ring) {
      state.next_ring = std::max(state.next_ring, ring + 1);
    };
    for (const Incident& incident : loaded_.records.incidents) {
      for (const Ring& ring : incident.rings) used(ring.number);
    }
    for (const Delivery& delivery : loaded_.records.deliveries) used(delivery.ring);
    return {};
  }

  Database& database_;
  WallTime now_;
  bool tolerant_;
  Loaded& loaded_;
  std::vector<UnreadableRow> unreadable_;
};

}  // namespace

Result<void> read_records(Database& database, WallTime now, bool may_write, bool tolerant,
                          Loaded& loaded) {
  RecordReader reader(database, now, tolerant, loaded);
  if (auto read = reader.read_all(); !read) return read;
  if (!may_write) return {};
  if (auto kept = reader.set_unreadable_aside(); !kept) {
    database.roll_back();
    loaded.warnings.push_back("records that cannot be read stay where they are: " +
                              kept.error().text);
  }
  return {};
}

}  // namespace tocsin::storage
