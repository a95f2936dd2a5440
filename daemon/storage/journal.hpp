// The database of one state folder: its schema, reading it at a start, writing to it. Every object
// is one row: identity, the step that wrote it, what queries need, and the record itself as text.
// Schema version 1 (PRAGMA user_version). Used on one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/backlog.hpp"
#include "storage/database.hpp"
#include "storage/files.hpp"
#include "storage/storage.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::storage {

class Journal {
 public:
  Journal(std::string folder, std::string boot_id)
      : folder_(std::move(folder)), boot_id_(std::move(boot_id)) {}

  /// See Storage::load.
  [[nodiscard]] Result<Loaded> load(WallTime now);
  /// Everything in one transaction; gives a warning, or nothing. Opens the database anew where an
  /// earlier attempt failed.
  [[nodiscard]] Result<std::string> write(const Backlog& backlog, WallTime now);
  /// In order; a line that cannot be read is left out. Fails, as `past` does, where the database
  /// does not answer.
  [[nodiscard]] Result<std::vector<TimelineEntry>> timeline(IncidentId incident);
  /// Some of the stories that Storage::past gives: those after the incident `last`, which becomes
  /// the last that was looked at; none when there are no more.
  [[nodiscard]] Result<std::vector<PastStory>> past(WallTime since, IncidentId& last, bool& more);
  /// Drops what is over for longer than the retention.
  [[nodiscard]] Result<void> prune(WallTime now);

 private:
  [[nodiscard]] std::string path() const { return folder_ + "/tocsin.db"; }
  [[nodiscard]] Result<void> open_for_writing();
  [[nodiscard]] Result<Loaded> load_without_writing(WallTime now, const Error& cause);
  [[nodiscard]] Result<Loaded> load_corrupt(WallTime now, const Error& cause);
  void finish(Loaded& loaded) const;
  [[nodiscard]] Result<Statement> question(std::string_view sql);

  std::string folder_;
  std::string boot_id_;
  std::optional<FolderLock> lock_;
  std::optional<Database> database_;
  bool writable_ = false;
  /// What the file holds was never read: the engine knows nothing of it, and its numbers may be
  /// used again. Such a file is set aside before the first write.
  bool unread_ = false;
};

/// What the engine needs of an open database, into `loaded`. Records that cannot be read go to the
/// warnings and, with `may_write`, into the table `unreadable`. With `tolerant`, a table that
/// breaks off gives what it gave until then.
[[nodiscard]] Result<void> read_records(Database& database, WallTime now, bool may_write,
                                        bool tolerant, Loaded& loaded);

/// Writes all of it in the transaction that is open.
[[nodiscard]] Result<void> write_records(Database& database, const Backlog& backlog);

}  // namespace tocsin::storage
