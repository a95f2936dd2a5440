// What a daemon would have on disk: what the next one begins with, when a recording shows that it
// was away.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tocsin/engine/engine.hpp"
#include "tocsin/model/record.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::backtest {

class Life {
 public:
  void keep(const Record& record);
  [[nodiscard]] Records records() const;
  /// The samples that a start of this engine would find; those that no rule reaches are let go.
  [[nodiscard]] series::Memory memory(engine::Engine& engine, BootTime now);

 private:
  void erase(const Erased& erased);

  EngineState state_;
  std::map<AlertKey, Alert> alerts_;
  std::map<IncidentId, Incident> incidents_;
  std::map<DeliveryId, Delivery> deliveries_;
  std::map<SilenceId, Silence> silences_;
  std::map<std::string, RetiredReceiver> retired_;
  std::map<std::string, LearnedBaseline> baselines_;
  std::map<std::uint32_t, series::RememberedSeries> series_;
};

}  // namespace tocsin::backtest
