// Record first, but page anyway: which deliveries and replies wait for which commit, and for how
// long.
#include <algorithm>

#include "engine/impl.hpp"

namespace tocsin::engine {

void Engine::Impl::collect_records() {
  forget_old_changes();
  for (const auto& key : dirty_alerts) {
    const auto* entry = find(key);
    if (entry != nullptr) {
      step.records.emplace_back(entry->alert);
    } else {
      step.records.emplace_back(Erased{Erased::Kind::alert, key, 0, {}});
    }
  }
  for (const auto id : dirty_incidents) {
    if (const auto* entry = find(id)) step.records.emplace_back(entry->incident);
  }
  for (const auto id : dirty_deliveries) {
    if (const auto* delivery = outbox.find(id)) step.records.emplace_back(*delivery);
  }
  for (const auto id : dirty_silences) {
    const auto found = silences.find(id);
    if (found != silences.end()) step.records.emplace_back(found->second.silence);
  }
  for (auto& record : more_records) step.records.push_back(std::move(record));
  dirty_alerts.clear();
  dirty_incidents.clear();
  dirty_deliveries.clear();
  dirty_silences.clear();
  more_records.clear();

  if (step.records.empty() && !state_changed) {
    for (auto& reply : new_replies) step.replies.push_back(std::move(reply));
  } else {
    state.step = StepNumber(state.step.value + 1);
    step.number = state.step;
    EngineState written = state;
    for (const auto& known : changes) written.changes.push_back(known.change);
    step.records.emplace_back(std::move(written));
    ++counters.steps;
    pending_steps.emplace(step.number,
                          PendingStep{now,
                                      false,
                                      std::move(new_deliveries),
                                      std::move(new_replies),
                                      {incidents_in_step.begin(), incidents_in_step.end()}});
  }
  state_changed = false;
  new_deliveries.clear();
  new_replies.clear();
  incidents_in_step.clear();
}

void Engine::Impl::release(PendingStep& pending, bool recorded) {
  pending.released = true;
  for (const auto id : pending.deliveries) {
    const auto* delivery = outbox.find(id);
    if (delivery == nullptr || is_final(delivery->state)) continue;
    if (!recorded) outbox.leaves_unrecorded(id);
    apply(outbox.release(id, now));
  }
  for (auto& reply : pending.replies) {
    reply.recorded = recorded;
    if (!recorded && reply.accepted) reply.text += " (done, but not recorded: a crash may undo it)";
    step.replies.push_back(std::move(reply));
  }
  pending.deliveries.clear();
  pending.replies.clear();
  if (recorded) return;
  ++counters.steps_not_recorded;
  for (const auto id : pending.incidents) {
    auto* entry = find(id);
    if (entry == nullptr || !entry->incident.recorded) continue;
    entry->incident.recorded = false;
    timeline(entry->incident, TimelineKind::not_recorded, "told before storage had recorded it");
  }
}

void Engine::Impl::release_overdue_steps() {
  for (auto& [number, pending] : pending_steps) {
    if (pending.released || now.boot - pending.at.boot < config.tuning.record_within) continue;
    if (storage_error.empty()) {
      storage_error =
          "storage has not answered for " + humanize_duration(now.boot - pending.at.boot);
      log(LogLine::Level::error, storage_error + ": notices leave without being recorded");
    }
    release(pending, false);
  }
}

bool Engine::Impl::storage_degraded() const {
  return !storage_error.empty();
}

void Engine::Impl::step_committed(StepNumber number, CommitOutcome outcome,
                                  std::string_view trouble) {
  if (outcome == CommitOutcome::failed) {
    const auto found = pending_steps.find(number);
    if (found == pending_steps.end()) return;
    if (storage_error.empty()) {
      storage_error = "storage could not write";
      if (!trouble.empty()) storage_error += ": " + std::string(trouble);
      log(LogLine::Level::error, storage_error + ": notices leave without being recorded");
    }
    if (!found->second.released) release(found->second, false);
    return;
  }
  // Steps are written in order: with this one, all before it are durable.
  while (!pending_steps.empty() && pending_steps.begin()->first <= number) {
    auto node = pending_steps.extract(pending_steps.begin());
    auto& pending = node.mapped();
    if (!pending.released) {
      release(pending, true);
      continue;
    }
    for (const auto id : pending.incidents) {
      auto* entry = find(id);
      if (entry == nullptr || entry->incident.recorded) continue;
      entry->incident.recorded = true;
      timeline(entry->incident, TimelineKind::recorded, "recorded now, late");
    }
  }
  const auto waits_long = [](const auto& pending) { return pending.second.released; };
  if (storage_degraded() && std::none_of(pending_steps.begin(), pending_steps.end(), waits_long)) {
    log(LogLine::Level::info, "storage is well again: everything is recorded");
    storage_error.clear();
  }
}

void Engine::Impl::answer(const Command& command, bool accepted, std::string text,
                          std::uint64_t number) {
  new_replies.push_back(Reply{command.request, accepted, false, std::move(text), number});
}

void Engine::Impl::answer_unknown(const Command& command, std::string text) {
  answer(command, false, std::move(text));
  new_replies.back().unknown = true;
}

void Engine::Impl::timeline(Incident& incident, TimelineKind kind, std::string text, Rung rung) {
  incidents_in_step.insert(incident.id);
  dirty_incidents.insert(incident.id);
  const auto limit = config.limits.timeline;
  const bool passing = kind == TimelineKind::alert || kind == TimelineKind::delivery ||
                       kind == TimelineKind::updated || kind == TimelineKind::repeated;
  if (incident.timeline_length >= 2 * limit || (passing && incident.timeline_length >= limit)) {
    ++counters.refused_at_limit;
    return;
  }
  if (++incident.timeline_length == limit) {
    kind = TimelineKind::note;
    text +=
        " (the timeline is at its limit: alerts, deliveries and repeats are left out from here on)";
  }
  more_records.emplace_back(TimelineEntry{incident.id, incident.timeline_length, now, kind,
                                          std::move(text), std::move(rung.told),
                                          std::move(rung.woke)});
}

}  // namespace tocsin::engine
