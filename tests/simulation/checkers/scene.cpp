#include "checkers/scene.hpp"

namespace tocsin::simulation {

void Roll::stepped(const StepSeen&, Moment) {
  for (const AlertChange& change : ledger_.alert_changes) {
    if (const Instance* one = truth_.find(change.key.rule, change.key.labels)) {
      keys_.insert_or_assign(one, change.key);
    }
  }
}

void Roll::started(const Records& records, Moment) {
  keys_.clear();
  for (const Alert& alert : records.alerts) {
    if (const Instance* one = truth_.find(alert.key.rule, alert.key.labels)) {
      keys_.insert_or_assign(one, alert.key);
    }
  }
}

const Alert* Roll::alert(const Instance& one) const {
  const auto key = keys_.find(&one);
  if (key == keys_.end()) return nullptr;
  const auto found = ledger_.alerts.find(key->second);
  return found == ledger_.alerts.end() ? nullptr : &found->second;
}

std::vector<const Instance*> Scene::members(IncidentId id) const {
  std::vector<const Instance*> all;
  const auto found = ledger.members.find(id.value);
  if (found == ledger.members.end()) return all;
  for (const AlertKey& key : found->second) {
    if (const Instance* one = truth.find(key.rule, key.labels)) all.push_back(one);
  }
  return all;
}

bool Scene::owed(const Instance& one, Duration span, Moment moment) const {
  if (!one.must_fire || one.plan == nullptr || moment.at - one.must_since < span) return false;
  if (withheld.maybe(one, moment)) return false;
  const auto free = withheld.free_since(one);
  return free && moment.at - *free >= span;
}

bool matches(const EntryPlan& entry, const Instance& one) {
  return entry.matchers.matches([&](std::string_view name) -> std::string_view {
    if (name == "severity") return to_string(one.severity);
    if (name == "impact") return to_string(one.plan->impact);
    return one.labels.get(name);
  });
}

Checkers::Checkers(Checker::Report report) {
  all_.push_back(make_lost_alarm(scene_));
  all_.push_back(make_false_alarm(scene_));
  all_.push_back(make_missing_is_not_well(scene_));
  all_.push_back(make_levels_on_time(scene_));
  all_.push_back(make_repeats(scene_));
  all_.push_back(make_acknowledgement_respected(scene_));
  all_.push_back(make_withheld_respected(scene_));
  all_.push_back(make_recorded_first(scene_));
  all_.push_back(make_next_deadline(scene_));
  all_.push_back(make_at_least_once(scene_));
  all_.push_back(make_duplicates(scene_));
  all_.push_back(make_order(scene_));
  all_.push_back(make_closes_owed(scene_));
  all_.push_back(make_keys(scene_));
  all_.push_back(make_limits(scene_));
  all_.push_back(make_replies(scene_));
  all_.push_back(make_calm_in_bursts(scene_));
  all_.push_back(make_changes(scene_));
  all_.push_back(make_fallback(scene_));
  all_.push_back(make_recovery(scene_));
  each([&](Checker& one) { one.report_to(report); });
}

}  // namespace tocsin::simulation
