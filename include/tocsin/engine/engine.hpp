// The engine: what happened and when goes in, what must be done comes out. No clock, thread,
// socket, file or log call; the same events give the same steps. The daemon, the simulator,
// backtests and rule tests are four drivers of this class. What it decides in each case is the
// README's table of promises.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/config/engine_config.hpp"
#include "tocsin/engine/status.hpp"
#include "tocsin/engine/step.hpp"
#include "tocsin/expr/dissect.hpp"
#include "tocsin/model/command.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/model/notice.hpp"
#include "tocsin/model/record.hpp"
#include "tocsin/model/scrape.hpp"

namespace tocsin::series {
struct Memory;
struct Segment;
}  // namespace tocsin::series

namespace tocsin::engine {

enum class CommitOutcome { committed, failed };

class Engine {
 public:
  /// `boot_id` names the boot whose clock `Now::boot` is; `seed` feeds the jitter of retries.
  Engine(config::EngineConfig config, std::string boot_id, std::uint64_t seed, Now now);
  ~Engine();
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;

  /// What storage knew, once, before or (a state that takes long to load) after work has begun.
  [[nodiscard]] Step restored(Records records, Now now);
  /// The samples that rules reach back to, of an earlier life; once, before the first scrape.
  [[nodiscard]] Step remembered(series::Memory memory, Now now);
  /// Samples that came in since the last call, for history.
  [[nodiscard]] series::Segment take_history();
  /// Samples of one target at one tick, or why there are none.
  [[nodiscard]] Step scraped(const Scrape& scrape, Now now);
  /// The deadline that a step asked for has come. Calling it early or often does no harm.
  [[nodiscard]] Step woke(Now now);
  /// Storage has written a step or could not. A step that failed may be reported committed later.
  [[nodiscard]] Step committed(StepNumber step, CommitOutcome outcome, Now now,
                               std::string_view trouble = "");
  /// A receiver answered, or did not.
  [[nodiscard]] Step delivered(DeliveryId delivery, const DeliveryOutcome& outcome, Now now);
  [[nodiscard]] Step commanded(const Command& command, Now now);
  /// A reload; the state of what did not change is kept.
  [[nodiscard]] Step configured(config::EngineConfig config, Now now);

  // ── looking in ──
  /// The target's id, to be named in its scrapes; none where no target of that name is configured.
  [[nodiscard]] TargetId target(std::string_view name) const;
  [[nodiscard]] const config::EngineConfig& config() const;
  [[nodiscard]] const series::Store& store() const;
  /// Evaluates on the engine's series (for `query` and the API).
  [[nodiscard]] Result<expr::Evaluated> query(const expr::Expression& expression, BootTime at,
                                              Now now);
  /// The same at `from`, `from + step`, … up to `to`.
  [[nodiscard]] Result<expr::Matrix> query_range(const expr::Expression& expression, BootTime from,
                                                 BootTime to, Duration step, Now now);
  /// The rule's expression taken apart as it was last evaluated, or now where it never was; empty
  /// where there is no such rule.
  [[nodiscard]] std::vector<expr::Part> dissect(const std::string& rule, Now now);
  /// What people announced lately, the oldest first.
  [[nodiscard]] std::vector<Change> changes() const;
  /// What each rule's baseline has learned until now.
  [[nodiscard]] std::vector<LearnedBaseline> baselines() const;
  /// What the rule's alerts did lately, newest last; not kept over a restart.
  [[nodiscard]] std::vector<PastTransition> transitions(const std::string& rule) const;
  [[nodiscard]] Status status(Now now) const;
  [[nodiscard]] std::vector<const Incident*> incidents()
      const;  ///< open, and closed recently; newest first
  [[nodiscard]] const Incident* incident(IncidentId id) const;
  [[nodiscard]] std::vector<const Alert*> alerts() const;  ///< all that are not inactive
  /// One plain line: what is wrong.
  [[nodiscard]] std::string summary(IncidentId id) const;
  /// Of an open incident: whether its latest level reached nobody, and nobody is hoped for any more
  /// or `fallback_after` has passed.
  [[nodiscard]] bool told_nobody(IncidentId id) const;
  /// The alert as a notice would show it now.
  [[nodiscard]] NoticeAlert shown(const Alert& alert) const;
  /// Why nobody is told of the alert for now, or "".
  [[nodiscard]] std::string withheld(const Alert& alert) const;
  [[nodiscard]] std::vector<const Silence*> silences(Now now) const;
  /// The configured ones, then those that were made by hand.
  [[nodiscard]] std::vector<MaintenanceStatus> maintenance(Now now) const;
  /// The next thing that falls due for an open incident, with its time.
  [[nodiscard]] std::optional<NextStep> next_step(const Incident& incident, Now now) const;
  /// What a notice of the incident would say now: its kind is how it stands. None where there is no
  /// such incident (any more).
  [[nodiscard]] std::optional<Notice> notice(IncidentId id, Now now) const;
  /// For how long who acknowledges it now has it in hand; zero of an unknown one.
  [[nodiscard]] Duration acknowledgement_lasts(IncidentId id) const;
  /// Receivers that a reload removed and that something is still owed to.
  [[nodiscard]] std::vector<RetiredReceiver> retired_receivers() const;
  /// Counters for /metrics, by name (see engine/status.hpp).
  [[nodiscard]] const Counters& counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tocsin::engine
