// An open that gets no yes in two minutes, or a never, is given to the next in the receiver's
// chain; and where nobody who wakes has said yes, the next level falls due at once.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Fallback : public Checker {
 public:
  explicit Fallback(const Scene& scene) : Checker("fallback"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment) override {
    if (!attempt.answered) return;
    const std::uint64_t id = attempt.delivery->id.value;
    if (attempt.outcome.result == DeliveryResult::delivered) yes_.insert(id);
  }

  void stepped(const StepSeen&, Moment moment) override {
    for (const DeliveryChange& change : scene_.ledger.delivery_changes) {
      const Delivery& one = *change.after;
      if (!change.before && one.stands_in_for) stood_in_[one.stands_in_for.value] = one.id.value;
      if (change.before || one.action != DeliveryAction::open || !one.incident) continue;
      if (!one.stands_in_for) watched_[one.id.value] = moment.at;
    }
  }

  void started(const Records&, Moment) override {
    watched_.clear();
    stood_in_.clear();
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(200), moment)) return;
    for (auto one = watched_.begin(); one != watched_.end();) {
      if (moment.at - one->second < seconds(150)) {
        ++one;
        continue;
      }
      look(one->first, moment);
      one = watched_.erase(one);
    }
  }

 private:
  void look(std::uint64_t id, Moment moment) {
    const Delivery* one = scene_.ledger.delivery(DeliveryId(id));
    if (one == nullptr || yes_.contains(id)) return;
    const bool over = one->state == DeliveryState::withdrawn ||
                      one->state == DeliveryState::folded || one->state == DeliveryState::expired ||
                      one->state == DeliveryState::undeliverable;
    const Incident* incident = scene_.ledger.incident(one->incident);
    if (over || incident == nullptr || !incident->open() || incident->acknowledged) return;
    const Climbing* climbing = scene_.climb.find(one->incident);
    if (climbing == nullptr || moment.at - climbing->reopened < seconds(150)) return;
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one->receiver);
    if (receiver == nullptr) return;
    const bool chained = std::any_of(
        receiver->fallback.begin(), receiver->fallback.end(),
        [&](const std::string& name) { return scene_.ledger.plan->receiver(name) != nullptr; });
    if (chained && !stood_in_.contains(id) && !told_themselves(*one, *climbing)) {
      violated(fmt::format("delivery {} got no yes from {} for {} s, and no fallback was tried", id,
                           one->receiver, (moment.at - watched_.at(id)).count() / 1000));
    }
    if (one->wakes && !chained) next_level(*one, *incident, *climbing, moment);
  }

  /// Somebody in the chain has been told of this level anyway.
  bool told_themselves(const Delivery& one, const Climbing& climbing) const {
    std::vector<std::string> chain{one.receiver};
    for (std::size_t i = 0; i < chain.size() && i < 10; ++i) {
      const ReceiverPlan* receiver = scene_.ledger.plan->receiver(chain[i]);
      if (receiver == nullptr) continue;
      chain.insert(chain.end(), receiver->fallback.begin(), receiver->fallback.end());
    }
    return std::any_of(chain.begin() + 1, chain.end(), [&](const std::string& name) {
      const Telling* told = climbing.last_to(name, one.level);
      return told != nullptr && told->at >= watched_.at(one.id.value) - seconds(1);
    });
  }

  void next_level(const Delivery& one, const Incident& incident, const Climbing& climbing,
                  Moment moment) {
    if (incident.storm || incident.storm_of || climbing.vague) return;
    if (moment.at - climbing.free_at < seconds(200)) return;
    const PolicyPlan* policy = scene_.ledger.plan->policy(incident.policy);
    const auto members = scene_.members(incident.id);
    std::optional<int> next;
    for (const EntryPlan& entry : policy->entries) {
      if (entry.level <= climbing.level() && entry.level > one.level) return;  // told already
      const bool applies = std::any_of(members.begin(), members.end(), [&](const Instance* each) {
        return scene_.owed(*each, seconds(300), moment) && matches(entry, *each);
      });
      if (entry.level > one.level && applies) {
        next = std::min(next.value_or(entry.level), entry.level);
      }
    }
    if (next && climbing.level() < *next) {
      violated(
          fmt::format("incident {}: delivery {} was to wake {}, nobody said yes, and level {} "
                      "was not told",
                      incident.id.value, one.id.value, one.receiver, *next));
    }
  }

  const Scene& scene_;
  std::set<std::uint64_t> yes_;
  std::map<std::uint64_t, Duration> watched_;
  std::unordered_map<std::uint64_t, std::uint64_t> stood_in_;
};
}  // namespace

CheckerPtr make_fallback(const Scene& scene) {
  return std::make_unique<Fallback>(scene);
}

}  // namespace tocsin::simulation
