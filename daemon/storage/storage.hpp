// The durable state: steps in, records out. SQLite lives on a thread of its own, because an fsync
// on a saturated disk takes as long as it likes. Steps are written in order, each as one
// transaction; what could not be written is kept in memory within a bound and written later.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/model/incident.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::storage {

struct Options {
  std::string folder;      ///< state folder; made where it is missing
  std::string run_folder;  ///< survives a crash but not a reboot (tmpfs); holds the mark that
                           ///< storage was degraded
  std::string boot_id;     ///< the kernel's name for this boot
  std::size_t backlog_bytes = 64U << 20U;  ///< of records that could not be written yet
};

struct Loaded {
  Records records;
  std::vector<std::string> warnings;  ///< a database set aside, records that could not be read
};

/// What happened to one incident, in order.
struct Story {
  std::vector<TimelineEntry> lines;
  std::string lacking;  ///< why lines that are written are not among them; "" where they are
};

/// An incident that may long be closed, with whom it rang and when it was acknowledged.
struct PastStory {
  Incident incident;
  std::vector<TimelineEntry> lines;  ///< those that rang somebody, and acknowledgements
};

struct Past {
  std::vector<PastStory> stories;
  bool cut = false;        ///< there are more than `kMostStories`: the newest are missing
  bool unwritten = false;  ///< storage fails: what happened since is not among them
};

class Storage {
 public:
  /// `post` hands a function to the loop; it may be called from the storage thread.
  Storage(Options options, std::function<void(std::function<void()>)> post);
  /// Writes what is queued, for two seconds at most.
  ~Storage();

  /// Reads everything; called once, before the first write. Fails only where going on would destroy
  /// something (a newer schema); a corrupt database is set aside and named in the warnings.
  [[nodiscard]] Result<Loaded> load();

  /// Queues a step. `done(ok, text)` is posted to the loop once it is durable (a text, where there
  /// is one, is a warning) or could not be written (the text says why); a step that failed is
  /// reported again, as written, when it is.
  void commit(StepNumber step, std::vector<Record> records,
              std::function<void(bool, std::string)> done);

  /// Asked on the storage thread, answered on the loop.
  void timeline(IncidentId incident, std::function<void(Story)> done);
  /// Those that opened from `since` on, by number, as far as they are written; the first
  /// `kMostStories` of them. Steps are written in between. ErrorCode::unavailable where the
  /// database does not answer, exhausted where `kMostQueries` questions wait.
  void past(WallTime since, std::function<void(Result<Past>)> done);
  static constexpr std::size_t kMostStories = 10'000;
  static constexpr std::size_t kMostQueries = 64;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with the threads: one may be stuck in the kernel
};

}  // namespace tocsin::storage
