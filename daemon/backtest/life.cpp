#include "tocsin/backtest/life.hpp"

#include <algorithm>
#include <utility>

#include "tocsin/series/store.hpp"

namespace tocsin::backtest {

void Life::keep(const Record& record) {
  if (const auto* state = std::get_if<EngineState>(&record)) {
    state_ = *state;
  } else if (const auto* alert = std::get_if<Alert>(&record)) {
    alerts_[alert->key] = *alert;
  } else if (const auto* incident = std::get_if<Incident>(&record)) {
    incidents_[incident->id] = *incident;
  } else if (const auto* delivery = std::get_if<Delivery>(&record)) {
    deliveries_[delivery->id] = *delivery;
  } else if (const auto* silence = std::get_if<Silence>(&record)) {
    silences_[silence->id] = *silence;
  } else if (const auto* retired = std::get_if<RetiredReceiver>(&record)) {
    retired_[retired->name] = *retired;
  } else if (const auto* learned = std::get_if<LearnedBaseline>(&record)) {
    baselines_[learned->rule] = *learned;
  } else if (const auto* erased = std::get_if<Erased>(&record)) {
    erase(*erased);
  }
}

void Life::erase(const Erased& erased) {
  switch (erased.kind) {
    case Erased::Kind::alert:
      alerts_.erase(erased.alert);
      return;
    case Erased::Kind::incident:
      incidents_.erase(IncidentId(erased.number));
      return;
    case Erased::Kind::delivery:
      deliveries_.erase(DeliveryId(erased.number));
      return;
    case Erased::Kind::silence:
      silences_.erase(SilenceId(erased.number));
      return;
    case Erased::Kind::retired_receiver:
      retired_.erase(erased.name);
      return;
    case Erased::Kind::baseline:
      baselines_.erase(erased.name);
      return;
  }
}

Records Life::records() const {
  Records all;
  all.engine = state_;
  for (const auto& [key, alert] : alerts_) all.alerts.push_back(alert);
  for (const auto& [id, incident] : incidents_) all.incidents.push_back(incident);
  for (const auto& [id, delivery] : deliveries_) all.deliveries.push_back(delivery);
  for (const auto& [id, silence] : silences_) all.silences.push_back(silence);
  for (const auto& [name, retired] : retired_) all.retired_receivers.push_back(retired);
  for (const auto& [name, learned] : baselines_) all.baselines.push_back(learned);
  return all;
}

series::Memory Life::memory(engine::Engine& engine, BootTime now) {
  series::Segment segment = engine.take_history();
  for (series::SeriesEntry& fresh : segment.fresh) {
    const std::uint32_t number = fresh.number;
    series_[number].entry = std::move(fresh);
  }
  for (series::NumberedChunk& next : segment.chunks) {
    series_[next.number].chunks.push_back(std::move(next.chunk));
  }
  const series::Millis after = (now - engine.store().kept_for()).time_since_epoch().count();
  series::Memory memory;
  for (auto& [number, known] : series_) {
    memory.next_number = number + 1;
    std::erase_if(known.chunks, [after](const series::Chunk& chunk) { return chunk.last < after; });
    if (!known.chunks.empty()) memory.series.push_back(known);
  }
  return memory;
}

}  // namespace tocsin::backtest
