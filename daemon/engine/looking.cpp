// What others may see of the engine, without changing it.
#include <algorithm>
#include <utility>

#include "engine/impl.hpp"
#include "tocsin/expr/evaluate_range.hpp"

namespace tocsin::engine {

TargetId Engine::target(std::string_view name) const {
  for (const auto& target : impl_->targets) {
    if (target.configured && target.spec.name == name) return target.id;
  }
  return {};
}

const config::EngineConfig& Engine::config() const {
  return impl_->config;
}
const series::Store& Engine::store() const {
  return impl_->store;
}
const Counters& Engine::counters() const {
  return impl_->counters;
}

namespace {

expr::Moment moment(BootTime at, Now now) {
  return {at, now.wall.time_since_epoch() - now.boot.time_since_epoch(), {}};
}

}  // namespace

Result<expr::Evaluated> Engine::query(const expr::Expression& expression, BootTime at, Now now) {
  return expr::evaluate(expression, impl_->store, impl_->feeds, moment(at, now));
}

Result<expr::Matrix> Engine::query_range(const expr::Expression& expression, BootTime from,
                                         BootTime to, Duration step, Now now) {
  return expr::evaluate_range(expression, impl_->store, impl_->feeds, moment(from, now), to, step);
}

std::vector<expr::Part> Engine::dissect(const std::string& rule, Now now) {
  const auto found = impl_->rules.find(rule);
  if (found == impl_->rules.end() || found->second.rule == nullptr) return {};
  const auto& evaluated = found->second.last_evaluation;
  const BootTime at = evaluated ? evaluated->boot : now.boot;
  const auto definition = [this](const std::string& metric) {
    const auto* record = impl_->config.record(metric);
    return record == nullptr ? nullptr : &record->expression;
  };
  return expr::dissect(found->second.rule->expression, impl_->store, impl_->feeds, moment(at, now),
                       {}, definition);
}

std::vector<PastTransition> Engine::transitions(const std::string& rule) const {
  const auto found = impl_->rules.find(rule);
  if (found == impl_->rules.end()) return {};
  return {found->second.past.begin(), found->second.past.end()};
}

std::vector<LearnedBaseline> Engine::baselines() const {
  std::vector<LearnedBaseline> all;
  for (const auto& [name, rule] : impl_->rules) {
    if (rule.baseline) all.push_back({name, rule.baseline_meaning, rule.baseline->save()});
  }
  return all;
}

Status Engine::status(Now now) const {
  Status status;
  for (const auto& target : impl_->targets) {
    if (!target.configured) continue;
    status.targets.push_back({target.spec.name, target.known, target.outcome, target.detail,
                              target.last_stamp, target.took, target.samples, target.spec.every});
  }
  for (const auto& recording : impl_->recordings) {
    status.records.push_back({recording.record->name, recording.series, recording.refused,
                              recording.last_evaluation, recording.error});
  }
  for (const auto& [name, rule] : impl_->rules) {
    RuleStatus shown;
    shown.name = name;
    shown.last_evaluation = rule.last_evaluation;
    shown.last_error = rule.error;
    shown.reason = rule.reason;
    shown.value = rule.value;
    shown.nothing_since = rule.nothing_since;
    if (rule.reason == AlertReason::warming_up) {
      const auto at = impl_->warm_at(rule.touched, rule.reads.reach);
      shown.warm_at = now.wall + (at - now.boot);
    }
    if (rule.baseline) {
      const auto& view = rule.baseline->view();
      shown.baseline = BaselineStatus{impl_->normal_of(rule), view.judged, view.expected,
                                      view.lower, view.upper};
      if (rule.reason == AlertReason::warming_up) {
        shown.warm_at = now.wall + std::max<Duration>(Duration(0), rule::Baseline::silent_for() -
                                                                       rule.baseline->known_for());
      }
    }
    std::optional<Severity> severity;
    for (const auto& [labels, entry] : rule.alerts) {
      const auto state = entry.alert.state;
      if (state != AlertState::inactive)
        severity = std::max(severity.value_or(entry.alert.severity), entry.alert.severity);
      shown.worst =
          std::max(shown.worst, state == AlertState::clearing ? AlertState::firing : state);
      if (state == AlertState::pending) ++shown.pending;
      if (state == AlertState::firing || state == AlertState::clearing) ++shown.firing;
    }
    if (severity && rule.rule != nullptr)
      shown.threshold = Impl::threshold_text(*rule.rule, *severity);
    status.rules.push_back(std::move(shown));
  }
  for (const auto& spec : impl_->config.receivers) {
    ReceiverStatus shown;
    shown.name = spec.name;
    shown.waiting = impl_->outbox.waiting_for(spec.name);
    const auto found = impl_->receivers.find(spec.name);
    if (found != impl_->receivers.end()) {
      shown.consecutive_failures = found->second.consecutive_failures;
      shown.last_error = found->second.last_error;
      shown.refuses = found->second.refuses;
      shown.last_yes = found->second.last_yes;
    }
    status.receivers.push_back(std::move(shown));
  }
  status.open_incidents = impl_->open_incidents.size();
  for (const auto id : impl_->open_incidents) {
    const auto& incident = impl_->find(id)->incident;
    if (!incident.acknowledged && !incident.storm_of) ++status.unacknowledged;
  }
  status.outbox = impl_->outbox.waiting();
  status.silences = silences(now).size();
  for (const auto& window : maintenance(now)) status.maintenance += window.in_force ? 1 : 0;
  status.storage_degraded = impl_->storage_degraded();
  status.storage_error = impl_->storage_error;
  status.steps_uncommitted = impl_->pending_steps.size();
  return status;
}

std::vector<const Incident*> Engine::incidents() const {
  std::vector<const Incident*> all;
  for (auto it = impl_->incidents.rbegin(); it != impl_->incidents.rend(); ++it)
    all.push_back(&it->second.incident);
  return all;
}

const Incident* Engine::incident(IncidentId id) const {
  const auto* entry = impl_->find(id);
  return entry == nullptr ? nullptr : &entry->incident;
}

std::string Engine::summary(IncidentId id) const {
  const auto* entry = impl_->find(id);
  if (entry == nullptr) return {};
  return entry->summary.empty() ? entry->incident.group_key : entry->summary;
}

bool Engine::told_nobody(IncidentId id) const {
  const auto* entry = impl_->find(id);
  return entry != nullptr && impl_->told_nobody(entry->incident);
}

std::vector<const Alert*> Engine::alerts() const {
  std::vector<const Alert*> all;
  for (const auto& [name, rule] : impl_->rules) {
    for (const auto& [labels, entry] : rule.alerts) {
      if (entry.alert.state != AlertState::inactive || entry.alert.flapping)
        all.push_back(&entry.alert);
    }
  }
  return all;
}

NoticeAlert Engine::shown(const Alert& alert) const {
  const auto* entry = std::as_const(*impl_).find(alert.key);
  return entry == nullptr ? NoticeAlert{} : impl_->notice_alert(*entry);
}

std::string Engine::withheld(const Alert& alert) const {
  const auto* entry = std::as_const(*impl_).find(alert.key);
  if (entry == nullptr) return {};
  const auto at = impl_->now.boot;
  return impl_->withheld(*entry, at) == Withheld::none ? "" : impl_->why_withheld(*entry, at);
}

std::vector<const Silence*> Engine::silences(Now now) const {
  std::vector<const Silence*> all;
  for (const auto& [id, entry] : impl_->silences) {
    if (!entry.silence.maintenance && in_force(entry.silence, now)) all.push_back(&entry.silence);
  }
  return all;
}

std::vector<MaintenanceStatus> Engine::maintenance(Now now) const {
  return impl_->maintenance_at(now);
}

std::optional<NextStep> Engine::next_step(const Incident& incident, Now now) const {
  auto* entry = impl_->find(incident.id);
  if (entry == nullptr) return std::nullopt;
  const auto& policy = impl_->policy_of(*entry);
  return impl_->next_step(*entry, impl_->look(*entry, policy, now.boot), policy, now);
}

std::optional<Notice> Engine::notice(IncidentId id, Now now) const {
  auto* const entry = impl_->find(id);
  if (entry == nullptr) return std::nullopt;
  const auto& incident = entry->incident;
  const auto& policy = impl_->policy_of(*entry);
  const auto view = impl_->look(*entry, policy, now.boot);
  const NoticeKind kind = !incident.open()        ? NoticeKind::closed
                          : incident.acknowledged ? NoticeKind::acknowledged
                                                  : NoticeKind::opened;
  std::string reason = incident.close_reason;
  if (kind == NoticeKind::acknowledged) reason = incident.acknowledged->by + " has it in hand";
  Notice out = impl_->notice(*entry, view, kind, std::max(incident.level, 1), std::move(reason));
  out.at = incident.closed ? incident.closed->wall : now.wall;
  out.lasted = (incident.closed ? incident.closed->boot : now.boot) - incident.opened.boot;
  if (out.next) out.next = impl_->next_step(*entry, view, policy, now);
  out.shown.zone = impl_->config.time_zone;
  return out;
}

Duration Engine::acknowledgement_lasts(IncidentId id) const {
  auto* const entry = impl_->find(id);
  return entry == nullptr ? Duration(0) : impl_->policy_of(*entry).ack_expires;
}

std::vector<RetiredReceiver> Engine::retired_receivers() const {
  std::vector<RetiredReceiver> all;
  for (const auto& [name, receiver] : impl_->retired) all.push_back(receiver);
  return all;
}

}  // namespace tocsin::engine
