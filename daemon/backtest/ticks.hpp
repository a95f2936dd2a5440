// A recording, tick by tick, in the order of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/backtest/recording.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::backtest {

/// Walks over one series' samples; markers of an end are no samples.
class SampleCursor {
 public:
  explicit SampleCursor(const std::vector<series::Chunk>& chunks) : chunks_(&chunks) { advance(); }
  [[nodiscard]] bool at(series::Millis time) const { return here_ && here_->time == time; }
  [[nodiscard]] const std::optional<series::Sample>& here() const { return here_; }
  void advance();

 private:
  const std::vector<series::Chunk>* chunks_;
  std::size_t next_ = 0;
  std::optional<series::ChunkReader> reader_;
  std::optional<series::Sample> here_;
};

/// The ticks of one target.
class TargetTicks {
 public:
  TargetTicks(const Recording& recording, std::size_t target);

  [[nodiscard]] std::optional<series::Millis> next() const { return next_; }
  /// What it gave then; on to the next tick.
  Scrape take();
  [[nodiscard]] std::size_t samples() const { return samples_; }

 private:
  struct Line {
    SampleCursor cursor;
    std::string text;  ///< the series and its newest value
    std::size_t value_at = 0;
    std::uint64_t bits = 0;
  };
  void find_next();

  SampleCursor up_;
  SampleCursor took_;
  std::vector<Line> lines_;
  std::optional<series::Millis> next_;
  std::size_t samples_ = 0;
  std::size_t body_bytes_ = 0;  ///< the most so far
};

}  // namespace tocsin::backtest
