// How the two bounds of the naive model move with each evaluation.
#include <algorithm>

#include "checkers/truth.hpp"

namespace tocsin::simulation {
namespace {

double first_threshold(const RulePlan& rule) {
  if (!rule.warning) return *rule.critical;
  if (!rule.critical) return *rule.warning;
  return rule.above ? std::min(*rule.warning, *rule.critical)
                    : std::max(*rule.warning, *rule.critical);
}

/// The instance may be on its way out: how long it must nevertheless still fire.
Duration grace_out(const RulePlan& rule, unsigned verdict, Duration every) {
  if ((verdict & kGood) != 0) return rule.keep_firing_for;
  switch (rule.on_missing) {
    case Missing::close_after:
      return rule.missing_for - every;
    case Missing::keep:
    case Missing::fire:
      return hours(100'000);
    case Missing::clear:
      return rule.keep_firing_for;
  }
  return {};
}

void bound_below(Instance& one, unsigned verdict, Duration tick) {
  const RulePlan& rule = *one.plan;
  if (verdict == kBad) {
    const bool gap = one.judged && tick - *one.judged > 2 * one.every;
    if (!one.bad_from || gap) {
      one.bad_from = tick;
      one.bad_in_row = 0;
    }
    ++one.bad_in_row;
    one.out_from.reset();
    const bool met = rule.of > 0 ? one.bad_in_row >= rule.bad : tick - *one.bad_from >= rule.hold;
    if (met && !one.must_fire) {
      one.must_fire = true;
      one.must_since = tick;
    }
    return;
  }
  one.bad_from.reset();
  one.bad_in_row = 0;
  if (!one.must_fire || (verdict & (kGood | kMissing)) == 0) return;
  if (!one.out_from) one.out_from = tick;
  if (tick - *one.out_from >= grace_out(rule, verdict, one.every)) one.must_fire = false;
}

void may_be_bad(Instance& one, Duration tick) {
  const RulePlan& rule = *one.plan;
  const bool gap = one.judged && tick - *one.judged > 3 * one.every;
  if (!one.may_from || gap) one.may_from = tick;
  if (gap && rule.of == 0 && !one.may_fire) one.counted.clear();
  one.counted.push_back(true);
  if (one.counted.size() > std::max<std::size_t>(rule.of, 1)) one.counted.pop_front();
  const auto bad =
      static_cast<std::uint32_t>(std::count(one.counted.begin(), one.counted.end(), true));
  if (rule.of > 0 ? bad >= rule.bad : tick - *one.may_from >= rule.hold) one.may_fire = true;
}

void must_be_well(Instance& one, Duration tick) {
  const RulePlan& rule = *one.plan;
  one.may_from.reset();
  one.counted.push_back(false);
  if (one.counted.size() > std::max<std::size_t>(rule.of, 1)) one.counted.pop_front();
  if (!one.may_fire) return;
  const bool gap = one.judged && tick - *one.judged > 2 * one.every;
  if (!one.well_from || gap) one.well_from = tick;
  const auto bad =
      static_cast<std::uint32_t>(std::count(one.counted.begin(), one.counted.end(), true));
  const Duration slack = rule.keep_firing_for > Duration{} ? one.every : Duration{};
  if (tick - *one.well_from < rule.keep_firing_for + slack) return;
  if (rule.of > 0 && bad >= rule.bad) return;
  one.may_fire = false;
  one.may_ended = tick;
}

void bound_above(Instance& one, unsigned verdict, Duration tick) {
  const RulePlan& rule = *one.plan;
  const bool absent = verdict == kMissing;
  if (!absent) one.gone_from.reset();
  if ((verdict & kBad) != 0 || ((verdict & kMissing) != 0 && rule.on_missing == Missing::fire)) {
    one.well_from.reset();
    may_be_bad(one, tick);
    return;
  }
  if (verdict == kGood || (absent && rule.on_missing == Missing::clear)) {
    must_be_well(one, tick);
    return;
  }
  one.well_from.reset();
  if (absent && rule.on_missing == Missing::close_after) {
    if (!one.gone_from) one.gone_from = tick;
    if (one.may_fire && tick - *one.gone_from >= rule.missing_for + 2 * one.every) {
      one.may_fire = false;
      one.may_from.reset();
      one.may_ended = tick;
    }
  }
}
}  // namespace

unsigned class_of(const RulePlan& rule, double value) {
  if (rule.shape == Shape::filter || rule.shape == Shape::up) return value == 0 ? kBad : kGood;
  const double threshold = first_threshold(rule);
  if (rule.above ? value > threshold : value < threshold) return kBad;
  return (rule.above ? value <= rule.clear : value >= rule.clear) ? kGood : kBetween;
}

Severity severity_of(const RulePlan& rule, double value) {
  if (!rule.warning || !rule.critical) return rule.severity;
  const bool critical = rule.above ? value > *rule.critical : value < *rule.critical;
  return critical ? Severity::critical : Severity::warning;
}

void bound_in_part(Instance& one, unsigned verdict, Duration tick) {
  if (verdict == kBad) {
    may_be_bad(one, tick);
  } else {
    bound_below(one, verdict | kUnknown, tick);
  }
}

void bound(Instance& one, unsigned verdict, Duration tick) {
  bound_below(one, verdict, tick);
  bound_above(one, verdict, tick);
  one.last = verdict;
  if (verdict != kUnknown) one.judged = tick;
}

}  // namespace tocsin::simulation
