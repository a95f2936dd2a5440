#include "checkers/truth.hpp"

#include <algorithm>
#include <set>

namespace tocsin::simulation {
namespace {

/// All that a value between two bounds may be.
unsigned classes_between(const RulePlan& rule, double low, double high) {
  const unsigned both = class_of(rule, low) | class_of(rule, high);
  return both == (kGood | kBad) ? both | kBetween : both;
}

/// A second, from the sample before to this one; after a reset, from zero.
template <class Samples>
double risen(const Samples& samples, std::size_t newer) {
  const auto& b = samples[newer];
  const auto& a = samples[newer - 1];
  const double rise = b.value >= a.value ? b.value - a.value : b.value;
  return rise / std::chrono::duration<double>(b.tick - a.tick).count();
}
}  // namespace

std::size_t Truth::instance(const RulePlan& rule, const TargetPlan* target, int disk) {
  const std::string label = target != nullptr ? target->instance : "";
  const auto [found, added] = index_.try_emplace(Key{rule.name, label, disk}, instances_.size());
  if (!added) return found->second;
  Instance one;
  one.rule = rule.name;
  one.instance = label;
  one.disk = disk;
  one.every = target != nullptr ? target->every : minutes(1);
  instances_.push_back(std::move(one));
  return found->second;
}

const Instance* Truth::find(const std::string& rule, const Labels& labels) const {
  const std::string_view disk = labels.get("disk");
  const int number = disk.empty() ? -1 : std::stoi(std::string(disk.substr(1)));
  const auto found = index_.find(Key{rule, std::string(labels.get("instance")), number});
  return found == index_.end() ? nullptr : &instances_[found->second];
}

void Truth::configured(const Plan& plan, Moment) {
  plan_ = &plan;
  std::map<std::string, RulePlan> before;
  for (Instance& one : instances_) {
    if (one.plan != nullptr) before.emplace(one.rule, *one.plan);
    one.plan = nullptr;
  }
  sums_.clear();
  for (const TargetPlan& target : plan.targets) lay_out(target);
  for (const RulePlan& rule : plan.rules) {
    if (rule.shape != Shape::sum) continue;
    Sum sum{.instance = instance(rule, nullptr, -1), .parts = {}, .tick = {}, .reported = 0};
    for (const TargetPlan& target : plan.targets) {
      for (std::size_t m = 0; m < target.metrics.size(); ++m) {
        if (target.metrics[m].name == rule.metric) {
          sum.parts.push_back({target.name, targets_[target.name].first[m]});
        }
      }
    }
    sums_.push_back(std::move(sum));
  }
  renew_plans(plan);
  for (const auto& [name, state] : targets_) {
    for (const Watch& each : state.watches) {  // a rule that comes back finds what is there
      Instance& one = instances_[each.instance];
      if (one.plan == nullptr || one.plan->shape == Shape::rate || !state.tick) continue;
      const bool up = each.series == kUp;
      if (!up && !state.series[each.series].present) continue;
      one.value = up ? (state.answered ? 1.0 : 0.0) : state.series[each.series].value();
      one.judged = state.tick;
      one.exists = true;
    }
  }
  std::set<const Instance*> changed;
  for (Instance& one : instances_) {
    const auto found = before.find(one.rule);
    const bool same = found != before.end() && one.plan != nullptr && found->second == *one.plan;
    if (same) continue;
    rule_changed(one);
    changed.insert(&one);
  }
  for (const auto& [name, state] : targets_) {
    for (const Watch& each : state.watches) {
      Instance& one = instances_[each.instance];
      if (!changed.contains(&one) || one.plan == nullptr || one.plan->shape != Shape::rate)
        continue;
      if (state.tick) rate_judged_anew(one, state.series[each.series], *state.tick);
    }
  }
}

/// What it was above zero, a shorter or longer range may be in part.
void Truth::rate_judged_anew(Instance& one, const Series& series, Duration tick) {
  if (series.recent.size() < 2) return;
  const double rate = risen(series.recent, series.recent.size() - 1);
  if ((classes_between(*one.plan, 0, rate) & kBad) != 0) bound_in_part(one, kBad, tick);
}

void Truth::renew_plans(const Plan& plan) {
  for (Instance& one : instances_) {
    one.plan = plan.rule(one.rule);
    one.labels = one.plan != nullptr ? one.plan->labels : Labels{};
    if (!one.instance.empty()) one.labels.set("instance", one.instance);
    if (one.disk >= 0) one.labels.set("disk", "d" + std::to_string(one.disk));
  }
}

void Truth::rule_changed(Instance& one) {
  one.must_fire = false;
  one.bad_from.reset();
  one.bad_in_row = 0;
  one.out_from.reset();
  if (one.plan == nullptr) {
    one.may_fire = false;
    one.may_from.reset();
    one.counted.clear();
    return;
  }
  // It may be judged anew at once.
  if (!one.value || !one.judged || !one.exists) return;
  if (class_of(*one.plan, *one.value) == kBad) bound_in_part(one, kBad, *one.judged);
}

void Truth::lay_out(const TargetPlan& target) {
  TargetState& state = targets_[target.name];
  state.plan = &target;
  state.first.clear();
  state.watches.clear();
  std::size_t count = 0;
  for (const MetricPlan& metric : target.metrics) {
    state.first.push_back(count);
    count += std::max<std::size_t>(metric.disks, 1);
  }
  state.series.resize(count);
  for (const RulePlan& rule : plan_->rules) {
    if (rule.shape == Shape::up) {
      const std::size_t at = instance(rule, &target, -1);
      instances_[at].exists = true;
      state.watches.push_back({at, kUp});
    }
    if (rule.shape == Shape::up || rule.shape == Shape::sum) continue;
    for (std::size_t m = 0; m < target.metrics.size(); ++m) {
      if (target.metrics[m].name == rule.metric) watch(target, m, rule);
    }
  }
}

void Truth::watch(const TargetPlan& target, std::size_t metric, const RulePlan& rule) {
  TargetState& state = targets_[target.name];
  const MetricPlan& plan = target.metrics[metric];
  if (plan.disks == 0) {
    state.watches.push_back({instance(rule, &target, -1), state.first[metric]});
  }
  for (std::size_t disk = 0; disk < plan.disks; ++disk) {
    state.watches.push_back(
        {instance(rule, &target, static_cast<int>(disk)), state.first[metric] + disk});
  }
}

void Truth::take_samples(TargetState& state, const ScrapeSeen& scrape) {
  state.answered = scrape.answered;
  state.tick = scrape.tick;
  for (Series& series : state.series) series.present = false;
  for (const SampleSeen& sample : scrape.samples) {
    const std::size_t at =
        state.first[sample.metric] + static_cast<std::size_t>(std::max(sample.disk, 0));
    Series& series = state.series[at];
    series.present = true;
    series.recent.push_back({scrape.tick, sample.value});
    if (series.recent.size() > 3) series.recent.pop_front();
  }
}

void Truth::scraped(const ScrapeSeen& scrape, Moment) {
  const auto found = targets_.find(scrape.target->name);
  if (found == targets_.end()) return;
  TargetState& state = found->second;
  take_samples(state, scrape);
  for (const Watch& watch : state.watches) judge(state, watch, scrape.tick);
  for (Sum& sum : sums_) {
    const bool part = std::any_of(sum.parts.begin(), sum.parts.end(),
                                  [&](const Part& one) { return one.target == found->first; });
    if (!part) continue;
    if (sum.tick && scrape.tick < *sum.tick) {
      // A tick from before a suspend ends within the next one: in which order, is not followed.
      Instance& one = instances_[sum.instance];
      if (one.plan != nullptr && one.exists) bound(one, kAnything, *sum.tick);
      continue;
    }
    if (sum.tick != scrape.tick) {
      sum.tick = scrape.tick;
      sum.reported = 0;
      sum.part = 0;
    }
    if (++sum.reported == sum.parts.size()) {
      judge_sum(sum);
    } else {
      judge_part(sum);
    }
  }
}

void Truth::judge(const TargetState& state, const Watch& watch, Duration tick) {
  Instance& one = instances_[watch.instance];
  if (one.plan == nullptr) return;
  if (watch.series == kUp) {
    one.value = state.answered ? 1.0 : 0.0;
    one.severity = one.plan->severity;
    return bound(one, state.answered ? kGood : kBad, tick);
  }
  const Series& series = state.series[watch.series];
  if (series.present) one.exists = true;
  if (!one.exists) return;
  const bool rate = one.plan->shape == Shape::rate;
  const unsigned absent = state.answered ? kMissing : kUnknown;
  if (!series.present) {
    // A range may still reach back to samples from before; an instant selector does not.
    const unsigned reach = state.answered ? one.last : (one.last & kBad);
    if (!state.answered) return bound(one, rate ? absent | reach : absent, tick);
    const bool filter = one.plan->shape == Shape::filter;
    return bound(one, rate ? absent | reach : filter ? absent | kGood : absent, tick);
  }
  const auto& recent = series.recent;
  if (!rate) {
    one.value = series.value();
    one.severity = severity_of(*one.plan, series.value());
    return bound(one, class_of(*one.plan, series.value()), tick);
  }
  const std::size_t count = recent.size();
  one.value.reset();
  one.severity = one.plan->severity;
  if (count < 2 || tick - recent[count - 2].tick > one.every) {
    const bool two_back = count >= 2 && tick - recent[count - 2].tick <= 2 * one.every;
    unsigned verdict = kUnknown | kMissing;
    if (two_back) verdict |= classes_between(*one.plan, 0, risen(recent, count - 1));
    return bound(one, verdict, tick);
  }
  const double last = risen(recent, count - 1);
  double low = last / 2;
  double high = last;
  if (count == 3 && tick - recent[0].tick <= 2 * one.every) {
    low = std::min(low, risen(recent, 1) / 2);
    high = std::max(high, risen(recent, 1));
  }
  bound(one, classes_between(*one.plan, low, high), tick);
}

/// Some have not reported yet. Where all that fed it have, it may be judged by these alone.
void Truth::judge_part(Sum& sum) {
  Instance& one = instances_[sum.instance];
  if (one.plan == nullptr) return;
  double total = 0;
  bool fed_are_in = true;
  for (const Part& part : sum.parts) {
    const TargetState& state = targets_.at(part.target);
    const bool in = state.tick == sum.tick;
    const bool perhaps_not_fed = !part.fed || (!part.sure && !state.answered);
    fed_are_in = fed_are_in && (in || perhaps_not_fed);
    if (in && state.series[part.series].present) total += state.series[part.series].value();
  }
  // All parts are positive: where some are too much already, it is a breach whoever is missing.
  const unsigned seen = class_of(*one.plan, total);
  if (!fed_are_in && seen != kBad) return;
  sum.part |= seen;
  bound_in_part(one, seen, *sum.tick);
}

void Truth::judge_sum(Sum& sum) {
  const auto verdict = verdict_of(sum);
  if (!verdict) return;
  Instance& one = instances_[sum.instance];
  bound(one, *verdict, *sum.tick);
  for (Part& part : sum.parts) {
    const bool present = targets_.at(part.target).series[part.series].present;
    part.sure = one.must_fire && (part.sure || present);
  }
}

std::optional<unsigned> Truth::verdict_of(Sum& sum) {
  Instance& one = instances_[sum.instance];
  double total = 0;
  unsigned open = 0;
  bool any = false;
  bool never_fed = false;
  const bool at_rest = !one.may_fire && !one.may_from;
  for (Part& part : sum.parts) {
    const TargetState& state = targets_.at(part.target);
    const Series& series = state.series[part.series];
    if (series.present) {
      total += series.value();
      any = true;
      part.fed = true;
    } else if (part.fed && (state.answered || at_rest)) {
      open |= state.answered ? kMissing : kUnknown;
      part.fed = false;
    } else if (!part.fed || (!part.sure && !state.answered)) {
      never_fed = true;  // or perhaps before it fired: both readings are open
    } else {
      open |= state.answered ? kMissing : kUnknown;
    }
  }
  if (any) one.exists = true;
  if (!one.exists || one.plan == nullptr) return std::nullopt;
  one.value = total;
  one.severity = severity_of(*one.plan, total);
  if (!any) return open;
  const unsigned seen = class_of(*one.plan, total) | sum.part;
  if (never_fed && open == 0 && seen != kBad) return seen | kUnknown;
  if (open == 0 || (seen == kBad && open == kUnknown)) return seen;
  // Part of it is unknown: health is not believed. Part of it is gone: both readings are open.
  const unsigned believed = (open & kUnknown) != 0 ? kUnknown : (seen | kUnknown | kMissing);
  return seen == kBad ? believed | kBad : believed;
}

void Truth::stopped(Stop, Moment moment) {
  stopped_at_ = moment.at;
  for (auto& [name, state] : targets_) {
    for (Series& series : state.series) {
      series.recent.clear();
      series.present = false;
    }
  }
}

void Truth::started(const Records& records, Moment) {
  std::map<const Instance*, const Alert*> recorded;
  for (const Alert& alert : records.alerts) {
    if (const Instance* one = find(alert.key.rule, alert.key.labels)) recorded[one] = &alert;
  }
  const auto fires = [&](const Instance& one) {
    const auto found = recorded.find(&one);
    return found != recorded.end() && (found->second->state == AlertState::firing ||
                                       found->second->state == AlertState::clearing);
  };
  for (Sum& sum : sums_) {
    if (fires(instances_[sum.instance])) continue;
    for (Part& part : sum.parts) part.fed = false;
  }
  for (Instance& one : instances_) {
    const bool kept = fires(one);
    if (kept) one.may_fire = true;
    // The last evaluations may not have been recorded: of those, nobody knows any more.
    const bool lost =
        records.may_lack_tail || (one.judged && stopped_at_ - *one.judged < seconds(15));
    if (lost && recorded.contains(&one)) goes_on_from(one, *recorded.at(&one));
    one.must_fire = one.must_fire && kept;
    one.bad_from.reset();
    one.bad_in_row = 0;
    one.well_from.reset();
    one.gone_from.reset();
  }
}

/// It is at the latest as the record says.
void Truth::goes_on_from(Instance& one, const Alert& record) {
  if (one.plan == nullptr) return;
  one.counted.assign(record.recent.begin(), record.recent.end());
  if (record.state == AlertState::pending) {
    const Duration at_latest = stopped_at_ - record.held - 2 * one.every;
    one.may_from = std::min(one.may_from.value_or(at_latest), at_latest);
  }
  if (record.state == AlertState::clearing) {
    const Duration at_latest = stopped_at_ - one.plan->keep_firing_for;
    one.out_from = std::min(one.out_from.value_or(at_latest), at_latest);
  }
}

}  // namespace tocsin::simulation
