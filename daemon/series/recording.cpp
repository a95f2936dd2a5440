// What records compute, on its way into the store.
#include <algorithm>
#include <utility>

#include "tocsin/series/store.hpp"
#include "tocsin/series/store_impl.hpp"

namespace tocsin::series {

RecordState& Store::Impl::record(std::string_view name) {
  const auto found = records.find(name);
  if (found != records.end()) return *found->second;
  return *records.emplace(std::string(name), std::make_unique<RecordState>()).first->second;
}

void Store::set_record(std::string_view name, Duration lookback) {
  impl_->record(name).origin.lookback = lookback.count();
}

void Store::remove_record(std::string_view name) {
  const auto found = impl_->records.find(name);
  if (found == impl_->records.end()) return;
  const Origin* const origin = &found->second->origin;
  impl_->catalog.for_each([&](Series& series) { series.doomed = series.comes_from(*origin); });
  impl_->forget_doomed();
  impl_->records.erase(found);
}

Recorded Store::record(std::string_view name, BootTime tick, std::vector<RecordedElement> result,
                       const Settle& settle) {
  const Millis at = tick.time_since_epoch().count();
  impl_->advance(at);
  RecordState& state = impl_->record(name);
  const std::uint64_t number = ++impl_->bodies;
  Recorded done;
  for (RecordedElement& element : result) {
    Series* series = impl_->catalog.find(element.labels);
    const bool others = series != nullptr && !series->comes_from(state.origin);
    if (others || (series == nullptr && !impl_->has_room(element.labels))) {
      ++done.refused;
      continue;
    }
    const bool lives = series != nullptr && !series->ended();
    if (series != nullptr) series->seen_in = number;
    const auto made_of = settle(element.feeds, lives ? series->made_of : kNoFeeds);
    if (!made_of) continue;
    if (series == nullptr) {
      series = &impl_->catalog.add(std::move(element.labels), state.origin, false);
      series->seen_in = number;
      ++done.added;
    }
    if (!impl_->append(*series, at, plain_nan(element.value))) continue;
    series->made_of = *made_of;
    if (!lives) state.series.push_back(series);
  }
  std::erase_if(state.series, [&](Series* series) {
    if (series->seen_in == number || !settle(kNoFeeds, series->made_of)) return false;
    return impl_->append(*series, at, stale_marker());
  });
  done.series = state.series.size();
  return done;
}

}  // namespace tocsin::series
