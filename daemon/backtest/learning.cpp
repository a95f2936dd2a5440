#include "tocsin/backtest/learning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tocsin/backtest/wanted.hpp"
#include "tocsin/engine/engine.hpp"
#include "tocsin/rule/baseline.hpp"

namespace tocsin::backtest {
namespace {

constexpr Duration kNewLevelAfter = std::chrono::hours(3 * 24);
constexpr double kMostIsThere = 0.95;
constexpr std::size_t kMostNames = 6;

bool is_called(const Labels& labels, std::string_view name) {
  return labels.size() == 1 && labels.get(kNameLabel) == name;
}

bool gives_values_of(const Recording& recording, const rule::Rule& rule) {
  return std::any_of(
      recording.series.begin(), recording.series.end(),
      [&rule](const RecordedSeries& each) { return is_called(each.labels, rule.name); });
}

config::EngineConfig as_pupils(config::EngineConfig config, const Recording& recording) {
  for (rule::Rule& rule : config.rules) {
    if (!rule.normal) continue;
    auto& after = rule.normal->tuning.accept_after;
    after = std::min(after.value_or(kNewLevelAfter), kNewLevelAfter);
    if (!gives_values_of(recording, rule)) continue;
    if (auto plain = expr::Expression::parse(rule.name)) rule.expression = std::move(*plain);
  }
  return config;
}

std::string names_of(const Recording& recording) {
  std::set<std::string_view> names;
  for (const RecordedSeries& each : recording.series) names.insert(each.labels.get(kNameLabel));
  std::string out;
  std::size_t told = 0;
  for (const std::string_view name : names) {
    if (++told > kMostNames) return out + ", …";
    out += (out.empty() ? "" : ", ") + std::string(name);
  }
  return out.empty() ? "nothing" : out;
}

std::string names_read(const rule::Rule& rule) {
  std::string out;
  for (const std::string& name : rule.expression.names())
    out += (out.empty() ? "" : ", ") + (name.empty() ? rule.expression.text() : name);
  return out;
}

Duration interval_of(const Recording& recording) {
  Duration longest{};
  for (const RecordedTarget& each : recording.targets) longest = std::max(longest, each.spec.every);
  return longest;
}

class Teacher {
 public:
  Teacher(const Recording& recording, const Outcome& outcome)
      : recording_(recording), outcome_(outcome) {}

  Lesson taught(const rule::Rule& rule, const LearnedBaseline& end, std::uint64_t meaning) const {
    Lesson lesson;
    lesson.learned = {rule.name, meaning, ""};
    rule::Baseline baseline(rule.normal->tuning);
    if (!baseline.load(end.state)) {
      lesson.trouble = "what it has learned cannot be read";
      return lesson;
    }
    const bool alarm = baseline.view().state == rule::BaselineView::State::alarm;
    baseline.dismiss();
    lesson.learned.state = baseline.save();
    lesson.known_for = baseline.known_for();
    lesson.taught = baseline.learned();
    lesson.newest = baseline.newest();
    lesson.trouble = trouble_of(rule, baseline);
    if (lesson.trouble.empty()) lesson.remark = remark_on(rule, baseline, alarm);
    return lesson;
  }

 private:
  [[nodiscard]] std::string trouble_of(const rule::Rule& rule,
                                       const rule::Baseline& baseline) const {
    const Duration bucket = rule.normal->tuning.bucket;
    const Duration every = interval_of(recording_);
    const bool values = gives_values_of(recording_, rule);
    if (values && every != bucket) {
      return fmt::format(
          "its column has a value each {}, and the rule counts by {}: give one each {}",
          humanize_duration(every), humanize_duration(bucket), humanize_duration(bucket));
    }
    std::string error = first_error(rule.name);
    if (baseline.learned() == Duration(0) && !error.empty()) return error;
    if (!found(rule.name)) {
      return fmt::format("no series of it are there: it reads {}; there are {}", names_read(rule),
                         names_of(recording_));
    }
    if (every > bucket) {
      return fmt::format("samples are {} apart, and the rule counts by {}",
                         humanize_duration(every), humanize_duration(bucket));
    }
    if (baseline.known_for() == Duration(0))
      return "its series are there, and its expression gives nothing of them";
    if (baseline.known_for() < rule::Baseline::silent_for()) {
      return fmt::format("{} are too little: it says nothing before {}",
                         humanize_duration(baseline.known_for()),
                         humanize_duration(rule::Baseline::silent_for()));
    }
    if (baseline.learned() == Duration(0)) return "no bucket of it had a value that it can learn";
    return baseline.expects_nothing() ? "all of its values are 0: a drop from that there is none"
                                      : "";
  }

  [[nodiscard]] std::string remark_on(const rule::Rule& rule, const rule::Baseline& baseline,
                                      bool alarm) const {
    std::string out;
    const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
    if (baseline.irregular()) add("too irregular for a baseline: it will page nobody");
    if (baseline.known_for() < rule::Baseline::needed()) {
      add("by the time of day alone: it knows the time of the week after " +
          humanize_duration(rule::Baseline::needed()));
    }
    const double share = in_seconds(baseline.learned()) / in_seconds(baseline.known_for());
    if (share < kMostIsThere && gives_values_of(recording_, rule))
      add("a line that is missing is no 0: it teaches nothing");
    if (const std::string error = first_error(rule.name); !error.empty()) add(error);
    if (alarm) add("at its end it was in alarm: of that the daemon judges by what it sees itself");
    return out;
  }

  [[nodiscard]] bool found(const std::string& rule) const {
    return std::any_of(
        outcome_.rules.begin(), outcome_.rules.end(),
        [&rule](const RuleCourse& each) { return each.rule == rule && each.found_series; });
  }

  [[nodiscard]] std::string first_error(const std::string& rule) const {
    for (const Trouble& each : outcome_.troubles) {
      if (each.rule != rule) continue;
      return fmt::format("{} ({}{})", each.text, format_rfc3339(each.at),
                         each.times > 1 ? fmt::format(", and {} more times", each.times - 1) : "");
    }
    return "";
  }

  const Recording& recording_;
  const Outcome& outcome_;
};

}  // namespace

config::EngineConfig learners(config::EngineConfig config, const std::vector<std::string>& rules) {
  std::vector<std::string> names;
  for (const rule::Rule& rule : config.rules) {
    const bool asked =
        rules.empty() || std::find(rules.begin(), rules.end(), rule.name) != rules.end();
    if (asked && rule.normal) names.push_back(rule.name);
  }
  if (names.empty()) {
    config.rules.clear();
    return config;
  }
  return restricted(std::move(config), names);
}

Lessons learn(const config::EngineConfig& learners, const Recording& recording,
              const ReplayOptions& options) {
  Lessons out;
  out.outcome = replay(as_pupils(learners, recording), recording, options);
  // What a baseline is learned for is the rule as it is configured, whatever has fed it here.
  const engine::Engine configured(learners, "", 1, Now{});
  const auto meanings = configured.baselines();
  const Teacher teacher(recording, out.outcome);
  for (const LearnedBaseline& end : out.outcome.baselines) {
    const rule::Rule* const rule = learners.rule(end.rule);
    const auto meant =
        std::find_if(meanings.begin(), meanings.end(),
                     [&end](const LearnedBaseline& each) { return each.rule == end.rule; });
    if (rule == nullptr || meant == meanings.end()) continue;
    out.lessons.push_back(teacher.taught(*rule, end, meant->meaning));
  }
  return out;
}

}  // namespace tocsin::backtest
