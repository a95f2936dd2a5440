// Every receiver that may have got an open gets its close when the incident closes, once: by key
// where it keeps keys, one for the incident where people read. None without an open.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class ClosesOwed : public Checker {
 public:
  explicit ClosesOwed(const Scene& scene) : Checker("closes owed"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment) override {
    const Delivery& one = *attempt.delivery;
    if (one.action != DeliveryAction::open || !one.incident) return;
    if (scene_.ledger.forgotten(attempt)) return;
    const bool maybe = attempt.taken || !attempt.answered || attempt.outcome.may_have_arrived ||
                       attempt.outcome.result == DeliveryResult::delivered;
    const bool over =
        closed_keys_.contains(one.dedup_key) ||
        (!by_key(one.receiver) && closes_.contains({one.incident.value, one.receiver}));
    if (maybe && !over) opened_[one.incident.value][one.dedup_key] = {one.receiver, one.id};
  }

  void stepped(const StepSeen& step, Moment moment) override {
    for (const IncidentChange& change : scene_.ledger.incident_changes) {
      const bool was_open = !change.before || change.before->open();
      if (was_open && !change.after->open()) closed_[change.after->id.value] = moment.at;
      if (!was_open && change.after->open()) closed_.erase(change.after->id.value);
    }
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) created(*made.after, step.number);
    }
  }

  void started(const Records& records, Moment moment) override {
    closed_.clear();
    for (const Incident& one : records.incidents) {
      if (!one.open()) closed_[one.id.value] = moment.at;
    }
    std::erase_if(opened_, [&](const auto& one) {
      return scene_.ledger.incident(IncidentId(one.first)) == nullptr;
    });
    for (auto& [id, keys] : opened_) {
      std::erase_if(keys, [&](const auto& one) {
        return scene_.ledger.delivery(one.second.delivery) == nullptr;
      });
    }
    std::erase_if(closes_, [&](const auto& one) { return one.second.step > records.engine.step; });
    std::erase_if(closed_keys_, [&](const auto& one) { return one.second > records.engine.step; });
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(minutes(2), moment)) return;
    for (auto one = closed_.begin(); one != closed_.end();) {
      if (moment.at - one->second < seconds(20)) {
        ++one;
        continue;
      }
      const auto keys = opened_.find(one->first);
      if (keys != opened_.end()) {
        owed(one->first, keys->second);
        opened_.erase(keys);
      }
      one = closed_.erase(one);
    }
  }

 private:
  struct Opened {
    std::string receiver;
    DeliveryId delivery;
  };
  struct Closed {
    StepNumber step;
    DeliveryId delivery;
  };

  bool by_key(const std::string& name) const {
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(name);
    return receiver != nullptr && receiver->by_key;
  }

  void created(const Delivery& one, StepNumber step) {
    if (!one.incident) return;
    const auto where = std::pair(one.incident.value, one.receiver);
    if (one.action == DeliveryAction::open) {
      closes_.erase(where);
      any_open_.insert(where);
    }
    if (one.action != DeliveryAction::close) return;
    if (!any_open_.contains(where)) {
      violated(fmt::format("incident {}: {} gets a close and never got an open", one.incident.value,
                           one.receiver));
    }
    closed_keys_[one.dedup_key] = step;
    std::erase_if(opened_[one.incident.value], [&](const auto& open) {
      return by_key(one.receiver) ? open.first == one.dedup_key
                                  : open.second.receiver == one.receiver;
    });
    if (by_key(one.receiver) || scene_.ledger.plan->receiver(one.receiver) == nullptr) return;
    if (!closes_.try_emplace(where, Closed{step, one.id}).second) {
      violated(
          fmt::format("incident {}: {} gets a second close", one.incident.value, one.receiver));
    }
  }

  void owed(std::uint64_t incident, const std::map<std::string, Opened>& keys) {
    for (const auto& [key, opened] : keys) {
      const ReceiverPlan* receiver = scene_.ledger.plan->receiver(opened.receiver);
      if (receiver == nullptr) continue;
      if (receiver->by_key ? closed_keys_.contains(key)
                           : closes_.contains({incident, opened.receiver})) {
        continue;
      }
      violated(fmt::format("incident {} closed, and {} may have got the open {} and no close",
                           incident, opened.receiver, opened.delivery.value));
    }
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, std::map<std::string, Opened>> opened_;
  std::map<std::uint64_t, Duration> closed_;
  std::unordered_map<std::string, StepNumber> closed_keys_;
  std::map<std::pair<std::uint64_t, std::string>, Closed> closes_;
  std::set<std::pair<std::uint64_t, std::string>> any_open_;
};
}  // namespace

CheckerPtr make_closes_owed(const Scene& scene) {
  return std::make_unique<ClosesOwed>(scene);
}

}  // namespace tocsin::simulation
