#include "tocsin/backtest/report.hpp"

#include <algorithm>
#include <tuple>

namespace tocsin::backtest {
namespace {

Duration median_of(std::vector<Duration> all) {
  if (all.empty()) return {};
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

/// What the stretches cover together.
Duration covered(std::vector<std::pair<WallTime, WallTime>> all) {
  std::sort(all.begin(), all.end());
  Duration sum{};
  WallTime reached = WallTime::min();
  for (const auto& [from, to] : all) {
    if (to <= reached) continue;
    sum += to - std::max(from, reached);
    reached = to;
  }
  return sum;
}

std::size_t hour_of(WallTime at, const TimeZone& zone) {
  const Duration since_midnight = zone.local(at).time_since_epoch() % std::chrono::hours(24);
  return static_cast<std::size_t>((since_midnight + std::chrono::hours(24)) /
                                  std::chrono::hours(1)) %
         24;
}

void count(const Episode& episode, WallTime end, const TimeZone& zone, RuleReport& report,
           std::vector<Duration>& lengths) {
  if (!episode.closed) report.open_at_end = true;
  if (!episode.paged()) {
    ++report.untold;
    return;
  }
  ++report.pages;
  lengths.push_back(episode.lasted(end));
  report.longest = std::max(report.longest, lengths.back());
  report.rings += episode.rings.size();
  for (const Ring& ring : episode.rings) {
    ++report.whom[ring.receiver];
    if (ring.wakes) ++report.wakes;
    report.level = std::max(report.level, ring.level);
  }
  ++report.hours[hour_of(episode.rings.front().at, zone)];
}

std::vector<const Episode*> pages_of(const Outcome& outcome, const std::string& rule) {
  std::vector<const Episode*> all;
  for (const Episode& episode : outcome.episodes) {
    if (episode.paged() && episode.rules.contains(rule)) all.push_back(&episode);
  }
  return all;
}

bool has(const Outcome& outcome, const std::string& rule) {
  return std::any_of(outcome.rules.begin(), outcome.rules.end(),
                     [&rule](const RuleCourse& each) { return each.rule == rule; });
}

WallTime first_ring(const Episode& episode) {
  return episode.rings.front().at;
}

RuleComparison compare_rule(const Outcome& one, const Outcome& other, std::string rule,
                            std::string against) {
  RuleComparison result;
  result.here = has(one, rule);
  result.there = has(other, against);
  const auto ours = pages_of(one, rule);
  const auto theirs = pages_of(other, against);
  std::set<const Episode*> met;
  std::vector<Duration> sooner;
  for (const Episode* mine : ours) {
    const auto end = mine->closed.value_or(one.to);
    const auto same = std::find_if(theirs.begin(), theirs.end(), [&](const Episode* each) {
      return each->opened <= end && each->closed.value_or(other.to) >= mine->opened;
    });
    if (same == theirs.end()) {
      ++result.only_one;
      result.pairs.push_back({mine, nullptr});
      continue;
    }
    ++result.both;
    if (met.insert(*same).second) sooner.push_back(first_ring(**same) - first_ring(*mine));
    result.pairs.push_back({mine, *same});
  }
  for (const Episode* each : theirs) {
    const bool overlaps = std::any_of(ours.begin(), ours.end(), [&](const Episode* mine) {
      return mine->opened <= each->closed.value_or(other.to) &&
             mine->closed.value_or(one.to) >= each->opened;
    });
    if (overlaps) {
      if (!met.contains(each)) result.pairs.push_back({nullptr, each});
      continue;
    }
    ++result.only_other;
    result.pairs.push_back({nullptr, each});
  }
  std::stable_sort(result.pairs.begin(), result.pairs.end(), [](const Pair& a, const Pair& b) {
    return first_ring(a.one != nullptr ? *a.one : *a.other) <
           first_ring(b.one != nullptr ? *b.one : *b.other);
  });
  result.sooner = median_of(std::move(sooner));
  result.rule = std::move(rule);
  result.against = std::move(against);
  return result;
}

}  // namespace

std::vector<RuleReport> report(const Outcome& outcome, const TimeZone& zone) {
  std::vector<RuleReport> all;
  for (const RuleCourse& course : outcome.rules) {
    RuleReport one;
    one.rule = course.rule;
    one.found_series = course.found_series;
    one.error = course.error;
    std::vector<Duration> lengths;
    for (const Episode& episode : outcome.episodes) {
      if (episode.rules.contains(course.rule)) count(episode, outcome.to, zone, one, lengths);
    }
    one.median = median_of(std::move(lengths));
    std::vector<std::pair<WallTime, WallTime>> stretches;
    for (const Firing& firing : outcome.firings) {
      if (firing.rule == course.rule) {
        stretches.emplace_back(firing.from, firing.to.value_or(outcome.to));
      }
    }
    one.firing = covered(std::move(stretches));
    all.push_back(std::move(one));
  }
  std::stable_sort(all.begin(), all.end(), [](const RuleReport& a, const RuleReport& b) {
    return std::make_tuple(b.pages, b.rings, b.untold) <
           std::make_tuple(a.pages, a.rings, a.untold);
  });
  return all;
}

std::vector<RuleComparison> compare(const Outcome& one, const Outcome& other) {
  std::vector<RuleComparison> all;
  if (one.rules.size() == 1 && other.rules.size() == 1) {
    all.push_back(compare_rule(one, other, one.rules[0].rule, other.rules[0].rule));
    return all;
  }
  std::set<std::string> names;
  for (const RuleCourse& each : one.rules) names.insert(each.rule);
  for (const RuleCourse& each : other.rules) names.insert(each.rule);
  for (const std::string& name : names) all.push_back(compare_rule(one, other, name, name));
  return all;
}

}  // namespace tocsin::backtest
