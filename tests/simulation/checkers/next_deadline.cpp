// Every open incident, and every delivery on its way, has a next deadline: nothing is left to hang.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class NextDeadline : public Checker {
 public:
  explicit NextDeadline(const Scene& scene) : Checker("next deadline"), scene_(scene) {}

  void stepped(const StepSeen& step, Moment moment) override {
    const bool past = step.wake && moment.now.boot - *step.wake > minutes(1);
    past_since_ = past ? std::min(past_since_, moment.at) : Duration::max();
    if (past && moment.at - past_since_ > seconds(10)) {
      violated(fmt::format("the step asks to be woken {} s ago",
                           (moment.now.boot - *step.wake).count() / 1000));
    }
    if (step.wake) return;
    for (const std::uint64_t id : scene_.ledger.open) {
      const Incident& incident = scene_.ledger.incidents.at(id);
      if (incident.storm_of || !told(incident)) continue;
      return violated(fmt::format("incident {} is open, and nothing will wake the engine", id));
    }
    for (const std::uint64_t id : scene_.ledger.waiting) {
      const Delivery& one = scene_.ledger.deliveries.at(id);
      if (one.state == DeliveryState::sending) return;  // its answer will come
      violated(fmt::format("delivery {} waits, and nothing will wake the engine", id));
      return;
    }
  }

 private:
  /// What is withheld from the first waits for the end of that, not for a time.
  bool told(const Incident& incident) const {
    const Climbing* climbing = scene_.climb.find(incident.id);
    return climbing != nullptr && !climbing->tellings.empty();
  }

  const Scene& scene_;
  Duration past_since_ = Duration::max();
};
}  // namespace

CheckerPtr make_next_deadline(const Scene& scene) {
  return std::make_unique<NextDeadline>(scene);
}

}  // namespace tocsin::simulation
