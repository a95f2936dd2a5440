// An engine on a replayed clock, and what counts of what it does.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tocsin/backtest/life.hpp"
#include "tocsin/backtest/outcome.hpp"
#include "tocsin/engine/virtual_run.hpp"

namespace tocsin::backtest {

class Collector : public engine::VirtualRun {
 public:
  Collector(const config::EngineConfig& config, Now begin, WallTime count_from)
      : VirtualRun(config, begin), count_from_(count_from) {}

  /// The daemon was not there for so long: it starts anew with what it had on disk.
  void away(Duration away);
  /// Rules whose expression finds nothing just now, those that did find something left out.
  void note_rules();
  /// Into `outcome`; nothing may be replayed afterwards.
  void finish(Outcome& outcome);

 protected:
  void took(const engine::Step& step) override;
  std::optional<DeliveryOutcome> received(const Delivery& delivery) override;

 private:
  void note(const Alert& alert);
  void note(const Incident& incident);
  void note(const engine::LogLine& line);
  void end_firing(const AlertKey& key, WallTime at);

  WallTime count_from_;
  Life life_;
  std::map<IncidentId, Episode> episodes_;
  std::map<AlertKey, WallTime> firing_;
  std::vector<Firing> firings_;
  std::set<std::string> found_series_;
  std::vector<Trouble> troubles_;
};

}  // namespace tocsin::backtest
