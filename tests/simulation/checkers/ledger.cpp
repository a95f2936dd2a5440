#include "checkers/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tocsin::simulation {

void Ledger::configured(const Plan& now_in_force, Moment moment) {
  plan = &now_in_force;
  if (running) {
    reloaded_at = moment.at;
    disturbed_at = moment.at;
  }
}

void Ledger::stepped(const StepSeen& seen, Moment) {
  alert_changes.clear();
  incident_changes.clear();
  delivery_changes.clear();
  timeline.clear();
  if (!seen.records.empty()) step = seen.number;
  for (const Record& record : seen.records) take(record);
}

void Ledger::committed(StepNumber written_step, bool written, Moment) {
  if (written) committed_to = std::max(committed_to, written_step);
}

void Ledger::clear() {
  alerts.clear();
  incidents.clear();
  deliveries.clear();
  members.clear();
  told.clear();
  open.clear();
  waiting.clear();
  silences.clear();
}

void Ledger::started(const Records& records, Moment moment) {
  clear();
  step = committed_to = records.engine.step;
  started_at = disturbed_at = moment.at;
  running = true;
  for (const Alert& alert : records.alerts) take(alert);
  for (const Incident& one : records.incidents) take(one);
  for (const Delivery& one : records.deliveries) take(one);
  for (const Silence& silence : records.silences) silences[silence.id.value] = silence;
  alert_changes.clear();
  incident_changes.clear();
  delivery_changes.clear();
}

void Ledger::take(const Record& record) {
  if (const auto* alert = std::get_if<Alert>(&record)) return take(*alert);
  if (const auto* one = std::get_if<Incident>(&record)) return take(*one);
  if (const auto* one = std::get_if<Delivery>(&record)) return take(*one);
  if (const auto* erased = std::get_if<Erased>(&record)) return take(*erased);
  if (const auto* silence = std::get_if<Silence>(&record)) silences[silence->id.value] = *silence;
  if (const auto* entry = std::get_if<TimelineEntry>(&record)) timeline.push_back(*entry);
}

void Ledger::take(const Alert& alert) {
  Alert& kept = alerts[alert.key];
  AlertChange change{.key = alert.key,
                     .before = kept.state,
                     .after = alert.state,
                     .incident_before = kept.incident,
                     .incident_after = alert.incident,
                     .alert = &kept};
  if (kept.incident != alert.incident) {
    if (kept.incident) members[kept.incident.value].erase(alert.key);
    if (alert.incident) members[alert.incident.value].insert(alert.key);
  }
  kept = alert;
  alert_changes.push_back(std::move(change));
}

void Ledger::take(const Incident& one) {
  IncidentChange change;
  auto found = incidents.find(one.id.value);
  if (found == incidents.end()) {
    found = incidents.emplace(one.id.value, one).first;
  } else {
    change.before = std::move(found->second);
    found->second = one;
  }
  change.after = &found->second;
  if (one.open()) {
    open.insert(one.id.value);
  } else {
    open.erase(one.id.value);
  }
  incident_changes.push_back(std::move(change));
}

void Ledger::take(const Delivery& one) {
  DeliveryChange change;
  auto found = deliveries.find(one.id.value);
  if (found == deliveries.end()) {
    found = deliveries.emplace(one.id.value, one).first;
    if (one.incident) told[one.incident.value].insert(one.id.value);
  } else {
    change.before = found->second.state;
    found->second = one;
  }
  change.after = &found->second;
  if (is_final(one.state)) {
    waiting.erase(one.id.value);
  } else {
    waiting.insert(one.id.value);
  }
  delivery_changes.push_back(change);
}

void Ledger::take(const Erased& erased) {
  switch (erased.kind) {
    case Erased::Kind::alert: {
      const auto found = alerts.find(erased.alert);
      if (found == alerts.end()) return;
      alert_changes.push_back({.key = erased.alert,
                               .before = found->second.state,
                               .after = AlertState::inactive,
                               .incident_before = found->second.incident,
                               .incident_after = {},
                               .alert = nullptr});
      if (found->second.incident) members[found->second.incident.value].erase(erased.alert);
      alerts.erase(found);
      return;
    }
    case Erased::Kind::incident:
      if (open.contains(erased.number)) {
        violated(fmt::format("incident {} was erased while open", erased.number));
      }
      incidents.erase(erased.number);
      open.erase(erased.number);
      members.erase(erased.number);
      told.erase(erased.number);
      return;
    case Erased::Kind::delivery: {
      if (waiting.contains(erased.number)) {
        violated(fmt::format("delivery {} was erased before it was final", erased.number));
      }
      const auto found = deliveries.find(erased.number);
      if (found == deliveries.end()) return;
      const auto of = told.find(found->second.incident.value);
      if (of != told.end()) of->second.erase(erased.number);
      waiting.erase(erased.number);
      deliveries.erase(found);
      return;
    }
    case Erased::Kind::silence:
      silences.erase(erased.number);
      return;
    case Erased::Kind::retired_receiver:
    case Erased::Kind::baseline:
      return;
  }
}

const Incident* Ledger::incident(IncidentId id) const {
  const auto found = incidents.find(id.value);
  return found == incidents.end() ? nullptr : &found->second;
}

const Delivery* Ledger::delivery(DeliveryId id) const {
  const auto found = deliveries.find(id.value);
  return found == deliveries.end() ? nullptr : &found->second;
}

const Incident* Ledger::speaker(const Incident& one) const {
  if (!one.storm_of) return &one;
  const Incident* storm = incident(one.storm_of);
  return storm != nullptr ? storm : &one;
}

}  // namespace tocsin::simulation
