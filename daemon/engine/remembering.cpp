// The samples of an earlier life, and this life's for the next.
#include <algorithm>

#include "engine/impl.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::engine {
namespace {

/// What a crash may have cost, and the start: a range over so short a gap is no blind one.
constexpr Duration kBridged = std::chrono::minutes(4);

std::vector<series::Sample> samples_of(const std::vector<series::Chunk>& chunks) {
  std::vector<series::Sample> samples;
  for (const auto& chunk : chunks) {
    series::ChunkReader reader(chunk);
    for (series::Sample sample; reader.next(sample);) samples.push_back(sample);
  }
  return samples;
}

BootTime boot_of(const series::Sample& sample) {
  return BootTime(Duration(sample.time));
}

}  // namespace

Duration bridged_gap(Duration every) {
  return std::max<Duration>(every * 3 / 2, kBridged);
}

void Engine::Impl::remember(series::Memory memory) {
  store.number_from(memory.next_number);
  std::vector<std::pair<TargetId, std::vector<series::Sample>>> ticks_remembered;
  for (auto& known : memory.series) {
    // A calendar that was set between two boots must not bring samples from the future.
    while (!known.chunks.empty() &&
           known.chunks.back().last >= now.boot.time_since_epoch().count()) {
      known.chunks.pop_back();
    }
    const std::string name(known.entry.labels.get(kNameLabel));
    if (known.entry.target.empty()) {
      if (config.record(name) == nullptr) continue;
      store.set_record(name, std::chrono::minutes(5));
      store.remember({}, std::move(known));
      continue;
    }
    const auto target = std::find_if(targets.begin(), targets.end(), [&](const auto& each) {
      return each.configured && each.spec.name == known.entry.target;
    });
    if (target == targets.end() || target->last_tick) continue;
    const bool tells_ticks = known.entry.own && name == "up";
    const auto up = tells_ticks ? samples_of(known.chunks) : std::vector<series::Sample>();
    if (store.remember(target->id, std::move(known)) && tells_ticks) {
      ticks_remembered.emplace_back(target->id, up);
    }
  }
  for (const auto& [id, up] : ticks_remembered) remember_ticks(targets[id.value - 1], up);
}

/// As if it had been scraped then: rules know what their ranges hold.
void Engine::Impl::remember_ticks(TargetState& target, const std::vector<series::Sample>& up) {
  if (up.empty()) return;
  const Duration every = target.spec.every;
  auto first = boot_of(up.back());
  auto covered = first;
  bool answered = up.back().value == 1;
  for (auto at = up.rbegin(); at != up.rend(); ++at) {
    const auto tick = boot_of(*at);
    if (first - tick > bridged_gap(every)) break;
    first = tick;
    answered = answered && at->value == 1 && covered - tick <= every * 3 / 2;
    if (answered) covered = tick;
  }
  target.first_tick = first;
  target.last_tick = boot_of(up.back());
  target.last_stamp = stamp_of(*target.last_tick);
  target.covered_since = covered;
  target.known = up.back().value == 1;
  target.remembered = true;
}

Step Engine::remembered(series::Memory memory, Now now) {
  impl_->begin(now);
  impl_->remember(std::move(memory));
  return impl_->finish();
}

series::Segment Engine::take_history() {
  return impl_->store.take_history(
      [this](TargetId id) { return impl_->targets[id.value - 1].spec.name; });
}

}  // namespace tocsin::engine
