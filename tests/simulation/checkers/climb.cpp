#include "checkers/climb.hpp"

#include <algorithm>

namespace tocsin::simulation {

Duration Climbing::at_least(Moment moment) const {
  // What is withheld from the first starts to climb when somebody is told.
  return runs() && free && !tellings.empty() ? lower + (moment.at - mark) : lower;
}

Duration Climbing::at_most(Moment moment) const {
  return runs() ? upper + (moment.at - mark) : upper;
}

int Climbing::level() const {
  int highest = level_before;
  for (const Telling& one : tellings) highest = std::max(highest, one.level);
  return highest;
}

const Telling* Climbing::last_to(const std::string& receiver, int level) const {
  for (auto one = tellings.rbegin(); one != tellings.rend(); ++one) {
    if (one->receiver == receiver && one->level >= level) return &*one;
  }
  return nullptr;
}

const Climbing* Climb::find(IncidentId id) const {
  const auto found = climbing_.find(id.value);
  return found == climbing_.end() ? nullptr : &found->second;
}

/// The clock stands while all of it is withheld. It runs for sure where something was free at both
/// ends; it stands for sure where one and the same thing withheld each instance throughout.
void Climb::hold(Climbing& one, Moment moment) {
  const bool free_still = free(one, moment);
  if (free_still) one.lower = one.at_least(moment);
  if (!shut(one, moment)) one.upper = one.at_most(moment);
  one.free = free_still;
  one.stirred = false;
  one.mark = moment.at;
}

std::vector<const Instance*> Climb::members(const Climbing& one) const {
  std::vector<const Instance*> all;
  const auto found = ledger_.members.find(one.id.value);
  if (found == ledger_.members.end()) return all;
  for (const AlertKey& key : found->second) {
    if (const Instance* member = truth_.find(key.rule, key.labels)) all.push_back(member);
  }
  return all;
}

bool Climb::free(const Climbing& one, Moment moment) const {
  const auto all = members(one);
  return std::any_of(all.begin(), all.end(),
                     [&](const Instance* member) { return !withheld_.maybe(*member, moment); });
}

bool Climb::shut(const Climbing& one, Moment moment) const {
  const Incident* incident = ledger_.incident(one.id);
  if (one.stirred || one.storm || incident == nullptr || incident->storm_of) return false;
  const auto all = members(one);
  return !all.empty() && std::all_of(all.begin(), all.end(), [&](const Instance* member) {
    return withheld_.surely_since(*member, one.mark, moment);
  });
}

void Climb::minute(Moment moment) {
  for (const std::uint64_t id : ledger_.open) {
    const auto found = climbing_.find(id);
    if (found != climbing_.end()) hold(found->second, moment);
  }
}

Duration Climb::due_of_last(const Climbing& one, const Incident& now) const {
  const PolicyPlan* policy = ledger_.plan->policy(now.policy);
  Duration due{};
  if (policy == nullptr) return due;
  for (const EntryPlan& entry : policy->entries) {
    if (entry.level <= one.level()) due = std::max(due, entry.after);
  }
  return due;
}

void Climb::acknowledgement(Climbing& one, const Incident& now, StepNumber step, Moment moment) {
  if (now.acknowledged) {
    hold(one, moment);
    one.until_before = one.acknowledged ? one.acknowledged_until : Duration{};
    one.acknowledged_in = step;
    one.acknowledged = true;
    one.acknowledged_at = moment.at;
    one.acknowledged_until = moment.at + now.acknowledged->lasts;
    one.acknowledged_severity = now.acknowledged->severity;
    return;
  }
  hold(one, moment);
  const Duration anew = due_of_last(one, now);
  const bool expired = moment.at >= one.acknowledged_until - seconds(1);
  one.lower = expired ? anew : std::min(one.lower, anew);
  const Duration late = std::max(moment.at - one.acknowledged_until, Duration{});
  one.upper = expired ? anew + late : std::max(one.upper, anew);
  one.acknowledged = false;
  one.free_at = moment.at;
}

void Climb::begin_anew(Climbing& one, StepNumber step) {
  one.level_before = one.level();
  std::erase_if(one.earlier,
                [&](const auto& parted) { return parted.first <= ledger_.committed_to; });
  one.earlier.emplace_back(step, std::move(one.tellings));
  one.tellings.clear();
}

void Climb::change(const IncidentChange& change, StepNumber step, Moment moment) {
  const Incident& now = *change.after;
  const auto [found, added] = climbing_.try_emplace(now.id.value);
  Climbing& one = found->second;
  if (added || !change.before) {
    one = Climbing{};
    one.id = now.id;
    one.opened = one.reopened = one.mark = moment.at;
    one.storm = now.storm;
  }
  if (now.open() != one.open) {
    hold(one, moment);
    one.open = now.open();
    if (one.open) {
      one.reopened = moment.at;
      begin_anew(one, step);
    } else if (!one.tellings.empty() || one.closed == Duration{}) {
      one.closed = moment.at;  // of what nobody heard since, the close that they heard counts
    }
  }
  // All that was not withheld is well: whoever was told got a close, and the rest is told anew.
  if (now.open() && !now.announced && !one.tellings.empty()) {
    hold(one, moment);
    one.closed = moment.at;
    begin_anew(one, step);
  }
  const bool renewed = now.acknowledged && change.before && change.before->acknowledged &&
                       (now.acknowledged->at.wall != change.before->acknowledged->at.wall ||
                        now.acknowledged->lasts != change.before->acknowledged->lasts);
  if (now.acknowledged.has_value() != one.acknowledged || renewed) {
    acknowledgement(one, now, step, moment);
  }
}

void Climb::stepped(const StepSeen& step, Moment moment) {
  for (const Record& record : step.records) {
    // A silence may be shorter than a minute.
    if (std::holds_alternative<Silence>(record)) minute(moment);
    const auto* erased = std::get_if<Erased>(&record);
    if (erased != nullptr && erased->kind == Erased::Kind::incident) {
      climbing_.erase(erased->number);
    }
  }
  for (const AlertChange& made : ledger_.alert_changes) {
    for (const IncidentId id : {made.incident_before, made.incident_after}) {
      const auto found = climbing_.find(id.value);
      if (found != climbing_.end()) found->second.stirred = true;
    }
  }
  for (const IncidentChange& one : ledger_.incident_changes) change(one, step.number, moment);
  for (const DeliveryChange& made : ledger_.delivery_changes) {
    const Delivery& one = *made.after;
    if (made.before || one.action != DeliveryAction::open) continue;
    const auto found = climbing_.find(one.incident.value);
    if (found == climbing_.end()) continue;
    Climbing& told = found->second;
    if (told.tellings.empty()) {
      const bool long_quiet = told.closed != Duration{} && moment.at - told.closed > minutes(10);
      hold(told, moment);
      if (long_quiet) {
        told.lower = {};
        if (!told.acknowledged) told.level_before = 0;
      }
    }
    told.tellings.push_back({.delivery = one.id,
                             .step = step.number,
                             .receiver = one.receiver,
                             .level = one.level,
                             .at = moment.at,
                             .kind = one.notice.kind,
                             .wakes = one.wakes,
                             .stand_in = static_cast<bool>(one.stands_in_for)});
  }
}

void Climb::stopped(Stop stop, Moment moment) {
  calendar_moved_ = stop == Stop::reboot && moment.at - ledger_.wall_stepped_at < hours(24);
}

void Climb::started(const Records& records, Moment moment) {
  std::map<std::uint64_t, Climbing> kept;
  for (const Incident& now : records.incidents) {
    const auto found = climbing_.find(now.id.value);
    if (found == climbing_.end()) continue;
    Climbing one = std::move(found->second);
    const std::size_t before = one.tellings.size();
    bool parted_unrecorded = false;
    for (; !one.earlier.empty() && one.earlier.back().first > records.engine.step;
         one.earlier.pop_back()) {
      const auto& tellings = one.earlier.back().second;
      one.tellings.insert(one.tellings.begin(), tellings.begin(), tellings.end());
      parted_unrecorded = true;
    }
    std::erase_if(one.tellings, [&](const Telling& told) {
      return told.step > records.engine.step && ledger_.delivery(told.delivery) == nullptr;
    });
    const bool lost = parted_unrecorded || one.tellings.size() != before ||
                      one.open != now.open() || one.acknowledged != now.acknowledged.has_value();
    if (lost || calendar_moved_ || moment.at - ledger_.wall_stepped_at < minutes(5)) {
      one.vague = true;
    }
    one.open = now.open();
    if (one.acknowledged && one.acknowledged_in > records.engine.step) {
      one.acknowledged_until = one.until_before;  // it was renewed, and that is lost
    }
    if (one.acknowledged != now.acknowledged.has_value()) {
      one.acknowledged = now.acknowledged.has_value();
      one.acknowledged_at = moment.at;
      one.acknowledged_until =
          moment.at + (one.acknowledged ? now.acknowledged->lasts : minutes(0));
    }
    kept.emplace(now.id.value, std::move(one));
  }
  climbing_ = std::move(kept);
}

}  // namespace tocsin::simulation
