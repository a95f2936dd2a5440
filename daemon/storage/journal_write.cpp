// Records into rows. An older step never overwrites a newer one, and writing a step twice changes
// nothing.
#include <map>

#include "storage/codec.hpp"
#include "storage/journal.hpp"

namespace tocsin::storage {

namespace {

std::int64_t number(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::int64_t wall_of(const Stamp& stamp) {
  return stamp.wall.time_since_epoch().count();
}

class RowWriter {
 public:
  explicit RowWriter(Database& database) : database_(database) {}

  Result<void> write(const PendingRecord& pending) {
    step_ = number(pending.step.value);
    return std::visit([this](const auto& record) { return row(record); }, pending.record);
  }

 private:
  Result<void> row(const EngineState& state) {
    return run(
        "INSERT INTO engine(id, step, body) VALUES (1, ?, ?) ON CONFLICT(id) DO UPDATE SET"
        " step = excluded.step, body = excluded.body WHERE excluded.step >= engine.step",
        step_, encode(state));
  }
  Result<void> row(const Alert& alert) {
    return run(
        "INSERT INTO alert(identity, step, body) VALUES (?, ?, ?) ON CONFLICT(identity) DO UPDATE"
        " SET step = excluded.step, body = excluded.body WHERE excluded.step >= alert.step",
        encode(alert.key), step_, encode(alert));
  }
  Result<void> row(const Incident& incident) {
    std::optional<std::int64_t> closed;
    if (incident.closed) closed = wall_of(*incident.closed);
    return run(
        "INSERT INTO incident(id, step, closed_wall, body) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(id) DO UPDATE SET step = excluded.step, closed_wall = excluded.closed_wall,"
        " forgotten = 0, body = excluded.body WHERE excluded.step >= incident.step",
        number(incident.id.value), step_, closed, encode(incident));
  }
  Result<void> row(const TimelineEntry& entry) {
    return run(
        "INSERT OR REPLACE INTO timeline(incident, number, at_wall, body) VALUES (?, ?, ?, ?)",
        number(entry.incident.value), number(entry.number), wall_of(entry.at), encode(entry));
  }
  Result<void> row(const Delivery& delivery) {
    return run(
        "INSERT INTO delivery(id, step, incident, final, created_wall, body)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET step = excluded.step,"
        " incident = excluded.incident, final = excluded.final,"
        " created_wall = excluded.created_wall, body = excluded.body"
        " WHERE excluded.step >= delivery.step",
        number(delivery.id.value), step_, number(delivery.incident.value),
        std::int64_t{is_final(delivery.state) ? 1 : 0}, wall_of(delivery.created),
        encode(delivery));
  }
  Result<void> row(const Silence& silence) {
    const WallTime ends = silence.ended_early ? silence.created.wall : ends_at(silence);
    return run(
        "INSERT INTO silence(id, step, ends_wall, body) VALUES (?, ?, ?, ?) ON CONFLICT(id) DO"
        " UPDATE SET step = excluded.step, ends_wall = excluded.ends_wall, body = excluded.body"
        " WHERE excluded.step >= silence.step",
        number(silence.id.value), step_, ends.time_since_epoch().count(), encode(silence));
  }
  Result<void> row(const RetiredReceiver& receiver) {
    return run(
        "INSERT INTO retired_receiver(identity, step, body) VALUES (?, ?, ?)"
        " ON CONFLICT(identity) DO UPDATE SET step = excluded.step, body = excluded.body"
        " WHERE excluded.step >= retired_receiver.step",
        receiver.name, step_, encode(receiver));
  }
  Result<void> row(const LearnedBaseline& learned) {
    return run(
        "INSERT INTO baseline(identity, step, body) VALUES (?, ?, ?)"
        " ON CONFLICT(identity) DO UPDATE SET step = excluded.step, body = excluded.body"
        " WHERE excluded.step >= baseline.step",
        learned.rule, step_, encode(learned));
  }
  Result<void> row(const Erased& erased) {
    switch (erased.kind) {
      case Erased::Kind::alert:
        return run("DELETE FROM alert WHERE identity = ? AND step <= ?", encode(erased.alert),
                   step_);
      case Erased::Kind::incident:
        // The engine needs it no more; people may still ask for it until the retention is over.
        return run("UPDATE incident SET forgotten = 1 WHERE id = ? AND step <= ?",
                   number(erased.number), step_);
      case Erased::Kind::delivery:
        return run("DELETE FROM delivery WHERE id = ? AND step <= ?", number(erased.number), step_);
      case Erased::Kind::silence:
        return run("DELETE FROM silence WHERE id = ? AND step <= ?", number(erased.number), step_);
      case Erased::Kind::retired_receiver:
        return run("DELETE FROM retired_receiver WHERE identity = ? AND step <= ?", erased.name,
                   step_);
      case Erased::Kind::baseline:
        return run("DELETE FROM baseline WHERE identity = ? AND step <= ?", erased.name, step_);
    }
    return {};
  }

  template <class... Values>
  Result<void> run(const char* sql, const Values&... values) {
    auto at = prepared_.find(sql);
    if (at == prepared_.end()) {
      auto statement = database_.prepare(sql);
      if (!statement) return tl::unexpected(statement.error());
      at = prepared_.emplace(sql, std::move(*statement)).first;
    }
    int parameter = 0;
    (bind(at->second, ++parameter, values), ...);
    return at->second.run();
  }
  static void bind(Statement& statement, int parameter, std::int64_t value) {
    statement.bind(parameter, value);
  }
  static void bind(Statement& statement, int parameter, const std::string& value) {
    statement.bind(parameter, std::string_view(value));
  }
  static void bind(Statement& statement, int parameter, std::optional<std::int64_t> value) {
    value ? statement.bind(parameter, *value) : statement.bind_null(parameter);
  }

  Database& database_;
  std::int64_t step_ = 0;
  std::map<std::string_view, Statement> prepared_;
};

}  // namespace

Result<void> write_records(Database& database, const Backlog& backlog) {
  RowWriter writer(database);
  for (const auto& [identity, pending] : backlog.objects()) {
    if (auto done = writer.write(pending); !done) return done;
  }
  for (const PendingRecord& line : backlog.lines()) {
    if (auto done = writer.write(line); !done) return done;
  }
  return {};
}

}  // namespace tocsin::storage
