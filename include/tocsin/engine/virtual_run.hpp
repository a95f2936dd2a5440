// Drives an engine on a virtual clock: targets are asked at their ticks and answer at once, storage
// commits and receivers accept at once. What the engine does between is the real thing. For rule
// tests and for replaying history.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/engine/engine.hpp"

namespace tocsin::engine {

/// What came of the run, `at` so long after its first tick.
struct Telling {
  Duration at{};
  Delivery delivery;
};
struct RunLog {
  Duration at{};
  LogLine line;
};

class VirtualRun {
 public:
  /// What a target says at a tick, the first being number 0. Its `target` and `tick` are filled in.
  using Answers = std::function<Scrape(const config::Target& target, std::size_t number)>;

  /// All targets tick together at the start, which the calendar calls `start`.
  VirtualRun(const config::EngineConfig& config, WallTime start, Answers answers);

  /// Lets happen all that falls due until so long after the first tick, that moment included.
  void run_until(Duration elapsed);
  /// A person's word, now.
  [[nodiscard]] Reply command(decltype(Command::what) what, std::string by);

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] Now moment() const { return now_; }
  /// So long after the first tick.
  [[nodiscard]] Duration elapsed(BootTime at) const { return at - begin_; }

  // ── what came of it, in its order ──
  [[nodiscard]] const std::vector<Telling>& told() const { return told_; }
  [[nodiscard]] const std::vector<RunLog>& log() const { return log_; }

 private:
  struct Ticking {
    TargetId id;
    const config::Target* target = nullptr;
    BootTime next;
    std::size_t number = 0;
  };

  [[nodiscard]] BootTime next_tick() const;
  void tick();
  void move_to(BootTime at);
  void take(Step step);

  BootTime begin_;
  Now now_;
  Engine engine_;
  Answers answers_;
  std::vector<Ticking> targets_;
  std::optional<BootTime> wake_;
  std::vector<Reply> replies_;
  std::uint64_t requests_ = 0;
  std::vector<Telling> told_;
  std::vector<RunLog> log_;
};

}  // namespace tocsin::engine
