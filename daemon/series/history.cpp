#include "tocsin/series/history.hpp"

#include <algorithm>
#include <utility>

#include "tocsin/series/store.hpp"
#include "tocsin/series/store_impl.hpp"

namespace tocsin::series {

Chunk Series::take_unsaved() {
  std::size_t held = unpacked_;
  for (const Chunk& chunk : chunks_) held += chunk.count;
  unsaved_ = static_cast<std::uint32_t>(std::min<std::size_t>(unsaved_, held));
  Chunk out;
  ChunkAppender appender;
  const std::size_t at_hand = std::min<std::uint64_t>(written_, kRecent);
  std::size_t saved = held - unsaved_;
  for (const Chunk& chunk : chunks_) {
    if (unsaved_ <= at_hand || out.count == kChunkSamples) break;
    if (saved >= chunk.count) {
      saved -= chunk.count;
      continue;
    }
    ChunkReader reader(chunk);
    Sample sample;
    while (out.count < kChunkSamples && reader.next(sample)) {
      if (saved > 0) {
        --saved;
        continue;
      }
      appender.append(out, sample);
      --unsaved_;
    }
  }
  while (out.count < kChunkSamples && unsaved_ > 0 && unsaved_ <= at_hand) {
    appender.append(out, recent(--unsaved_));
  }
  return out;
}

void Series::remember(std::vector<Chunk> chunks) {
  chunks_ = std::move(chunks);
  sealed_ = true;
  // Of the last chunks as many as fill the recent samples.
  std::size_t from = chunks_.size();
  for (std::size_t held = 0; from > 0 && held < kRecent;) held += chunks_[--from].count;
  for (std::size_t i = from; i < chunks_.size(); ++i) {
    ChunkReader reader(chunks_[i]);
    for (Sample sample; reader.next(sample); ++written_) recent_[written_ % kRecent] = sample;
  }
  // They are not all that there is.
  if (from > 0 && written_ <= kRecent) written_ += kRecent;
}

Segment Store::take_history(const std::function<std::string(TargetId)>& name_of) {
  Segment out;
  impl_->catalog.for_each([&](Series& series) {
    if (!series.has_unsaved()) return;
    if (series.number == 0) {
      series.number = impl_->next_number++;
      out.fresh.push_back({series.number, series.recorded() ? "" : name_of(series.target()),
                           series.own(), series.labels()});
    }
    while (series.has_unsaved()) {
      out.chunks.push_back({series.number, series.take_unsaved()});
      if (out.chunks.back().chunk.count > 0) continue;
      out.chunks.pop_back();
      break;
    }
  });
  std::stable_sort(
      out.chunks.begin(), out.chunks.end(),
      [](const NumberedChunk& a, const NumberedChunk& b) { return a.number < b.number; });
  return out;
}

bool Store::remember(TargetId target, RememberedSeries known) {
  Labels& labels = known.entry.labels;
  if (known.chunks.empty() || impl_->catalog.find(labels) != nullptr || !impl_->has_room(labels)) {
    return false;
  }
  const std::string name(labels.get(kNameLabel));
  TargetState* const state = target ? &impl_->target(target) : nullptr;
  RecordState* const record = target ? nullptr : &impl_->record(name);
  const Origin& origin = target ? state->origin : record->origin;
  Series& series = impl_->catalog.add(std::move(labels), origin, known.entry.own);
  series.number = known.entry.number;
  series.remember(std::move(known.chunks));
  impl_->newest = std::max(impl_->newest, series.last().time);
  if (series.ended()) return true;
  if (record != nullptr) {
    record->series.push_back(&series);
    return true;
  }
  Labels expected = state->how.labels;
  expected.set(kNameLabel, name);
  // tocsin writes its own at each tick, whatever the target answers.
  if (series.own() && series.labels() == expected) return true;
  series.abandoned = true;
  state->abandoned.push_back(&series);
  return true;
}

void Store::number_from(std::uint32_t next) {
  impl_->next_number = std::max(impl_->next_number, next);
}

Duration Store::kept_for() const {
  return Duration(impl_->keep);
}

void ChunkSequence::add(const Chunk& chunk) {
  if (chunk.count >= kChunkSamples) {
    if (!chunks_.empty() && chunk.first <= chunks_.back().last) return;
    chunks_.push_back(chunk);
    open_ = false;
    return;
  }
  ChunkReader reader(chunk);
  Sample sample;
  while (reader.next(sample)) {
    if (!chunks_.empty() && sample.time <= chunks_.back().last) continue;
    if (!open_ || chunks_.back().count >= kChunkSamples) {
      chunks_.emplace_back();
      appender_.restart();
      open_ = true;
    }
    appender_.append(chunks_.back(), sample);
  }
}

bool is_sound(const Chunk& chunk) {
  ChunkReader reader(chunk);
  Sample sample;
  std::uint32_t count = 0;
  Millis last = 0;
  while (reader.next(sample)) {
    if (count > 0 && sample.time <= last) return false;
    last = sample.time;
    ++count;
  }
  return count > 0 && count == chunk.count && last == chunk.last;
}

}  // namespace tocsin::series
