// One series in memory: its labels, where it comes from, and its samples in chunks.
#pragma once

#include <array>
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

/// What the series of one target, or of one record, have in common. Outlives them.
struct Origin {
  TargetId target;  ///< none of a record
  Millis lookback = 0;
};

class Series {
 public:
  Series(Labels labels, const Origin& origin, bool own)
      : own_(own), labels_(std::move(labels)), origin_(&origin) {}

  [[nodiscard]] const Labels& labels() const { return labels_; }
  /// Of a target's series; a record's has `made_of`.
  [[nodiscard]] Feed feed() const { return {origin_->target, own_}; }
  [[nodiscard]] bool comes_from(const Origin& origin) const { return origin_ == &origin; }
  [[nodiscard]] bool recorded() const { return origin_->target == TargetId{}; }
  /// How far back a selector looks for a sample.
  [[nodiscard]] Millis lookback() const { return origin_->lookback; }

  /// The newest sample at or before `at`; it may be a staleness marker.
  [[nodiscard]] std::optional<Sample> latest(Millis at) const;
  /// Appends the samples in (after, until] to `out`, staleness markers left out.
  void range(Millis after, Millis until, std::vector<Sample>& out) const;

  /// False where `sample` is not newer than the last. Chunks that end before `keep_from` go when
  /// a new one begins.
  bool append(Sample sample, Millis keep_from);
  [[nodiscard]] bool empty() const { return chunks_.empty() && unpacked_ == 0; }
  /// Of the last sample; only where there is one.
  [[nodiscard]] const Sample& last() const { return recent(0); }
  [[nodiscard]] bool ended() const { return empty() || is_stale(last().value); }
  [[nodiscard]] std::size_t memory_bytes() const;

  /// The samples that were not taken so before, and that are still held, as one chunk.
  [[nodiscard]] Chunk take_unsaved();
  [[nodiscard]] bool has_unsaved() const { return unsaved_ > 0; }
  /// Takes over chunks of an earlier life, in order; only where there are no samples yet.
  void remember(std::vector<Chunk> chunks);
  /// The newest samples lie uncompressed, so that a rule's short range at the present costs no
  /// decoding, and so that a chunk is fetched from memory once for as many.
  static constexpr std::size_t kRecent = 8;

  // For the store alone.
  /// Has the processor fetch what `append` will need.
  void fetch_ahead() const {
    __builtin_prefetch(&written_, 1);
    __builtin_prefetch(&recent_[kRecent / 2], 1);
  }
  [[nodiscard]] bool own() const { return own_; }
  void make_own() { own_ = true; }
  [[nodiscard]] TargetId target() const { return origin_->target; }
  std::uint64_t seen_in = 0;   ///< the number of the last body that had it
  FeedSet made_of = kNoFeeds;  ///< of a record's series: the targets behind its newest value
  std::uint32_t number = 0;    ///< in the history; 0 where it has none yet
  bool abandoned = false;      ///< its target is now labelled otherwise; ends at the next tick
  bool doomed = false;         ///< is being forgotten

 private:
  /// Moves the samples that no chunk has into the last one.
  void pack(Millis keep_from);
  /// Whether all samples after `time` are among the recent ones.
  [[nodiscard]] bool recent_since(Millis time) const;
  /// The one that was written so many before the last; 0 is the last.
  [[nodiscard]] const Sample& recent(std::size_t back) const {
    return recent_[(written_ - 1 - back) % kRecent];
  }

  bool own_ = false;
  bool sealed_ = false;        ///< the last chunk is not to be written on
  std::uint8_t unpacked_ = 0;  ///< the newest samples, that no chunk has yet
  std::uint32_t unsaved_ = 0;  ///< the newest samples, that history does not have
  std::uint64_t written_ = 0;
  std::array<Sample, kRecent> recent_{};
  Labels labels_;
  const Origin* origin_;
  std::vector<Chunk> chunks_;  ///< the last one is being written
  ChunkAppender appender_;
};

}  // namespace tocsin::series
