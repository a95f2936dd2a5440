// Drives an engine on a virtual clock: targets are asked at their ticks and answer at once, storage
// commits and receivers accept at once, unless who derives from it has them do otherwise. What the
// engine does between is the real thing. For rule tests and for replaying history.
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
  /// Nothing ticks by itself: `replay` says what was measured, from `begin` on.
  VirtualRun(const config::EngineConfig& config, Now begin);
  virtual ~VirtualRun() = default;
  VirtualRun(VirtualRun&&) = default;
  VirtualRun& operator=(VirtualRun&&) = default;

  /// Lets happen all that falls due until so long after the first tick, that moment included.
  void run_until(Duration elapsed);
  /// What a target gave at its tick, which the calendar called `wall`; before that, all that falls
  /// due earlier. Ticks come in order.
  void replay(const Scrape& scrape, WallTime wall);
  /// A person's word, now.
  [[nodiscard]] Reply command(decltype(Command::what) what, std::string by);
  /// The next tick of each target is its number 0 again, as after a restart.
  void reload(config::EngineConfig config);
  /// The process ends now and starts `away` later with what storage gives it; with a `boot_id`, the
  /// machine does.
  void restart(Records records, Duration away, std::optional<std::string> boot_id);
  /// Samples of an earlier life, right after a start.
  void remember(series::Memory memory);
  /// The calendar jumps; the boot's clock does not.
  void clock_step(Duration by) { now_.wall += by; }

  [[nodiscard]] Engine& engine() { return engine_; }
  [[nodiscard]] Now moment() const { return now_; }
  /// So long after the first tick.
  [[nodiscard]] Duration elapsed(BootTime at) const { return at - begin_; }

  // ── what came of it, in its order ──
  [[nodiscard]] const std::vector<Telling>& told() const { return told_; }
  [[nodiscard]] const std::vector<RunLog>& log() const { return log_; }
  /// Lets go of it, where who derives from it has kept what counts.
  void forget();

 protected:
  // ── the world around the engine ──
  virtual Scrape asked(const config::Target& target, std::size_t number) {
    return answers_(target, number);
  }
  /// Each step, before anything comes of it.
  virtual void took(const Step& /*step*/) {}
  /// What storage says to a step with records; nothing: no answer yet.
  virtual std::optional<CommitOutcome> committed(const Step& /*step*/) {
    return CommitOutcome::committed;
  }
  virtual std::optional<DeliveryOutcome> received(const Delivery& /*delivery*/) {
    return DeliveryOutcome{};
  }

 private:
  struct Ticking {
    TargetId id;
    const config::Target* target = nullptr;
    BootTime next;
    std::size_t number = 0;
  };

  void list_targets(BootTime from);
  /// All that falls due before that moment.
  void wake_before(BootTime end);
  [[nodiscard]] BootTime next_tick() const;
  void tick();
  void move_to(BootTime at);
  void take(Step step);

  BootTime begin_;
  Now now_;
  std::string boot_id_ = "virtual";
  Engine engine_;
  Answers answers_;
  bool ticks_ = true;  ///< targets are asked; otherwise they are replayed
  std::vector<Ticking> targets_;
  std::optional<BootTime> wake_;
  std::vector<Reply> replies_;
  std::uint64_t requests_ = 0;
  std::vector<Telling> told_;
  std::vector<RunLog> log_;
};

}  // namespace tocsin::engine
