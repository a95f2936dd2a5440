// Open, acknowledgement and close of one key reach its receiver strictly in that order, one at a
// time, and nothing follows a close.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Order : public Checker {
 public:
  explicit Order(const Scene& scene) : Checker("order"), scene_(scene) {}

  void stepped(const StepSeen& step, Moment) override {
    for (const Delivery& one : step.send) begins(one);
  }

  void attempted(const AttemptSeen& attempt, Moment) override {
    const Delivery& one = *attempt.delivery;
    Key& key = keys_[one.receiver + one.dedup_key];
    if (key.in_flight > 0) --key.in_flight;
    const bool maybe = !attempt.answered || attempt.outcome.may_have_arrived ||
                       attempt.outcome.result == DeliveryResult::delivered;
    if (one.action == DeliveryAction::open && maybe) key.may_be_open = true;
    if (one.action == DeliveryAction::close && maybe) key.may_be_closed = true;
  }

  void stopped(Stop, Moment) override {
    for (auto& [name, key] : keys_) key.in_flight = 0;
  }

  void started(const Records& records, Moment) override {
    // A close that was not recorded is forgotten: what it closed may be open again.
    for (auto& [name, key] : keys_) key.close_began = false;
    for (const Delivery& one : records.deliveries) {
      // Whatever has no end in the records may have left once more, unrecorded.
      if (one.action == DeliveryAction::open && !is_final(one.state)) {
        keys_[one.receiver + one.dedup_key].may_be_open = true;
      }
      if (one.action != DeliveryAction::close) continue;
      const auto found = keys_.find(one.receiver + one.dedup_key);
      if (found != keys_.end()) found->second.close_began = true;
    }
  }

 private:
  struct Key {
    int in_flight = 0;
    bool may_be_open = false;
    bool may_be_closed = false;
    bool close_began = false;
  };

  void begins(const Delivery& one) {
    if (one.dedup_key.empty() || !one.incident) return;
    Key& key = keys_[one.receiver + one.dedup_key];
    const std::string what =
        fmt::format("delivery {} ({} to {})", one.id.value, to_string(one.action), one.receiver);
    if (key.in_flight > 0) violated(what + " overtakes another of its key");
    if (key.close_began && one.action != DeliveryAction::close) {
      violated(what + " follows the close of its key");
    }
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one.receiver);
    const bool by_key = receiver != nullptr && receiver->by_key;
    if (by_key && one.action != DeliveryAction::open && !key.may_be_open) {
      violated(what + " comes before any open of its key");
    }
    if (one.action == DeliveryAction::close) key.close_began = true;
    ++key.in_flight;
  }

  const Scene& scene_;
  std::unordered_map<std::string, Key> keys_;
};
}  // namespace

CheckerPtr make_order(const Scene& scene) {
  return std::make_unique<Order>(scene);
}

}  // namespace tocsin::simulation
