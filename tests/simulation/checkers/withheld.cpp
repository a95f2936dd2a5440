#include "checkers/withheld.hpp"

#include <algorithm>

namespace tocsin::simulation {

void Withheld::take(const Silence& silence, Moment moment) {
  const auto [found, added] = silences_.try_emplace(silence.id.value);
  Known& known = found->second;
  if (added) {
    if (auto parsed = Matchers::parse(silence.matchers)) known.matchers = *parsed;
    known.created = moment.at;
    known.until = moment.at + silence.lasts;
  }
  if (silence.ended_early && !known.ended) {
    known.ended = true;
    known.ended_at = moment.at;
  }
}

void Withheld::stepped(const StepSeen& step, Moment moment) {
  for (const Record& record : step.records) {
    if (const auto* silence = std::get_if<Silence>(&record)) take(*silence, moment);
    const auto* erased = std::get_if<Erased>(&record);
    if (erased == nullptr || erased->kind != Erased::Kind::silence) continue;
    const auto found = silences_.find(erased->number);
    if (found == silences_.end() || found->second.ended) continue;
    found->second.ended = true;
    found->second.ended_at = moment.at;
  }
}

void Withheld::stopped(Stop stop, Moment) {
  if (stop != Stop::reboot) return;
  for (auto& [id, known] : silences_) known.vague = true;
}

void Withheld::started(const Records& records, Moment moment) {
  std::map<std::uint64_t, Known> kept;
  for (const Silence& silence : records.silences) {
    const auto found = silences_.find(silence.id.value);
    if (found != silences_.end()) {
      kept[silence.id.value] = std::move(found->second);
      if (!silence.ended_early) kept[silence.id.value].ended = false;
    }
  }
  silences_ = std::move(kept);
  for (const Silence& silence : records.silences) take(silence, moment);
}

std::vector<const Instance*> Withheld::causes(const Instance& one) const {
  std::vector<const Instance*> found;
  if (one.plan == nullptr || one.plan->inhibited_by.empty()) return found;
  for (const Instance& cause : truth_.instances()) {
    if (cause.plan == nullptr) continue;
    const auto& names = one.plan->inhibited_by;
    if (std::find(names.begin(), names.end(), cause.rule) == names.end()) continue;
    const bool equal = std::all_of(
        one.plan->equal.begin(), one.plan->equal.end(),
        [&](const std::string& name) { return one.labels.get(name) == cause.labels.get(name); });
    if (equal) found.push_back(&cause);
  }
  return found;
}

bool Withheld::flaps(const Instance& cause) const {
  return std::any_of(ledger_.alerts.begin(), ledger_.alerts.end(), [&](const auto& one) {
    return one.second.flapping && one.first.rule == cause.rule &&
           truth_.find(one.first.rule, one.first.labels) == &cause;
  });
}

bool Withheld::caused(const Instance& one, Moment moment) const {
  for (const Instance* cause : causes(one)) {
    const Duration settled = cause->every + seconds(15);
    const bool ended_lately = moment.at - cause->may_ended < 2 * settled;
    if (cause->may_fire || cause->may_from || ended_lately || flaps(*cause)) return true;
    const bool unjudged = cause->exists && !cause->judged;
    if (unjudged || moment.at - ledger_.started_at < minutes(6)) return true;
    if (moment.at - ledger_.reloaded_at < minutes(3)) return true;
  }
  return false;
}

bool Withheld::surely(const Instance& one, Moment moment) const {
  return surely_since(one, moment.at, moment);
}

bool Withheld::surely_since(const Instance& one, Duration since, Moment moment) const {
  for (const auto& [id, known] : silences_) {
    if (known.vague || known.ended || moment.at >= known.until) continue;
    if (since - known.created > seconds(5) && known.matchers.matches(one.labels)) return true;
  }
  if (!ledger_.calm_for(minutes(6), moment)) return false;
  const auto all = causes(one);
  return std::any_of(all.begin(), all.end(), [&](const Instance* cause) {
    return cause->must_fire && since - cause->must_since > cause->every + seconds(15);
  });
}

bool Withheld::maybe(const Instance& one, Moment moment) const {
  for (const auto& [id, known] : silences_) {
    if (!known.matchers.matches(one.labels)) continue;
    const Duration late = known.vague ? hours(3) : seconds(10);
    const Duration until = known.ended ? known.ended_at : known.until + late;
    if (moment.at < until + seconds(10)) return true;
  }
  return caused(one, moment);
}

void Withheld::minute(Moment moment) {
  for (const Instance& one : truth_.instances()) {
    if (one.must_fire && maybe(one, moment)) maybe_until_[&one] = moment.at;
  }
}

std::optional<Duration> Withheld::free_since(const Instance& one) const {
  const auto found = maybe_until_.find(&one);
  return found == maybe_until_.end() ? Duration{} : found->second;
}

}  // namespace tocsin::simulation
