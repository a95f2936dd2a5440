// One series in memory: its labels, where it comes from, and its samples in chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tocsin/model/labels.hpp"
#include "tocsin/series/chunk.hpp"
#include "tocsin/series/feeds.hpp"
#include "tocsin/series/sample.hpp"

namespace tocsin::series {

/// What the series of one target have in common. Outlives them.
struct Origin {
  TargetId target;
  Millis lookback = 0;
};

class Series {
 public:
  Series(Labels labels, const Origin& origin, bool own)
      : labels_(std::move(labels)), origin_(&origin), own_(own) {}

  [[nodiscard]] const Labels& labels() const { return labels_; }
  [[nodiscard]] Feed feed() const { return {origin_->target, own_}; }
  /// How far back a selector looks for a sample.
  [[nodiscard]] Millis lookback() const { return origin_->lookback; }

  /// The newest sample at or before `at`; it may be a staleness marker.
  [[nodiscard]] std::optional<Sample> latest(Millis at) const;
  /// Appends the samples in (after, until] to `out`, staleness markers left out.
  void range(Millis after, Millis until, std::vector<Sample>& out) const;

  /// False where `sample` is not newer than the last. Chunks that end before `keep_from` go when
  /// a new one begins.
  bool append(Sample sample, Millis keep_from);
  [[nodiscard]] bool empty() const { return chunks_.empty(); }
  /// Of the last sample; only where there is one.
  [[nodiscard]] Sample last() const { return last_; }
  [[nodiscard]] bool ended() const { return chunks_.empty() || is_stale(last_.value); }
  [[nodiscard]] std::size_t memory_bytes() const;

  // For the store alone.
  [[nodiscard]] bool own() const { return own_; }
  void make_own() { own_ = true; }
  [[nodiscard]] TargetId target() const { return origin_->target; }
  std::uint64_t seen_in = 0;  ///< the number of the last body that had it
  bool abandoned = false;     ///< its target is now labelled otherwise; ends at the next tick
  bool doomed = false;        ///< is being forgotten

 private:
  Labels labels_;
  const Origin* origin_;
  std::vector<Chunk> chunks_;  ///< the last one is being written
  ChunkAppender appender_;
  Sample last_;
  bool own_;
};

}  // namespace tocsin::series
