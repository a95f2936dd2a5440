// Missing is not well: what fires goes on firing until it is known to be well, or gone for long
// enough; a target that does not answer, or only just restarted, makes nobody well.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class MissingIsNotWell : public Checker {
 public:
  explicit MissingIsNotWell(const Scene& scene) : Checker("missing is not well"), scene_(scene) {}

  void stepped(const StepSeen&, Moment moment) override {
    if (moment.at - scene_.ledger.reloaded_at < minutes(2)) return;
    for (const AlertChange& change : scene_.ledger.alert_changes) {
      const bool ends = fires(change.before) && !fires(change.after);
      const bool clears =
          change.before == AlertState::firing && change.after == AlertState::clearing;
      if (ends || clears) went(change, moment);
    }
  }

 private:
  void went(const AlertChange& change, Moment moment) {
    const Instance* one = scene_.truth.find(change.key.rule, change.key.labels);
    if (one == nullptr || one->plan == nullptr || !one->must_fire) return;
    // On its way out it must still fire for a while, and that is what `clearing` says.
    if (change.after == AlertState::clearing && one->out_from) return;
    violated(fmt::format(
        "{} {} goes from {} to {} ({}), and cannot be well: last seen {} s ago as {:#x}",
        change.key.rule, change.key.labels.to_string(), to_string(change.before),
        to_string(change.after),
        change.alert != nullptr ? to_string(change.alert->reason) : "erased",
        one->judged ? (moment.at - *one->judged).count() / 1000 : -1, one->last));
  }

  const Scene& scene_;
};
}  // namespace

CheckerPtr make_missing_is_not_well(const Scene& scene) {
  return std::make_unique<MissingIsNotWell>(scene);
}

}  // namespace tocsin::simulation
