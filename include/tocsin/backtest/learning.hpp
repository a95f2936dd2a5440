// What the baselines of rules would know, had the daemon lived through the past.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tocsin/backtest/replay.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::backtest {

struct Lesson {
  LearnedBaseline learned;  ///< of the rule as it is configured
  Duration known_for{};     ///< from its first bucket to its last
  Duration taught{};        ///< by so much of that
  std::optional<WallTime> newest;
  std::string remark;   ///< what is odd about it, or ""
  std::string trouble;  ///< why it has learned nothing, or ""
};

struct Lessons {
  Outcome outcome;
  std::vector<Lesson> lessons;  ///< of each rule that has a baseline, by name
};

/// The rules of those names that have a baseline, all where none is named; and what inhibits them.
[[nodiscard]] config::EngineConfig learners(config::EngineConfig config,
                                            const std::vector<std::string>& rules);

/// Replays all of the recording to `learners`. A series without labels that is called as one of
/// them stands for the rule's expression: what it would have given at each evaluation. Nobody can
/// be asked of the past: what was seen for more than three days counts as a new level, and an alarm
/// that stands at its end is left to what the daemon itself will see.
[[nodiscard]] Lessons learn(const config::EngineConfig& learners, const Recording& recording,
                            const ReplayOptions& options);

}  // namespace tocsin::backtest
