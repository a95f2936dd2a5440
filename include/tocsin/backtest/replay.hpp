// The engine over a recording: only time is replayed.
#pragma once

#include <functional>

#include "tocsin/backtest/outcome.hpp"
#include "tocsin/backtest/recording.hpp"
#include "tocsin/config/engine_config.hpp"

namespace tocsin::backtest {

struct ReplayOptions {
  WallTime from = WallTime::min();         ///< what happens before is replayed and not counted
  WallTime to = WallTime::max();           ///< what happens after is left out
  std::function<void(WallTime)> progress;  ///< now and then, how far it has come
};

/// The rules, records, policies, receivers and windows of `config` over the recording's targets.
/// Storage and receivers say yes at once; nobody acknowledges anything.
[[nodiscard]] Outcome replay(config::EngineConfig config, const Recording& recording,
                             const ReplayOptions& options);

}  // namespace tocsin::backtest
