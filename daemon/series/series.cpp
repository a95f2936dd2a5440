#include "tocsin/series/series.hpp"

#include <algorithm>

namespace tocsin::series {

bool Series::recent_since(Millis time) const {
  if (written_ == 0) return true;
  const std::size_t held = std::min<std::uint64_t>(written_, kRecent);
  return written_ <= kRecent || recent(held - 1).time <= time;
}

std::optional<Sample> Series::latest(Millis at) const {
  if (empty()) return std::nullopt;
  if (recent_since(at)) {
    const std::size_t held = std::min<std::uint64_t>(written_, kRecent);
    for (std::size_t back = 0; back < held; ++back) {
      if (recent(back).time <= at) return recent(back);
    }
    return std::nullopt;
  }
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
  if (recent_since(after)) {
    for (std::size_t back = std::min<std::uint64_t>(written_, kRecent); back-- > 0;) {
      const Sample& sample = recent(back);
      if (sample.time > after && sample.time <= until && !is_stale(sample.value)) {
        out.push_back(sample);
      }
    }
    return;
  }
  auto chunk = std::partition_point(chunks_.begin(), chunks_.end(),
                                    [&](const Chunk& c) { return c.last <= after; });
  for (; chunk != chunks_.end() && chunk->first <= until; ++chunk) {
    ChunkReader reader(*chunk);
    Sample sample;
    while (reader.next(sample) && sample.time <= until) {
      if (sample.time > after && !is_stale(sample.value)) out.push_back(sample);
    }
  }
  for (std::size_t back = unpacked_; back-- > 0;) {
    const Sample& sample = recent(back);
    if (sample.time <= until && !is_stale(sample.value)) out.push_back(sample);
  }
}

bool Series::append(Sample sample, Millis keep_from) {
  if (!empty() && sample.time <= last().time) return false;
  if (unpacked_ == kRecent) pack(keep_from);
  recent_[written_ % kRecent] = sample;
  ++written_;
  ++unpacked_;
  ++unsaved_;
  return true;
}

void Series::pack(Millis keep_from) {
  std::array<Sample, kRecent> samples;
  for (std::size_t i = 0; i < unpacked_; ++i) samples[i] = recent(unpacked_ - 1U - i);
  std::span<const Sample> left(samples.data(), unpacked_);
  while (!left.empty()) {
    if (chunks_.empty() || sealed_ || chunks_.back().count >= kChunkSamples) {
      if (!chunks_.empty()) chunks_.back().bytes.shrink_to_fit();
      std::erase_if(chunks_, [&](const Chunk& chunk) { return chunk.last < keep_from; });
      chunks_.emplace_back();
      appender_.restart();
      sealed_ = false;
    }
    Chunk& chunk = chunks_.back();
    const std::size_t room = std::min<std::size_t>(left.size(), kChunkSamples - chunk.count);
    appender_.append(chunk, left.first(room));
    left = left.subspan(room);
  }
  unpacked_ = 0;
}

std::size_t Series::memory_bytes() const {
  std::size_t bytes = sizeof(Series) + labels_.memory_bytes() + chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.bytes.capacity();
  return bytes;
}

}  // namespace tocsin::series
