// A simulated receiver: takes notices, or says no, or says nothing, as the weather says; keeps its
// own state by key where it is of that kind, and lets people acknowledge there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan.hpp"
#include "tocsin/base/random.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::simulation {

enum class Receiving { well, slow, busy, retry_after, refuses, answer_lost, swallows, down };

struct Handled {
  Duration took{};
  bool taken = false;
  DeliveryOutcome outcome;
};

class SimReceiver {
 public:
  explicit SimReceiver(ReceiverPlan plan) : plan_(std::move(plan)) {}

  [[nodiscard]] Handled handle(const Delivery& delivery, Duration at, Random& random);
  void behave(Receiving how, Duration until) { how_ = how, how_until_ = until; }
  /// Somebody acknowledges one of the keys that are open here; false where there is none.
  bool acknowledge_one(Random& random);
  /// Which of these were acknowledged here by a person.
  [[nodiscard]] std::vector<std::string> acknowledged(const std::vector<std::string>& keys) const;
  [[nodiscard]] const ReceiverPlan& plan() const { return plan_; }

 private:
  enum class KeyState { open, acknowledged_here, acknowledged, closed };
  void take(const Delivery& delivery);

  ReceiverPlan plan_;
  Receiving how_ = Receiving::well;
  Duration how_until_{};
  std::map<std::string, KeyState> keys_;
};

}  // namespace tocsin::simulation
