// What checkers are shown: the world's doings, and what the engine made of them in words of model/.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "plan.hpp"
#include "tocsin/model/command.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::simulation {

/// One series as a target gave it.
struct SampleSeen {
  std::size_t metric = 0;  ///< index in the target's plan
  int disk = -1;
  double value = 0;
};

/// One tick of one target as the engine is about to be told of it.
struct ScrapeSeen {
  const TargetPlan* target = nullptr;
  Duration tick{};        ///< the tick on the world's clock
  bool answered = false;  ///< a readable answer; otherwise nothing is known of its series
  std::span<const SampleSeen> samples;
};

struct StepSeen {
  StepNumber number;
  std::span<const Record> records;
  std::span<const Delivery> send;
  std::span<const Reply> replies;
  std::optional<BootTime> wake;
};

/// How an attempt at a receiver ended, with what the engine is not told: whether it was taken.
struct AttemptSeen {
  const Delivery* delivery = nullptr;
  bool taken = false;
  bool answered = true;  ///< false: a crash came between
  DeliveryOutcome outcome;
};

/// How the daemon stopped.
enum class Stop { crash, reboot };

}  // namespace tocsin::simulation
