// What was measured in the past, ready to be measured again: targets with their series, compressed,
// on one clock that never steps, and what the calendar said to it.
#pragma once

#include <cstddef>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/engine_config.hpp"
#include "tocsin/model/labels.hpp"
#include "tocsin/series/chunk.hpp"

namespace tocsin::backtest {

struct RecordedTarget {
  config::Target spec;  ///< labels and interval as they were then
  /// 1 where it answered at a tick, 0 where it did not. A tick at which it gave samples needs none.
  std::vector<series::Chunk> up;
  std::vector<series::Chunk> took;  ///< seconds, where that is known
};

struct RecordedSeries {
  std::size_t target = 0;  ///< by place
  Labels labels;           ///< complete, the target's among them
  std::vector<series::Chunk> chunks;
};

/// From that moment on the calendar is ahead of the recording's clock by so much.
struct Calendar {
  series::Millis from = 0;
  series::Millis ahead = 0;
};

struct Recording {
  std::vector<RecordedTarget> targets;
  std::vector<RecordedSeries> series;
  std::vector<Calendar> calendar;  ///< by time; at least one where there are samples

  [[nodiscard]] WallTime wall(series::Millis time) const;
  [[nodiscard]] bool empty() const { return series.empty() && targets.empty(); }
};

/// Of samples that are given one by one, in order.
class ChunkWriter {
 public:
  /// False where it is not newer than the last.
  bool add(series::Sample sample);
  [[nodiscard]] std::vector<series::Chunk> take() { return std::move(chunks_); }

 private:
  std::vector<series::Chunk> chunks_;
  series::ChunkAppender appender_;
};

/// The interval that most of the samples keep; 0 of fewer than two.
[[nodiscard]] Duration usual_interval(const std::vector<series::Chunk>& chunks);

/// Moves a recording whose times are the calendar's onto the tick grid of that host, whose targets
/// all have the same interval.
void put_on_grid(Recording& recording, const std::string& host);

}  // namespace tocsin::backtest
