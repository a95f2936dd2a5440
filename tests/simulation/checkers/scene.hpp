// What the checkers share: the ledger of the steps, the naive models, and the list of them all.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "checkers/climb.hpp"
#include "checkers/ledger.hpp"
#include "checkers/truth.hpp"
#include "checkers/withheld.hpp"

namespace tocsin::simulation {

/// Which alert record stands for which instance of the naive model.
class Roll : public Checker {
 public:
  Roll(const Ledger& ledger, const Truth& truth)
      : Checker("roll"), ledger_(ledger), truth_(truth) {}
  void stepped(const StepSeen& step, Moment moment) override;
  void started(const Records& records, Moment moment) override;
  /// Its record, or none where the steps never spoke of it or have erased it.
  [[nodiscard]] const Alert* alert(const Instance& one) const;

 private:
  const Ledger& ledger_;
  const Truth& truth_;
  std::unordered_map<const Instance*, AlertKey> keys_;
};

struct Scene {
  Ledger ledger;
  Truth truth;
  Withheld withheld{ledger, truth};
  Climb climb{ledger, truth, withheld};
  Roll roll{ledger, truth};

  /// The instances whose alerts name this incident as theirs.
  [[nodiscard]] std::vector<const Instance*> members(IncidentId id) const;
  /// Instances that must fire, are not withheld, and have been so for `span`.
  [[nodiscard]] bool owed(const Instance& one, Duration span, Moment moment) const;
};

[[nodiscard]] bool matches(const EntryPlan& entry, const Instance& one);

using CheckerPtr = std::unique_ptr<Checker>;
CheckerPtr make_lost_alarm(const Scene& scene);
CheckerPtr make_false_alarm(const Scene& scene);
CheckerPtr make_missing_is_not_well(const Scene& scene);
CheckerPtr make_levels_on_time(const Scene& scene);
CheckerPtr make_repeats(const Scene& scene);
CheckerPtr make_acknowledgement_respected(const Scene& scene);
CheckerPtr make_withheld_respected(const Scene& scene);
CheckerPtr make_recorded_first(const Scene& scene);
CheckerPtr make_next_deadline(const Scene& scene);
CheckerPtr make_at_least_once(const Scene& scene);
CheckerPtr make_duplicates(const Scene& scene);
CheckerPtr make_order(const Scene& scene);
CheckerPtr make_closes_owed(const Scene& scene);
CheckerPtr make_keys(const Scene& scene);
CheckerPtr make_limits(const Scene& scene);
CheckerPtr make_replies(const Scene& scene);
CheckerPtr make_calm_in_bursts(const Scene& scene);
CheckerPtr make_changes(const Scene& scene);
CheckerPtr make_fallback(const Scene& scene);
CheckerPtr make_recovery(const Scene& scene);

/// The shared models first, then every checker.
class Checkers {
 public:
  explicit Checkers(Checker::Report report);
  /// Calls each in turn.
  template <class Call>
  void each(const Call& call) {
    call(static_cast<Checker&>(scene_.ledger));
    call(static_cast<Checker&>(scene_.truth));
    call(static_cast<Checker&>(scene_.withheld));
    call(static_cast<Checker&>(scene_.climb));
    call(static_cast<Checker&>(scene_.roll));
    for (const CheckerPtr& one : all_) call(*one);
  }
  [[nodiscard]] const Scene& scene() const { return scene_; }

 private:
  Scene scene_;
  std::vector<CheckerPtr> all_;
};

}  // namespace tocsin::simulation
