#include "tocsin/series/series.hpp"

#include <algorithm>

namespace tocsin::series {

std::optional<Sample> Series::latest(Millis at) const {
  if (chunks_.empty()) return std::nullopt;
  if (last_.time <= at) return last_;
  const auto after = std::upper_bound(chunks_.begin(), chunks_.end(), at,
                                      [](Millis t, const Chunk& chunk) { return t < chunk.first; });
  if (after == chunks_.begin()) return std::nullopt;
  ChunkReader reader(*std::prev(after));
  std::optional<Sample> found;
  Sample sample;
  while (reader.next(sample) && sample.time <= at) found = sample;
  return found;
}

void Series::range(Millis after, Millis until, std::vector<Sample>& out) const {
  auto chunk = std::partition_point(chunks_.begin(), chunks_.end(),
                                    [&](const Chunk& c) { return c.last <= after; });
  for (; chunk != chunks_.end() && chunk->first <= until; ++chunk) {
    ChunkReader reader(*chunk);
    Sample sample;
    while (reader.next(sample) && sample.time <= until) {
      if (sample.time > after && !is_stale(sample.value)) out.push_back(sample);
    }
  }
}

bool Series::append(Sample sample, Millis keep_from) {
  if (!chunks_.empty() && sample.time <= last_.time) return false;
  if (chunks_.empty() || chunks_.back().count >= kChunkSamples) {
    if (!chunks_.empty()) chunks_.back().bytes.shrink_to_fit();
    std::erase_if(chunks_, [&](const Chunk& chunk) { return chunk.last < keep_from; });
    chunks_.emplace_back();
    appender_.restart();
  }
  appender_.append(chunks_.back(), sample);
  last_ = sample;
  return true;
}

std::size_t Series::memory_bytes() const {
  std::size_t bytes = sizeof(Series) + chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.bytes.capacity();
  for (const Label& label : labels_) {
    bytes += sizeof(Label);
    // Short strings live inside the label itself.
    if (label.name.capacity() > 15) bytes += label.name.capacity() + 1;
    if (label.value.capacity() > 15) bytes += label.value.capacity() + 1;
  }
  return bytes;
}

}  // namespace tocsin::series
