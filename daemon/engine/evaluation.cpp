// Scrapes into the store; rules over it, when those that feed them are in; alerts through their
// state machine. There is no timer of a rule's own: an instance is judged when the targets that fed
// it, now or at its last evaluation, have answered for the tick or their timeout has passed.
#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/impl.hpp"

namespace tocsin::engine {
namespace {

constexpr std::size_t kRecentValues = 60;
/// To be judged is 2 µs, to be read out of a range 50 ns.
constexpr std::size_t kSamplesAnElementCosts = 40;
constexpr std::size_t kPastTransitions = 20;

std::size_t elements_of(const expr::Evaluated& result) {
  const auto* vector = std::get_if<expr::Vector>(&result.value);
  return vector == nullptr ? 1 : vector->size();
}

}  // namespace

/// For a name that this scrape brought for the first time.
bool asks_for(const expr::Expression& expression, const std::vector<std::string>& names) {
  const auto& asked = expression.names();
  return std::any_of(asked.begin(), asked.end(), [&](const std::string& name) {
    return name.empty() ? !names.empty()
                        : std::find(names.begin(), names.end(), name) != names.end();
  });
}

void Engine::Impl::take_scrape(const Scrape& scrape) {
  if (scrape.target.value == 0 || scrape.target.value > targets.size()) return;
  auto& target = targets[scrape.target.value - 1];
  if (!target.configured || (target.last_tick && scrape.tick <= *target.last_tick)) return;
  ++counters.scrapes;

  const bool first_here = !target.last_tick || target.remembered;
  const bool was_well = target.detail.empty();
  target.outcome = scrape.outcome;
  target.detail = scrape.detail;
  target.took = scrape.took;
  target.last_stamp = stamp_of(scrape.tick);
  series::Ingested ingested;
  if (scrape.outcome == ScrapeOutcome::answered) {
    ingested = store.ingest(target.id, scrape.tick, scrape.body, scrape.format);
    if (ingested.error) {
      target.outcome = ingested.error->code == ErrorCode::exhausted ? ScrapeOutcome::too_many
                                                                    : ScrapeOutcome::malformed;
      target.detail = ingested.error->text;
    }
  }
  const bool answered = *target.outcome == ScrapeOutcome::answered;
  if (!answered) {
    store.mark_stale(target.id, scrape.tick);
    ++counters.scrapes_failed;
    if (target.known || first_here) {
      log(LogLine::Level::warning,
          "target " + target.spec.name + ": " + std::string(to_string(*target.outcome)) +
              (target.detail.empty() ? "" : ": " + target.detail),
          {.target = target.spec.name});
    }
  } else if (target.last_tick && !target.known) {
    log(LogLine::Level::info, "target " + target.spec.name + " answers again",
        {.target = target.spec.name});
  }
  if (answered && was_well && !target.detail.empty()) {
    log(LogLine::Level::warning, "target " + target.spec.name + ": " + target.detail,
        {.target = target.spec.name});
  }
  counters.samples += ingested.samples;
  counters.samples_refused += ingested.refused;
  counters.samples_out_of_order += ingested.out_of_order;
  target.samples = ingested.samples;

  const auto own = [&](std::string_view name, double value) {
    if (store.append_own(target.id, scrape.tick, name, value))
      ingested.new_names.emplace_back(name);
  };
  own("up", answered ? 1 : 0);
  own("scrape_duration_seconds", in_seconds(scrape.took));
  own("scrape_samples_scraped", static_cast<double>(ingested.samples));

  if (std::exchange(target.remembered, false) &&
      scrape.tick - *target.last_tick > bridged_gap(target.spec.every)) {
    target.first_tick.reset();
  }
  const bool gap = !target.last_tick || !target.known ||
                   scrape.tick - *target.last_tick > target.spec.every * 3 / 2;
  if (gap) target.covered_since = scrape.tick;
  if (!target.first_tick) target.first_tick = scrape.tick;
  target.known = answered;
  target.last_tick = scrape.tick;

  evaluate_recordings(target.id, scrape.tick, ingested.new_names);
  for (auto& [name, rule] : rules) {
    const bool new_names = asks_for(rule.rule->expression, ingested.new_names);
    const bool feeds_rule = feeds.members(rule.touched).empty() || !rule.evaluated ||
                            feeds_into(target.id, rule.listens);
    if (feeds_rule || new_names) take_turn(rule, scrape.tick);
  }
}

BootTime Engine::Impl::expected_tick(const TargetState& target, BootTime at) const {
  return config::tick_at_or_before(at, target.spec.every, target.offset);
}

bool Engine::Impl::done(series::FeedSet set, BootTime tick) const {
  const auto members = feeds.members(set);
  return std::all_of(members.begin(), members.end(), [&](const auto& feed) {
    const auto& target = targets[feed.target.value - 1];
    return !target.configured ||
           (target.last_tick && *target.last_tick >= expected_tick(target, tick));
  });
}

bool Engine::Impl::due(const RuleState& rule, series::FeedSet set, BootTime tick) const {
  if (!done(set, tick)) return false;
  // A rule with a grid of its own, or with a new expression, waits for no target's next tick.
  if (rule.rule->every || rule.expression_changed) return true;
  const auto members = feeds.members(set);
  return std::any_of(members.begin(), members.end(), [&](const auto& feed) {
    return expected_tick(targets[feed.target.value - 1], tick) == tick;
  });
}

bool Engine::Impl::known(series::FeedSet set, BootTime tick) const {
  const auto members = feeds.members(set);
  return std::all_of(members.begin(), members.end(), [&](const auto& feed) {
    const auto& target = targets[feed.target.value - 1];
    // After a gap it may have answered a later tick already: of this one it says nothing.
    return feed.own || !target.configured || (target.known && target.covered_since <= tick);
  });
}

bool Engine::Impl::warm(series::FeedSet set, BootTime tick, Duration reach) const {
  const auto needed = std::min(reach, config.tuning.warm_up_at_most);
  const auto members = feeds.members(set);
  return std::all_of(members.begin(), members.end(), [&](const auto& feed) {
    const auto& target = targets[feed.target.value - 1];
    return !target.configured ||
           (target.first_tick && tick - *target.first_tick >= needed - target.spec.every);
  });
}

BootTime Engine::Impl::warm_at(series::FeedSet set, Duration reach) const {
  const auto needed = std::min(reach, config.tuning.warm_up_at_most);
  BootTime at{};
  for (const auto& feed : feeds.members(set)) {
    const auto& target = targets[feed.target.value - 1];
    if (!target.configured || !target.first_tick) continue;
    const auto ticks = (needed + target.spec.every - Duration(1)) / target.spec.every - 1;
    at = std::max(at, *target.first_tick + std::max<Duration::rep>(ticks, 0) * target.spec.every);
  }
  return at;
}

bool Engine::Impl::covered(series::FeedSet set, BootTime tick, Duration reach) const {
  const auto needed = std::min(reach, config.tuning.warm_up_at_most);
  const auto members = feeds.members(set);
  return std::all_of(members.begin(), members.end(), [&](const auto& feed) {
    const auto& target = targets[feed.target.value - 1];
    return feed.own || !target.configured ||
           tick - target.covered_since >= needed - target.spec.every;
  });
}

series::FeedSet Engine::Impl::all_targets() {
  return every_target;
}

Duration Engine::Impl::interval(const rule::Rule& rule, series::FeedSet set) const {
  Duration slowest = rule.every.value_or(Duration::zero());
  for (const auto& feed : feeds.members(set)) {
    slowest = std::max(slowest, targets[feed.target.value - 1].spec.every);
  }
  return slowest == Duration::zero() ? Duration(std::chrono::minutes(1)) : slowest;
}

bool Engine::Impl::slot_is_over(const std::optional<Duration>& every,
                                const std::optional<Stamp>& last_evaluation, BootTime tick) const {
  if (!every || !last_evaluation || last_evaluation->boot == tick) return false;
  return last_evaluation->boot >=
         config::tick_at_or_before(tick, *every, config::host_offset(config.host, *every));
}

void Engine::Impl::evaluate(RuleState& rule, BootTime tick) {
  if (rule.put_off) turn_timers.erase({rule.put_off->until, rule.rule->name});
  rule.put_off.reset();
  if (rule.evaluated && slot_is_over(rule.rule->every, rule.last_evaluation, tick)) return;
  ++counters.evaluations;
  rule.last_evaluation = stamp_of(tick);
  auto result = value_of(rule.rule->expression, rule.reads, tick);
  if (rule.baseline && result) {
    const auto* vector = std::get_if<expr::Vector>(&result->value);
    if (vector != nullptr && vector->size() > 1) {
      result = fail(ErrorCode::invalid, "a baseline judges one series, and its result has " +
                                            std::to_string(vector->size()) +
                                            ": sum(…) them, or write a rule for each");
    }
  }
  if (!result) {
    ++counters.evaluation_errors;
    if (rule.error != result.error().text) {
      log(LogLine::Level::warning, "rule " + rule.rule->name + ": " + result.error().text,
          {.rule = rule.rule->name});
    }
    rule.error = result.error().text;
    for (auto& [labels, entry] : rule.alerts) {
      if (done(entry.feeds, tick))
        judge(rule, entry, {rule::Verdict::unknown, {}, {}, AlertReason::no_data}, tick);
    }
    return;
  }
  rule.error.clear();
  rule.touched = result->touched;
  rule.cost = result->samples + elements_of(*result) * kSamplesAnElementCosts;
  rule.value.reset();
  rule.reason = AlertReason::none;
  note_nothing(rule, *result);

  DistinctLabels seen;
  if (const auto* scalar = std::get_if<double>(&result->value)) {
    judge_element(rule, {{}, *scalar, result->touched}, tick, seen);
  } else if (const auto* vector = std::get_if<expr::Vector>(&result->value)) {
    for (const auto& element : *vector) judge_element(rule, element, tick, seen);
  }
  std::vector<Labels> absent;
  for (const auto& [labels, entry] : rule.alerts) {
    if (!seen.contains(labels)) absent.push_back(labels);
  }
  for (const auto& labels : absent) {
    const auto found = rule.alerts.find(labels);
    if (found != rule.alerts.end()) judge_absent(rule, found->second, tick);
  }
  // A series that is gone touches nothing any more: its target's ticks still judge its alert.
  rule.listens = rule.touched;
  for (const auto& [labels, entry] : rule.alerts)
    rule.listens = feeds.united(rule.listens, entry.feeds);
  const auto all = feeds.members(rule.touched).empty() ? all_targets() : rule.touched;
  if (done(all, tick)) {
    rule.evaluated = true;
    rule.expression_changed = false;
    cause_evaluated(rule.rule->name);
  }
}

/// Of a rule with a threshold a result without series; of a filter, whose empty result is health,
/// selectors that find nothing.
void Engine::Impl::note_nothing(RuleState& rule, const expr::Evaluated& result) const {
  const auto* vector = std::get_if<expr::Vector>(&result.value);
  const bool nothing =
      vector != nullptr && vector->empty() &&
      (rule.rule->threshold || rule.rule->normal || feeds.members(result.touched).empty());
  if (!nothing) {
    rule.nothing_since.reset();
  } else if (!warm(result.touched, rule.last_evaluation->boot, rule.reads.reach)) {
    rule.nothing_since.reset();  // a rate needs a second sample
    rule.reason = AlertReason::warming_up;
  } else if (!rule.nothing_since) {
    rule.nothing_since = rule.last_evaluation;
  }
}

void Engine::Impl::judge_element(RuleState& rule, const expr::Element& element, BootTime tick,
                                 DistinctLabels& seen) {
  auto labels = element.labels;
  labels.remove(kNameLabel);
  if (!seen.insert(labels)) {
    ++counters.evaluation_errors;
    rule.error = "several series of its result have the labels " + labels.to_string();
    return;
  }
  const auto found = rule.alerts.find(labels);
  auto* entry = found == rule.alerts.end() ? nullptr : &found->second;
  auto fed_by = feeds.members(element.feeds).empty() ? rule.touched : element.feeds;
  if (feeds.members(fed_by).empty()) fed_by = all_targets();
  const auto both = entry != nullptr ? feeds.united(fed_by, entry->feeds) : fed_by;
  const auto alert_state = entry != nullptr ? entry->alert.state : AlertState::inactive;
  auto judgement = rule::judge(*rule.rule, alert_state, element.value);
  if (!due(rule, both, tick) ||
      (entry != nullptr && entry->looked_at && *entry->looked_at >= tick)) {
    // Between its ticks it is shown and not judged, such as right after the start.
    if (!rule.value && !rule.baseline) rule.value = judgement.value;
    return;
  }
  if (rule.baseline) {
    const bool trusted = warm(both, tick, rule.reads.reach) && known(both, tick);
    judgement = judge_normal(rule, labels, element.value, tick, trusted, judgement);
  }
  if (!rule.value || judgement.verdict == rule::Verdict::breach) rule.value = judgement.value;
  if (!warm(both, tick, rule.reads.reach)) {
    judgement = {rule::Verdict::unknown, judgement.severity, judgement.value,
                 AlertReason::warming_up};
    rule.reason = AlertReason::warming_up;
  } else if (judgement.verdict != rule::Verdict::breach && !known(both, tick)) {
    judgement = {rule::Verdict::unknown, judgement.severity, judgement.value, AlertReason::no_data};
  }
  if (entry == nullptr) {
    const bool worth_keeping = judgement.verdict == rule::Verdict::breach ||
                               (rule.rule->on_missing == rule::OnMissing::fire &&
                                judgement.verdict == rule::Verdict::well);
    if (!worth_keeping) return;
    if (alerts_kept >= config.limits.alerts) {
      if (counters.refused_at_limit++ == 0) {
        log(LogLine::Level::error,
            "more alerts than limits.alerts allows: new ones are refused, none is forgotten");
      }
      return;
    }
    entry = &rule.alerts[labels];
    ++alerts_kept;
    entry->alert.key = {rule.rule->name, labels};
    entry->alert.severity = judgement.severity;
  }
  if (entry->feeds == series::kNoFeeds) note_feeds(*entry, fed_by);
  judge(rule, *entry, judgement, tick);
  const auto again = rule.alerts.find(labels);
  // Who is unknown now still feeds it: what the others say at the next tick is only a part.
  if (again != rule.alerts.end()) note_feeds(again->second, known(both, tick) ? fed_by : both);
}

void Engine::Impl::judge_absent(RuleState& rule, AlertEntry& entry, BootTime tick) {
  auto fed_by = feeds.members(entry.feeds).empty() ? rule.touched : entry.feeds;
  if (feeds.members(fed_by).empty()) fed_by = all_targets();
  if (!due(rule, fed_by, tick) || (entry.looked_at && *entry.looked_at >= tick)) return;
  if (rule.expression_changed && !entry.alert.drill_ends) {
    if (entry.alert.state != AlertState::inactive) {
      const auto transition = rule::force(entry.alert, AlertState::inactive,
                                          AlertReason::expression_changed, stamp_of(tick));
      entry.looked_at = tick;
      transitioned(rule, entry, transition);
      forget_if_at_rest(rule, Labels(entry.alert.key.labels));
    }
    return;
  }
  rule::Judgement judgement;
  if (!known(fed_by, tick)) {
    judgement.why = AlertReason::no_data;
  } else if (!warm(fed_by, tick, rule.reads.reach) || !covered(fed_by, tick, rule.reads.reach)) {
    judgement.why = AlertReason::warming_up;
  } else {
    judgement.verdict =
        rule.rule->threshold || rule.rule->normal ? rule::Verdict::missing : rule::Verdict::well;
  }
  judge(rule, entry, judgement, tick);
}

void Engine::Impl::judge(RuleState& rule, AlertEntry& entry, const rule::Judgement& judgement,
                         BootTime tick) {
  auto& alert = entry.alert;
  if (alert.drill_ends) return;  // nothing that is measured concerns it
  const auto before_severity = alert.severity;
  const bool before_no_data = alert.no_data;
  const bool before_missing = alert.missing_since.has_value();
  const auto before_window = alert.recent;
  entry.looked_at = tick;
  entry.recent.push_back(judgement.value.value_or(std::nan("")));
  if (entry.recent.size() > kRecentValues) entry.recent.pop_front();

  const auto transition = rule::advance(alert, *rule.rule, judgement,
                                        interval(*rule.rule, entry.feeds), stamp_of(tick));
  const bool waited = entry.cause_ended && tick > *entry.cause_ended;
  if (waited) entry.cause_ended.reset();
  const bool decided =
      judgement.verdict != rule::Verdict::unknown || judgement.why != AlertReason::warming_up;
  if (auto* incident = find(alert.incident)) {
    if (decided && incident->unjudged.erase(alert.key) > 0) touch(alert.incident);
    if (waited || before_no_data != alert.no_data || before_severity != alert.severity) {
      touch(alert.incident);
    }
  }
  // How far it has come on its way in or out, too: a restart resets neither.
  const bool progress = alert.state == AlertState::pending || alert.state == AlertState::clearing ||
                        before_window != alert.recent;
  if (transition || progress || before_severity != alert.severity ||
      before_no_data != alert.no_data || before_missing != alert.missing_since.has_value()) {
    changed(entry);
  }
  if (transition) transitioned(rule, entry, *transition);
  const bool fires = alert.state == AlertState::firing || alert.state == AlertState::clearing;
  if (fires && !alert.incident) join(entry);
  if (alert.state == AlertState::inactive) forget_if_at_rest(rule, Labels(alert.key.labels));
}

void Engine::Impl::transitioned(RuleState& rule, AlertEntry& entry,
                                const rule::Transition& transition) {
  auto& alert = entry.alert;
  ++counters.transitions;
  rule.past.push_back({stamp_of(*entry.looked_at), alert.key.labels, transition.from, transition.to,
                       transition.reason});
  if (rule.past.size() > kPastTransitions) rule.past.pop_front();
  changed(entry);
  log(LogLine::Level::info,
      "alert " + alert.key.rule + alert.key.labels.to_string() + ": " +
          std::string(to_string(transition.from)) + " to " + std::string(to_string(transition.to)) +
          " (" + std::string(to_string(transition.reason)) + ")",
      {.incident = alert.incident, .rule = alert.key.rule});
  const auto fires = [](AlertState s) {
    return s == AlertState::firing || s == AlertState::clearing;
  };
  const bool was = fires(transition.from);
  const bool is = fires(transition.to);
  bool began_to_flap = false;
  if (was != is && transition.reason != AlertReason::rule_removed &&
      transition.reason != AlertReason::expression_changed && !alert.drill_ends) {
    began_to_flap = rule::note_transition(alert, stamp_of(*entry.looked_at), flap_tuning());
    if (alert.flapping) alert_timers.emplace(rule::steady_at(alert, flap_tuning()), alert.key);
  }
  if (is && !was) {
    hold_back_for_causes(entry);
    if (!alert.incident) join(entry);
  }
  if (auto* incident = find(alert.incident)) {
    timeline(incident->incident, TimelineKind::alert,
             summary_of(entry) + ": " + std::string(to_string(transition.to)) + ", " +
                 std::string(to_string(transition.reason)));
    if (began_to_flap)
      timeline(incident->incident, TimelineKind::flapping, summary_of(entry) + ": comes and goes");
    touch(alert.incident);
  }
  cause_changed(entry, transition);
  if (was && !is && !alert.flapping) leave(entry);
}

void Engine::Impl::forget_if_at_rest(RuleState& rule, const Labels& labels) {
  const auto found = rule.alerts.find(labels);
  if (found == rule.alerts.end()) return;
  const auto& alert = found->second.alert;
  if (alert.state != AlertState::inactive || alert.flapping || alert.incident) return;
  if (rule.rule != nullptr && rule.rule->on_missing == rule::OnMissing::fire) return;
  if (!rule::at_rest(alert, now.boot, flap_tuning())) {
    alert_timers.emplace(alert.transitions.back().boot + config.tuning.flap_window, alert.key);
    return;
  }
  dirty_alerts.insert(alert.key);
  rule.alerts.erase(found);
  --alerts_kept;
}

void Engine::Impl::note_feeds(AlertEntry& entry, series::FeedSet fed_by) {
  if (entry.feeds == fed_by) return;
  entry.feeds = fed_by;
  entry.alert.fed_by.clear();
  for (const auto& feed : feeds.members(fed_by)) {
    entry.alert.fed_by.push_back((feed.own ? "!" : "") + targets[feed.target.value - 1].spec.name);
  }
  if (entry.alert.state != AlertState::inactive) changed(entry);
}

series::FeedSet Engine::Impl::feeds_named(const std::vector<std::string>& names) {
  auto set = series::kNoFeeds;
  for (const auto& name : names) {
    const bool own = name.starts_with('!');
    const auto plain = std::string_view(name).substr(own ? 1 : 0);
    const auto found = std::find_if(targets.begin(), targets.end(),
                                    [&](const auto& t) { return t.spec.name == plain; });
    if (found != targets.end()) set = feeds.united(set, feeds.single({found->id, own}));
  }
  return set;
}

}  // namespace tocsin::engine
