// The history as a recording, beside the daemon that writes it: nothing is changed, and nobody
// waits.
#pragma once

#include <functional>
#include <string>

#include "tocsin/backtest/recording.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::storage {

struct HistoryPart {
  WallTime from{};
  WallTime to{};
  std::function<bool(const Labels&)> takes;  ///< which series
};

/// Segments that reach into that time, whole. Times are those of the first boot among them; what
/// came in later boots follows on, each target's ticks on the same grid. `not_found` where no
/// history has been kept, `denied` where this user may not read it.
[[nodiscard]] Result<backtest::Recording> read_history(const std::string& folder,
                                                       const HistoryPart& part);

}  // namespace tocsin::storage
