// At least once: what was recorded to be delivered is tried until it has an end, and its end is
// true: delivered means a yes, refused a never.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class AtLeastOnce : public Checker {
 public:
  explicit AtLeastOnce(const Scene& scene) : Checker("at least once"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment) override {
    if (!attempt.answered) return;
    const std::uint64_t id = attempt.delivery->id.value;
    if (attempt.outcome.result == DeliveryResult::delivered) yes_.insert(id);
    if (attempt.outcome.result == DeliveryResult::permanent) never_.insert(id);
  }

  void stepped(const StepSeen& step, Moment moment) override {
    for (const DeliveryChange& change : scene_.ledger.delivery_changes) {
      if (!change.before) made_[change.after->id.value] = moment.at;
      if (change.before != change.after->state) ended(*change.after, moment);
    }
    for (const Delivery& one : step.send) tried_[one.receiver] = moment.at;
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(450), moment)) return;
    std::set<std::string> seen;
    for (const std::uint64_t id : scene_.ledger.waiting) {
      const Delivery& one = scene_.ledger.deliveries.at(id);
      const auto made = made_.find(id);
      const Duration since = made == made_.end() ? scene_.ledger.started_at : made->second;
      const auto tried = tried_.find(one.receiver);
      const Duration last = tried == tried_.end() ? Duration{} : tried->second;
      if (moment.at - std::max(since, last) < seconds(440)) continue;
      if (!seen.insert(one.receiver).second) continue;
      const auto next =
          one.next_attempt ? (one.next_attempt->boot - moment.now.boot).count() / 1000 : 0;
      violated(
          fmt::format("delivery {} to {} is {} for {} s (next attempt in {} s), and nothing to "
                      "that receiver was tried for {} s",
                      id, one.receiver, to_string(one.state), (moment.at - since).count() / 1000,
                      next, (moment.at - last).count() / 1000));
    }
  }

 private:
  void ended(const Delivery& one, Moment moment) {
    const std::uint64_t id = one.id.value;
    if (one.state == DeliveryState::delivered && !yes_.contains(id)) {
      violated(
          fmt::format("delivery {} counts as delivered, and {} never said yes", id, one.receiver));
    }
    if (one.state == DeliveryState::refused && !never_.contains(id)) {
      violated(
          fmt::format("delivery {} counts as refused, and {} never said so", id, one.receiver));
    }
    if (one.state == DeliveryState::undeliverable &&
        scene_.ledger.plan->receiver(one.receiver) != nullptr) {
      violated(fmt::format("delivery {} is given up, and {} is configured", id, one.receiver));
    }
    const bool given_up =
        one.state == DeliveryState::withdrawn || one.state == DeliveryState::expired;
    if (!given_up || one.stands_in_for) return;
    const Incident* incident = scene_.ledger.incident(one.incident);
    const bool needed = incident != nullptr && incident->open() && !incident->acknowledged &&
                        !incident->storm_of && one.action == DeliveryAction::open;
    const bool young = made_.contains(id) && moment.at - made_[id] < hours(23);
    if (needed && young && one.notice.kind == NoticeKind::opened) {
      const Climbing* climbing = scene_.climb.find(one.incident);
      // What is left of it may be withheld in the very instant in which a level is told.
      const bool hushed = climbing != nullptr && made_[id] <= climbing->closed;
      const bool reopened = hushed || (climbing != nullptr && made_[id] < climbing->reopened);
      const bool again = climbing != nullptr && !climbing->tellings.empty() &&
                         climbing->last_to(one.receiver, one.level) != nullptr &&
                         climbing->last_to(one.receiver, one.level)->delivery != one.id;
      if (!reopened && !again) {
        violated(fmt::format("delivery {} (level {} to {}) is {} while incident {} is open", id,
                             one.level, one.receiver, to_string(one.state), one.incident.value));
      }
    }
  }

  const Scene& scene_;
  std::set<std::uint64_t> yes_;
  std::set<std::uint64_t> never_;
  std::unordered_map<std::uint64_t, Duration> made_;
  std::unordered_map<std::string, Duration> tried_;
};
}  // namespace

CheckerPtr make_at_least_once(const Scene& scene) {
  return std::make_unique<AtLeastOnce>(scene);
}

}  // namespace tocsin::simulation
