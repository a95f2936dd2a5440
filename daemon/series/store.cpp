#include "tocsin/series/store.hpp"

#include <algorithm>
#include <utility>

#include "tocsin/series/body_intake.hpp"
#include "tocsin/series/store_impl.hpp"

namespace tocsin::series {
namespace {

/// Series that nobody writes any more are looked for after a quarter of the time that they are kept
/// for, within these bounds: a look at each costs about as much as a scrape of it.
constexpr Millis kSweepSoonest = 60'000;
constexpr Millis kSweepLatest = 600'000;

Millis millis(BootTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

TargetState& Store::Impl::target(TargetId id) {
  auto& state = targets[id];
  if (!state) {
    state = std::make_unique<TargetState>();
    state->origin = {id, state->how.lookback.count()};
  }
  return *state;
}

bool Store::Impl::has_room(const Labels& labels, std::size_t coming) const {
  if (catalog.size() + coming >= limits.series) return false;
  return labels.size() <= limits.labels_per_series &&
         std::all_of(labels.begin(), labels.end(), [&](const LabelView& label) {
           return label.value.size() <= limits.label_value_bytes &&
                  label.name.size() <= limits.label_value_bytes;
         });
}

void Store::Impl::advance(Millis tick) {
  newest = std::max(newest, tick);
  if (newest - last_sweep < std::clamp(keep / 4, kSweepSoonest, kSweepLatest)) return;
  last_sweep = newest;
  bool any = false;
  catalog.for_each([&](Series& series) {
    const Millis kept = std::max(keep, series.lookback());
    series.doomed = !series.empty() && series.last().time < newest - kept;
    any = any || series.doomed;
  });
  if (any) forget_doomed();
}

void Store::Impl::forget_doomed() {
  for (auto& [id, state] : targets) {
    for (KnownSeries& known : state->known.all) {
      if (known.series != nullptr && known.series->doomed) known.series = nullptr;
    }
    std::erase_if(state->abandoned, [](const Series* series) { return series->doomed; });
    std::erase_if(state->own, [](const auto& entry) { return entry.second->doomed; });
  }
  for (auto& [name, state] : records) {
    std::erase_if(state->series, [](const Series* series) { return series->doomed; });
  }
  catalog.forget_doomed();
}

void Store::Impl::end_abandoned(TargetState& target, Millis tick) {
  for (Series* series : target.abandoned) {
    if (series->abandoned && !series->ended()) append(*series, tick, stale_marker());
    series->abandoned = false;
  }
  target.abandoned.clear();
}

Store::Store(StoreLimits limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

void Store::set_target(TargetId target, TargetSeries how) {
  TargetState& state = impl_->target(target);
  const bool renamed = state.how.labels != how.labels || state.how.honor_labels != how.honor_labels;
  state.origin.lookback = how.lookback.count();
  state.how = std::move(how);
  if (!renamed) return;
  const auto abandon = [&](Series* series) {
    if (series == nullptr || series->abandoned) return;
    series->abandoned = true;
    state.abandoned.push_back(series);
  };
  for (const KnownSeries& known : state.known.all) abandon(known.series);
  for (const auto& [name, series] : state.own) abandon(series);
  state.known = {};
  state.own.clear();
}

void Store::remove_target(TargetId target) {
  bool any = false;
  impl_->catalog.for_each([&](Series& series) {
    series.doomed = series.target() == target;
    any = any || series.doomed;
  });
  if (any) impl_->forget_doomed();
  impl_->targets.erase(target);
}

void Store::keep_for(Duration span) {
  impl_->keep = span.count();
}

Ingested Store::ingest(TargetId target, BootTime tick, std::string_view body,
                       ExpositionFormat format) {
  impl_->advance(millis(tick));
  TargetState& state = impl_->target(target);
  Ingested result = BodyIntake(*impl_, state, millis(tick), format).take(body);
  if (!result.error) impl_->end_abandoned(state, millis(tick));
  return result;
}

bool Store::append_own(TargetId target, BootTime tick, std::string_view name, double value) {
  impl_->advance(millis(tick));
  TargetState& state = impl_->target(target);
  auto own = state.own.find(name);
  bool is_new = false;
  if (own == state.own.end()) {
    Labels labels = state.how.labels;
    labels.set(kNameLabel, name);
    Series* series = impl_->catalog.find(labels);
    if (series == nullptr) {
      series = &impl_->catalog.add(std::move(labels), state.origin, true);
      is_new = true;
    } else if (!series->own()) {
      series->make_own();
      impl_->catalog.feed_changed();
    }
    series->abandoned = false;
    own = state.own.emplace(std::string(name), series).first;
  }
  impl_->append(*own->second, millis(tick), plain_nan(value));
  return is_new;
}

bool Store::append(TargetId target, BootTime at, const Labels& labels, double value) {
  impl_->advance(millis(at));
  Series* series = impl_->catalog.find(labels);
  if (series == nullptr) {
    if (impl_->catalog.size() >= impl_->limits.series) return false;
    series = &impl_->catalog.add(labels, impl_->target(target).origin, false);
  }
  return impl_->append(*series, millis(at), value);
}

void Store::mark_stale(TargetId target, BootTime tick) {
  impl_->advance(millis(tick));
  TargetState& state = impl_->target(target);
  for (const KnownSeries& known : state.known.all) {
    if (known.series != nullptr && !known.series->ended()) {
      impl_->append(*known.series, millis(tick), stale_marker());
    }
  }
  impl_->end_abandoned(state, millis(tick));
}

std::size_t Store::series_count() const {
  return impl_->catalog.size();
}

std::size_t Store::memory_bytes() const {
  std::size_t bytes = impl_->catalog.memory_bytes();
  for (const auto& [id, state] : impl_->targets) {
    bytes += sizeof(TargetState) + state->known.bytes.capacity() +
             state->known.all.capacity() * sizeof(KnownSeries);
  }
  return bytes;
}

}  // namespace tocsin::series
