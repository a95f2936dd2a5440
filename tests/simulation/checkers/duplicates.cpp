// A notice goes out again only where its answer was lost or was no yes, and then under the same
// identity and key; the same key is not opened or closed by two notices.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Duplicates : public Checker {
 public:
  explicit Duplicates(const Scene& scene) : Checker("duplicates"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment) override {
    Sent& sent = sent_[attempt.delivery->id.value];
    sent.in_flight = false;
    if (attempt.answered) sent.settled = attempt.outcome.result != DeliveryResult::retryable;
  }

  void stepped(const StepSeen& step, Moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) created(*made.after);
    }
    for (const Delivery& one : step.send) {
      Sent& sent = sent_[one.id.value];
      if (sent.in_flight) {
        violated(fmt::format("delivery {} goes out while an attempt is on its way", one.id.value));
      }
      if (sent.settled) {
        violated(fmt::format("delivery {} to {} goes out again after its answer", one.id.value,
                             one.receiver));
      }
      sent.in_flight = true;
    }
  }

  void stopped(Stop, Moment) override {
    for (auto& [id, sent] : sent_) sent = Sent{};  // answers may not have been recorded
  }

  void started(const Records& records, Moment) override {
    by_key_.clear();
    for (const Delivery& one : records.deliveries) {
      if (one.action != DeliveryAction::update) {
        by_key_[{one.dedup_key, one.action}] = one.id;
      }
    }
  }

 private:
  struct Sent {
    bool in_flight = false;
    bool settled = false;
  };

  void created(const Delivery& one) {
    if (one.action == DeliveryAction::update || !one.incident) return;
    const auto [found, added] = by_key_.try_emplace({one.dedup_key, one.action}, one.id);
    if (added || found->second == one.id) return;
    const Delivery* other = scene_.ledger.delivery(found->second);
    const bool void_one = other != nullptr && (other->state == DeliveryState::withdrawn ||
                                               other->state == DeliveryState::undeliverable);
    if (!void_one && one.action != DeliveryAction::acknowledge) {
      violated(fmt::format("deliveries {} and {} both {} key {}", found->second.value, one.id.value,
                           to_string(one.action), one.dedup_key));
    }
    found->second = one.id;
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, Sent> sent_;
  std::map<std::pair<std::string, DeliveryAction>, DeliveryId> by_key_;
};
}  // namespace

CheckerPtr make_duplicates(const Scene& scene) {
  return std::make_unique<Duplicates>(scene);
}

}  // namespace tocsin::simulation
