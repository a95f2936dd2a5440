// The series store: the samples that rules reach back to, in memory, within bounds.
// One target's scrape goes in at once, at its tick's nominal time; series are recognised by their
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/model/scrape.hpp"
#include "tocsin/series/feeds.hpp"

namespace tocsin::series {

struct StoreLimits {
  std::size_t series = 200'000;            ///< in all; new ones beyond are refused and counted
  std::size_t series_per_scrape = 50'000;  ///< a scrape with more is refused whole
  std::size_t labels_per_series = 64;
  std::size_t label_value_bytes = 4096;
};

/// How a target's series are named and how far a selector looks back for them.
struct TargetSeries {
  Labels labels;  ///< added to each series: job, instance, …
  bool honor_labels =
      false;  ///< on a clash the body's own label wins; otherwise it becomes exported_NAME
  Duration lookback = std::chrono::minutes(5);
};

/// What an ingest did. With an error nothing of the body was taken.
struct Ingested {
  std::size_t samples = 0;
  std::size_t added = 0;               ///< series seen for the first time
  std::size_t refused = 0;             ///< series over a limit of the store
  std::size_t out_of_order = 0;        ///< samples not newer than what the series has
  std::vector<std::string> new_names;  ///< metric names among the added series, each once
  std::optional<Error> error;          ///< invalid (with line and column) or exhausted
};

/// One element of what a record's expression gave.
struct RecordedElement {
  Labels labels;  ///< the record's name among them; no two elements have the same
  double value = 0;
  FeedSet feeds = kNoFeeds;  ///< the targets that made it
};

/// What taking in a record's result did.
struct Recorded {
  std::size_t series = 0;   ///< that have a value now
  std::size_t added = 0;    ///< series seen for the first time
  std::size_t refused = 0;  ///< series over a limit of the store, or not the record's own
};

struct Segment;
struct RememberedSeries;

class Store {
 public:
  explicit Store(StoreLimits limits = {});
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// Adds the target or changes how its series are treated from now on.
  void set_target(TargetId target, TargetSeries how);
  /// Forgets the target and all its series.
  void remove_target(TargetId target);
  /// Samples older than this before the newest tick may be forgotten.
  void keep_for(Duration span);

  /// One scrape's answer. Series of this target that the last answer had and this one has not
  /// become stale at `tick`. A body that breaks the format, or is over a limit, is refused whole.
  Ingested ingest(TargetId target, BootTime tick, std::string_view body, ExpositionFormat format);
  /// One of tocsin's own series about the target (`up`, …): with its labels, never made stale by a
  /// failed scrape. True where the series is new.
  bool append_own(TargetId target, BootTime tick, std::string_view name, double value);
  /// One sample of a series named in full, for what has no body: tests and replayed history. False
  /// where it is not newer than what the series has, or there is no room for a new series.
  bool append(TargetId target, BootTime at, const Labels& labels, double value);
  /// Whether a record's series is to have its value of this tick already. `now`: the targets that
  /// made the value, none where there is no value; `before`: those of the value before, none where
  /// there was none. Gives the targets that the series is made of from here on, or nothing where
  /// the tick is not over for them.
  using Settle = std::function<std::optional<FeedSet>(FeedSet now, FeedSet before)>;
  /// What a record gives at a tick: values that are settled are appended, series that are settled
  /// without one end. The same tick may come again, with more that is settled.
  Recorded record(std::string_view name, BootTime tick, std::vector<RecordedElement> result,
                  const Settle& settle);
  /// How far a selector looks back for the record's series.
  void set_record(std::string_view name, Duration lookback);
  /// Forgets the record and all its series.
  void remove_record(std::string_view name);

  /// The scrape failed: all series of its last answer become stale at `tick`.
  void mark_stale(TargetId target, BootTime tick);

  // ── history: see series/history.hpp ──
  /// What came in since the last call.
  [[nodiscard]] Segment take_history(const std::function<std::string(TargetId)>& name_of);
  /// A series of an earlier life, of a target or, without one, of a record. It ends at its target's
  /// next tick unless it is given again. False where there is no room or no such record.
  bool remember(TargetId target, RememberedSeries known);
  /// Numbers below are taken.
  void number_from(std::uint32_t next);
  [[nodiscard]] Duration kept_for() const;

  [[nodiscard]] std::size_t series_count() const;
  [[nodiscard]] std::size_t memory_bytes() const;

  // For the evaluator and the API: see series/selection.hpp.
  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::series
