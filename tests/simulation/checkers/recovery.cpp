// Once the weather has been fair for a day: everything well is closed, the outbox is empty, and
// what receivers believe is the truth.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Recovery : public Checker {
 public:
  explicit Recovery(const Scene& scene) : Checker("recovery"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment) override {
    const Delivery& one = *attempt.delivery;
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one.receiver);
    if (!attempt.taken || !one.incident || scene_.ledger.forgotten(attempt)) return;
    if (one.action == DeliveryAction::open && receiver != nullptr && receiver->by_key) {
      open_[{one.receiver, one.dedup_key}] = {one.id, one.incident};
    }
    if (one.action == DeliveryAction::close) open_.erase({one.receiver, one.dedup_key});
  }

  void started(const Records&, Moment) override {
    // A ring that left unrecorded and was lost in a crash is known to nobody any more.
    std::erase_if(open_, [&](const auto& one) {
      return scene_.ledger.delivery(one.second.delivery) == nullptr;
    });
  }

  void stepped(const StepSeen&, Moment) override {
    for (const DeliveryChange& change : scene_.ledger.delivery_changes) {
      const Delivery& one = *change.after;
      const bool given_up = one.state == DeliveryState::expired ||
                            one.state == DeliveryState::undeliverable ||
                            one.state == DeliveryState::refused;
      if (one.action == DeliveryAction::close && given_up) {
        open_.erase({one.receiver, one.dedup_key});
      }
    }
  }

  void week_ended(Moment) override {
    for (const std::uint64_t id : scene_.ledger.open) {
      const Incident& one = scene_.ledger.incidents.at(id);
      violated(fmt::format("incident {} ({}{}) is still open", id, one.storm ? "storm " : "",
                           one.group_key));
    }
    for (const std::uint64_t id : scene_.ledger.waiting) {
      const Delivery& one = scene_.ledger.deliveries.at(id);
      violated(fmt::format("delivery {} ({} to {}) still waits: {}", id, to_string(one.action),
                           one.receiver, to_string(one.state)));
    }
    for (const auto& [key, alert] : scene_.ledger.alerts) {
      if (fires(alert.state)) {
        violated(fmt::format("{} {} still fires", key.rule, key.labels.to_string()));
      }
    }
    for (const auto& [where, opened] : open_) {
      if (scene_.ledger.plan->receiver(where.first) == nullptr) continue;
      violated(fmt::format("{} still holds key {} of incident {} open", where.first, where.second,
                           opened.incident.value));
    }
  }

 private:
  struct Opened {
    DeliveryId delivery;
    IncidentId incident;
  };
  const Scene& scene_;
  std::map<std::pair<std::string, std::string>, Opened> open_;
};
}  // namespace

CheckerPtr make_recovery(const Scene& scene) {
  return std::make_unique<Recovery>(scene);
}

}  // namespace tocsin::simulation
