#include "tocsin/backtest/recording.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace tocsin::backtest {

WallTime Recording::wall(series::Millis time) const {
  auto at = std::upper_bound(calendar.begin(), calendar.end(), time,
                             [](series::Millis t, const Calendar& each) { return t < each.from; });
  if (at != calendar.begin()) --at;
  return WallTime(Duration(time + (at == calendar.end() ? 0 : at->ahead)));
}

bool ChunkWriter::add(series::Sample sample) {
  if (!chunks_.empty() && sample.time <= chunks_.back().last) return false;
  if (chunks_.empty() || chunks_.back().count >= series::kChunkSamples) {
    chunks_.emplace_back();
    appender_.restart();
  }
  appender_.append(chunks_.back(), sample);
  return true;
}

Duration usual_interval(const std::vector<series::Chunk>& chunks) {
  std::map<series::Millis, std::size_t> seen;
  std::optional<series::Millis> last;
  for (const series::Chunk& chunk : chunks) {
    series::ChunkReader reader(chunk);
    for (series::Sample sample; reader.next(sample);) {
      if (last && sample.time > *last) ++seen[sample.time - *last];
      last = sample.time;
    }
  }
  const auto most = std::max_element(
      seen.begin(), seen.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return Duration(most == seen.end() ? 0 : most->first);
}

void put_on_grid(Recording& recording, const std::string& host) {
  std::optional<series::Millis> first;
  const auto consider = [&first](const std::vector<series::Chunk>& chunks) {
    if (!chunks.empty()) first = std::min(first.value_or(chunks[0].first), chunks[0].first);
  };
  for (const RecordedTarget& target : recording.targets) consider(target.up);
  for (const RecordedSeries& each : recording.series) consider(each.chunks);
  if (!first || recording.targets.empty()) return;
  const Duration every = recording.targets.front().spec.every;
  const BootTime at{Duration(*first)};
  const Duration shift =
      config::tick_at_or_before(at, every, config::host_offset(host, every)) - at;
  const auto move = [shift](std::vector<series::Chunk>& chunks) {
    for (series::Chunk& chunk : chunks) {
      chunk.first += shift.count();
      chunk.last += shift.count();
    }
  };
  for (RecordedTarget& target : recording.targets) {
    move(target.up);
    move(target.took);
  }
  for (RecordedSeries& each : recording.series) move(each.chunks);
  for (Calendar& each : recording.calendar) {
    each.from += shift.count();
    each.ahead -= shift.count();
  }
}

}  // namespace tocsin::backtest
