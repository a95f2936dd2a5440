// Baselines of rules: made and kept over reloads and restarts, fed at each evaluation, and put into
// words.
#include <algorithm>
#include <cmath>

#include "engine/impl.hpp"
#include "engine/unknown.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/base/quantity.hpp"

namespace tocsin::engine {
namespace {

/// A crash costs a baseline so much of what it has learned at most; an alarm's beginning and end
/// are recorded at once.
constexpr Duration kRecordEvery = std::chrono::hours(1);
/// The model's chance is smaller than the world's from here on.
constexpr double kOneInAMillion = 1e6;

std::string count_of(double value) {
  return format_quantity(value >= 100 ? std::round(value) : std::round(value * 10) / 10,
                         Unit::none);
}

/// "less than one in a million", "about one in 300000".
std::string chance_of(double surprise) {
  const double one_in = std::exp(surprise);
  if (one_in >= kOneInAMillion) return "less than one in a million by chance";
  const double digit = std::pow(10, std::floor(std::log10(std::max(one_in, 1.0))));
  return "about one in " + format_quantity(std::round(one_in / digit) * digit, Unit::none) +
         " by chance";
}

}  // namespace

void Engine::Impl::configure_baseline(RuleState& rule) {
  const auto& normal = rule.rule->normal;
  if (!normal) return forget_baseline(rule);
  const auto& tuning = normal->tuning;
  const auto meaning = StableHash()
                           .add(rule.reads.meaning)
                           .add(tuning.side == rule::Side::drop ? "drop" : "rise")
                           .add(tuning.gauge ? "gauge" : "count")
                           .add(format_duration(tuning.bucket))
                           .add(normal->zone.name())
                           .add(normal->of ? normal->of->text() : "")
                           .low64();
  if (rule.baseline && rule.baseline_meaning == meaning) return rule.baseline->retune(tuning);
  rule.baseline = std::make_unique<rule::Baseline>(tuning);
  rule.baseline_meaning = meaning;
  rule.baseline_recorded.reset();
}

void Engine::Impl::forget_baseline(RuleState& rule) {
  if (!rule.baseline) return;
  const auto of = std::find_if(rules.begin(), rules.end(),
                               [&](const auto& each) { return &each.second == &rule; });
  if (of != rules.end())
    more_records.emplace_back(Erased{Erased::Kind::baseline, {}, 0, of->first});
  rule.baseline.reset();
}

void Engine::Impl::restore_baselines(std::vector<LearnedBaseline>& learned) {
  for (auto& each : learned) {
    const auto found = rules.find(each.rule);
    if (found == rules.end() || !found->second.baseline) {
      more_records.emplace_back(Erased{Erased::Kind::baseline, {}, 0, each.rule});
      continue;
    }
    auto& rule = found->second;
    if (rule.baseline_meaning == each.meaning && rule.baseline->load(each.state)) continue;
    log(LogLine::Level::warning,
        "rule " + each.rule + ": what was normal was learned from something else: it begins anew",
        {.rule = each.rule});
  }
}

void Engine::Impl::record_baseline(RuleState& rule) {
  rule.baseline_recorded = now.wall;
  more_records.emplace_back(
      LearnedBaseline{rule.rule->name, rule.baseline_meaning, rule.baseline->save()});
}

std::optional<double> Engine::Impl::whole_of(RuleState& rule, BootTime tick, bool trusted) {
  const auto& of = rule.rule->normal->of;
  if (!of) return std::nullopt;
  const auto result = value_of(*of, rule.reads, tick);
  if (result) {
    if (const auto* number = std::get_if<double>(&result->value)) return *number;
    const auto* vector = std::get_if<expr::Vector>(&result->value);
    if (vector != nullptr && vector->size() == 1) return vector->front().value;
    const bool early = !trusted || !warm(result->touched, tick, of->reach());
    const bool waits = early && vector != nullptr && vector->empty();
    if (!waits) rule.error = "`of` must give one value";
  } else {
    rule.error = "`of`: " + result.error().text;
  }
  return std::nan("");
}

rule::Judgement Engine::Impl::judge_normal(RuleState& rule, const Labels& labels, double value,
                                           BootTime tick, bool trusted,
                                           const rule::Judgement& by_threshold) {
  using State = rule::BaselineView::State;
  if (value < 0) {
    rule.error = "a baseline cannot judge what is negative: " + format_number(value);
    if (!rule.negative) {
      log(LogLine::Level::warning, "rule " + rule.rule->name + ": " + rule.error,
          {.rule = rule.rule->name});
    }
  }
  rule.negative = value < 0;
  AlertEntry self;
  self.alert.key = {rule.rule->name, labels};
  const bool teaches = withheld(self, tick) == Withheld::none;
  auto& baseline = *rule.baseline;
  const auto before = baseline.view().state;
  const auto& view =
      baseline.observe(stamp_of(tick).wall, rule.rule->normal->zone, trusted ? value : std::nan(""),
                       teaches ? rule::Baseline::Teach::yes : rule::Baseline::Teach::no,
                       whole_of(rule, tick, trusted));
  const bool changed_state =
      view.state != before && (view.state == State::alarm || before == State::alarm);
  if (changed_state || !rule.baseline_recorded ||
      now.wall - *rule.baseline_recorded >= kRecordEvery) {
    record_baseline(rule);
  }
  const bool has_threshold = rule.rule->threshold.has_value();
  if (std::isnan(value)) return by_threshold;
  if (has_threshold && by_threshold.verdict == rule::Verdict::breach) return by_threshold;
  rule::Judgement judgement = by_threshold;
  switch (view.state) {
    case State::alarm:
      judgement.verdict = rule::Verdict::breach;
      judgement.severity = rule.rule->severity;
      break;
    case State::well:
    case State::irregular:
      if (!has_threshold) judgement.verdict = rule::Verdict::well;
      break;
    case State::learning:
      if (has_threshold) break;
      judgement.verdict = rule::Verdict::unknown;
      judgement.why = AlertReason::warming_up;
      if (baseline.known_for() < rule::Baseline::silent_for())
        rule.reason = AlertReason::warming_up;
      break;
  }
  return judgement;
}

std::string Engine::Impl::normal_of(const RuleState& rule) const {
  using State = rule::BaselineView::State;
  const auto& baseline = *rule.baseline;
  const auto& view = baseline.view();
  const auto bucket = rule.rule->normal->tuning.bucket;
  if (view.state == State::alarm && view.seen_expected > 0) {
    const double off = std::abs(view.seen / view.seen_expected - 1);
    return format_quantity(off, Unit::ratio) +
           (view.seen < view.seen_expected ? " below (" : " above (") + count_of(view.seen) +
           " in " + humanize_duration(bucket * view.buckets) + ", expected " +
           count_of(view.seen_expected) + " ± " + count_of(view.seen_sd) +
           " at this time of the week), " + chance_of(view.surprise);
  }
  if (baseline.known_for() < rule::Baseline::silent_for()) {
    return "learns what is normal: has " + humanize_duration(baseline.known_for()) +
           ", says nothing before " + humanize_duration(rule::Baseline::silent_for()) +
           ", knows the time of the week after " + humanize_duration(rule::Baseline::needed());
  }
  if (view.state == State::irregular)
    return "too irregular for a baseline: it wavers by more than a rule could tell from chance";
  if (!view.judged) return "nothing is expected of it at this time of the week";
  return "expected " + count_of(view.expected) + " ± " + count_of(view.sd) + " in " +
         humanize_duration(bucket) +
         (baseline.known_for() < rule::Baseline::needed()
              ? " by the time of day alone: has " + humanize_duration(baseline.known_for()) +
                    " of " + humanize_duration(rule::Baseline::needed())
              : "");
}

void Engine::Impl::learn(const Command& command, const LearnCommand& what) {
  const auto found = rules.find(what.rule);
  if (found == rules.end() || found->second.rule == nullptr)
    return answer(command, false, "the daemon that runs has no rule \"" + what.rule + "\"");
  auto& rule = found->second;
  if (!rule.baseline)
    return answer(command, false, what.rule + " has no baseline: neither `drop` nor `rise`");
  if (rule.baseline_meaning != what.meaning) {
    return answer(command, false,
                  "the daemon that runs has another " + what.rule +
                      " than the one that this was learned for: reload it first");
  }
  if (rule.baseline->view().state == rule::BaselineView::State::alarm) {
    return answer(command, false,
                  what.rule + " is in alarm: once that is over, or accepted, it may learn");
  }
  rule::Baseline learned(rule.rule->normal->tuning);
  if (!learned.load(what.state))
    return answer(command, false, "the daemon that runs is of another version: it cannot read it");
  if (learned.newest().value_or(now.wall) > now.wall + rule.rule->normal->tuning.bucket) {
    return answer(command, false,
                  "what was learned ends in the future, at " + format_rfc3339(*learned.newest()) +
                      ": is its time zone right?");
  }
  if (!what.replace && learned.learned() <= rule.baseline->learned()) {
    return answer(command, false,
                  what.rule + " has learned from " + humanize_duration(rule.baseline->learned()) +
                      " by itself, and not from " + humanize_duration(learned.learned()) +
                      " only: --replace forgets that");
  }
  *rule.baseline = std::move(learned);
  record_baseline(rule);
  log(LogLine::Level::info,
      "rule " + what.rule + ": " + command.by + " has it learn what was normal for " +
          humanize_duration(rule.baseline->known_for()),
      {.rule = what.rule});
  answer(command, true, what.rule + ": " + normal_of(rule));
}

void Engine::Impl::accept(const Command& command, const AcceptCommand& what) {
  const auto found = rules.find(what.rule);
  if (found == rules.end() || found->second.rule == nullptr)
    return answer_unknown(command, unknown_text("rule", what.rule, config.rules));
  auto& rule = found->second;
  if (!rule.baseline)
    return answer(command, false, what.rule + " has no baseline: neither `drop` nor `rise`");
  if (rule.baseline->view().state != rule::BaselineView::State::alarm) {
    return answer(command, false,
                  what.rule + " is not in alarm: there is nothing to accept; " + normal_of(rule));
  }
  rule.baseline->accept();
  record_baseline(rule);
  IncidentId about;
  for (const auto& [labels, entry] : rule.alerts) {
    auto* incident = find(entry.alert.incident);
    if (incident == nullptr) continue;
    about = entry.alert.incident;
    timeline(incident->incident, TimelineKind::note,
             command.by + " accepts what " + what.rule + " sees as the new level");
  }
  answer(command, true, what.rule + ": what is seen now is normal from here on", about.value);
}

}  // namespace tocsin::engine
