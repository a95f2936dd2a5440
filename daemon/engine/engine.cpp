#include "tocsin/engine/engine.hpp"

#include <algorithm>
#include <utility>

#include "engine/impl.hpp"

namespace tocsin::engine {

Engine::Impl::Impl(config::EngineConfig engine_config, std::string boot, std::uint64_t seed,
                   Now start)
    : config(std::move(engine_config)),
      now(start),
      store(config.limits.store),
      outbox(config.tuning.outbox, seed) {
  state.boot_id = std::move(boot);
  outbox.set_next_id([this] { return next_delivery_id(); });
  begin(start);
  configure_targets(config);
  configure_recordings();
  configure_rules();
  configure_windows({});
  apply(outbox.configure(config.receivers, config.tuning.outbox, now));
}

void Engine::Impl::begin(Now at) {
  now = at;
  step = Step{};
  follow_calendar();
}

Step Engine::Impl::finish() {
  detect_storms();
  take_turns_before_settling();
  while (!touched.empty()) {
    const auto id = *touched.begin();
    touched.erase(touched.begin());
    if (auto* entry = find(id)) settle(*entry);
  }
  collect_records();
  step.wake = next_wake();
  return std::move(step);
}

std::optional<BootTime> Engine::Impl::next_wake() const {
  std::optional<BootTime> next = outbox.next_due();
  const auto consider = [&](std::optional<BootTime> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (!incident_timers.empty()) consider(incident_timers.begin()->first);
  for (const auto& [number, pending] : pending_steps) {
    if (!pending.released) consider(pending.at.boot + config.tuning.record_within);
  }
  consider(next_on_calendar());
  if (!turn_timers.empty()) consider(turn_timers.begin()->first);
  if (!alert_timers.empty()) consider(alert_timers.begin()->first);
  consider(next_poll);
  consider(next_tidy);
  return next;
}

void Engine::Impl::wake_due() {
  release_overdue_steps();
  take_turns_put_off();
  for (auto it = silences.begin(); it != silences.end();) {
    const auto& silence = it->second.silence;
    if (!over(silence, now)) {
      ++it;
      continue;
    }
    if (!silence.maintenance && silence.window.empty()) {
      withholding_ended(it->second.matchers,
                        "silence " + reference_to(silence) + " " + silence.matchers + " has ended");
    }
    more_records.emplace_back(Erased{Erased::Kind::silence, {}, silence.id.value, {}});
    it = silences.erase(it);
    touch_all_open();
  }
  while (!alert_timers.empty() && alert_timers.begin()->first <= now.boot) {
    const auto key = alert_timers.begin()->second;
    alert_timers.erase(alert_timers.begin());
    auto* entry = find(key);
    if (entry == nullptr) continue;
    auto& alert = entry->alert;
    if (alert.drill_ends) {
      if (alert.drill_ends->boot <= now.boot) {
        drill_over(*entry);
      } else {
        alert_timers.emplace(alert.drill_ends->boot, key);
      }
      continue;
    }
    const auto steady = rule::steady_at(alert, flap_tuning());
    if (alert.flapping && steady > now.boot) {
      alert_timers.emplace(steady, key);
      continue;
    }
    if (alert.flapping) {
      alert.flapping = false;
      changed(*entry);
      if (auto* incident = find(alert.incident)) {
        timeline(incident->incident, TimelineKind::steady, summary_of(*entry) + ": steady again");
        touch(alert.incident);
      }
      if (alert.state == AlertState::inactive || alert.state == AlertState::pending) {
        cause_changed(*entry, {AlertState::firing, alert.state, alert.reason});
        leave(*entry);
      }
    }
    if (auto found = rules.find(key.rule); found != rules.end())
      forget_if_at_rest(found->second, key.labels);
  }
  for (const auto& [due, id] : incident_timers) {
    if (due > now.boot) break;
    touch(id);
  }
  if (next_poll && *next_poll <= now.boot) poll_acknowledgements();
  if (next_tidy && *next_tidy <= now.boot) forget_old_incidents();
  apply(outbox.woke(now));
}

AlertEntry* Engine::Impl::find(const AlertKey& key) {
  return const_cast<AlertEntry*>(std::as_const(*this).find(key));
}

const AlertEntry* Engine::Impl::find(const AlertKey& key) const {
  const auto rule = rules.find(key.rule);
  if (rule == rules.end()) return nullptr;
  const auto alert = rule->second.alerts.find(key.labels);
  return alert == rule->second.alerts.end() ? nullptr : &alert->second;
}

IncidentEntry* Engine::Impl::find(IncidentId id) {
  const auto found = incidents.find(id);
  return found == incidents.end() ? nullptr : &found->second;
}

Stamp Engine::Impl::stamp_of(BootTime tick) const {
  return {tick, now.wall - (now.boot - tick)};
}

void Engine::Impl::log(LogLine::Level level, std::string text, LogSubject about) {
  step.log.push_back({level, std::move(text), std::move(about)});
}

rule::FlapTuning Engine::Impl::flap_tuning() const {
  return {config.tuning.flap_transitions, config.tuning.flap_window, config.tuning.flap_steady};
}

Engine::Engine(config::EngineConfig config, std::string boot_id, std::uint64_t seed, Now now)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(boot_id), seed, now)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Step Engine::restored(Records records, Now now) {
  impl_->begin(now);
  impl_->restore(std::move(records));
  return impl_->finish();
}

Step Engine::scraped(const Scrape& scrape, Now now) {
  impl_->begin(now);
  impl_->take_scrape(scrape);
  return impl_->finish();
}

Step Engine::woke(Now now) {
  impl_->begin(now);
  impl_->wake_due();
  return impl_->finish();
}

Step Engine::committed(StepNumber step, CommitOutcome outcome, Now now, std::string_view trouble) {
  impl_->begin(now);
  impl_->step_committed(step, outcome, trouble);
  return impl_->finish();
}

Step Engine::delivered(DeliveryId delivery, const DeliveryOutcome& outcome, Now now) {
  impl_->begin(now);
  if (outcome.result == DeliveryResult::delivered) impl_->keep_thread(delivery, outcome.thread);
  impl_->apply(impl_->outbox.answered(delivery, outcome, now));
  return impl_->finish();
}

Step Engine::configured(config::EngineConfig config, Now now) {
  impl_->begin(now);
  impl_->configure(std::move(config));
  return impl_->finish();
}

Step Engine::commanded(const Command& command, Now now) {
  impl_->begin(now);
  std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, AcknowledgeCommand>) {
          impl_->acknowledge(command, what);
        } else if constexpr (std::is_same_v<What, AcknowledgedThere>) {
          impl_->acknowledged_there(command, what);
        } else if constexpr (std::is_same_v<What, UnacknowledgeCommand>) {
          impl_->unacknowledge(command, what);
        } else if constexpr (std::is_same_v<What, SilenceCommand>) {
          impl_->add_silence(command, what);
        } else if constexpr (std::is_same_v<What, EndSilenceCommand>) {
          impl_->end_silence(command, what);
        } else if constexpr (std::is_same_v<What, MaintenanceCommand>) {
          impl_->start_maintenance(command, what);
        } else if constexpr (std::is_same_v<What, EndMaintenanceCommand>) {
          impl_->end_maintenance(command, what);
        } else if constexpr (std::is_same_v<What, AssessCommand>) {
          impl_->assess(command, what);
        } else if constexpr (std::is_same_v<What, DrillCommand>) {
          impl_->drill(command, what);
        } else if constexpr (std::is_same_v<What, EndDrillCommand>) {
          impl_->end_drill(command, what);
        } else if constexpr (std::is_same_v<What, AcceptCommand>) {
          impl_->accept(command, what);
        } else if constexpr (std::is_same_v<What, LearnCommand>) {
          impl_->learn(command, what);
        } else if constexpr (std::is_same_v<What, ChangeCommand>) {
          impl_->announce(command, what);
        } else {
          static_assert(std::is_same_v<What, TestNoticeCommand>);
          impl_->test_notice(command, what);
        }
      },
      command.what);
  return impl_->finish();
}

}  // namespace tocsin::engine
