// The naive model: what every rule's instances must be and may be, worked out from the samples that
// the targets gave. Two bounds instead of one state, so that what SEMANTICS leaves open is open
// here: `must_fire` holds where no reading of it lets the instance be well, `may_fire` is false
// where none lets it fire.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "checkers/checker.hpp"

namespace tocsin::simulation {

/// What an evaluation may have seen; several where that is open.
enum Verdict : unsigned {
  kBad = 1,
  kGood = 2,
  kBetween = 4,
  kUnknown = 8,   ///< a target that feeds it did not answer
  kMissing = 16,  ///< it answered without the series
  kAnything = 31
};

struct Instance {
  std::string rule;
  std::string instance;  ///< label, "" for a sum
  int disk = -1;
  const RulePlan* plan = nullptr;  ///< none: the rule is not configured now
  Labels labels;                   ///< the instance's and the rule's
  Duration every = minutes(1);

  bool exists = false;             ///< its series has been seen
  std::optional<Duration> judged;  ///< last tick with an evaluation
  unsigned last = 0;
  std::optional<double> value;
  Severity severity = Severity::warning;  ///< where `last` is definitely bad

  // It must fire where nothing but known breaches was seen for long enough.
  std::optional<Duration> bad_from;
  std::uint32_t bad_in_row = 0;
  bool must_fire = false;
  Duration must_since{};
  std::optional<Duration> out_from;  ///< since then it may be on its way out

  // It may fire from the first possible breach on, until it must be well.
  std::optional<Duration> may_from;
  std::deque<bool> counted;  ///< for `bad of`: possibly bad, of the evaluations that count
  bool may_fire = false;
  std::optional<Duration> well_from;
  std::optional<Duration> gone_from;
  std::optional<Duration> unknown_from;
  Duration may_ended{-hours(1)};
};

class Truth : public Checker {
 public:
  Truth() : Checker("truth") {}

  void configured(const Plan& plan, Moment moment) override;
  void scraped(const ScrapeSeen& scrape, Moment moment) override;
  void started(const Records& records, Moment moment) override;
  void stopped(Stop stop, Moment moment) override;

  /// The instance that an alert of these labels is, or none.
  [[nodiscard]] const Instance* find(const std::string& rule, const Labels& labels) const;
  [[nodiscard]] const std::deque<Instance>& instances() const { return instances_; }

 private:
  struct Sample {
    Duration tick{};
    double value = 0;
  };
  struct Series {
    std::deque<Sample> recent;  ///< the last three, newest last
    bool present = false;       ///< in the last answer
    [[nodiscard]] double value() const { return recent.back().value; }
  };
  /// One instance that one target's series feeds.
  struct Watch {
    std::size_t instance = 0;
    std::size_t series = 0;  ///< kUp: none
  };
  struct TargetState {
    const TargetPlan* plan = nullptr;
    bool answered = false;
    std::optional<Duration> tick;
    std::vector<std::size_t> first;  ///< of each metric's series
    std::vector<Series> series;
    std::vector<Watch> watches;
  };
  struct Part {
    std::string target;
    std::size_t series = 0;
    bool fed = false;   ///< it was in the sum since the instance last was at rest
    bool sure = false;  ///< and while the instance had to fire
  };
  struct Sum {
    std::size_t instance = 0;
    std::vector<Part> parts;
    std::optional<Duration> tick;
    std::size_t reported = 0;
    unsigned part = 0;  ///< what it may have been judged as before all had reported
  };
  using Key = std::tuple<std::string, std::string, int>;
  static constexpr std::size_t kUp = static_cast<std::size_t>(-1);

  std::size_t instance(const RulePlan& rule, const TargetPlan* target, int disk);
  void renew_plans(const Plan& plan);
  void rate_judged_anew(Instance& one, const Series& series, Duration tick);
  void lay_out(const TargetPlan& target);
  void watch(const TargetPlan& target, std::size_t metric, const RulePlan& rule);
  void take_samples(TargetState& state, const ScrapeSeen& scrape);
  void judge(const TargetState& state, const Watch& watch, Duration tick);
  void judge_part(Sum& sum);
  void judge_sum(Sum& sum);
  /// None: there is no such instance yet.
  [[nodiscard]] std::optional<unsigned> verdict_of(Sum& sum);
  void rule_changed(Instance& one);
  void goes_on_from(Instance& one, const Alert& record);

  const Plan* plan_ = nullptr;
  Duration stopped_at_{};
  std::deque<Instance> instances_;  // addresses stay
  std::map<Key, std::size_t> index_;
  std::map<std::string, TargetState> targets_;
  std::vector<Sum> sums_;
};

/// What a value is under a rule's thresholds: one verdict.
[[nodiscard]] unsigned class_of(const RulePlan& rule, double value);
/// Severity of a value that is a breach.
[[nodiscard]] Severity severity_of(const RulePlan& rule, double value);
/// The bounds after an evaluation at `tick` that may have seen any of `verdict`.
void bound(Instance& one, unsigned verdict, Duration tick);
/// The same, where it is open whether there was an evaluation at all.
void bound_in_part(Instance& one, unsigned verdict, Duration tick);

}  // namespace tocsin::simulation
