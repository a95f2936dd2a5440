#include "receiver.hpp"

namespace tocsin::simulation {

Handled SimReceiver::handle(const Delivery& delivery, Duration at, Random& random) {
  const auto some = [&](long low, long high) {
    return milliseconds(low +
                        static_cast<long>(random.below(static_cast<std::uint64_t>(high - low))));
  };
  Handled handled{.took = some(20, 400), .taken = true, .outcome = {}};
  const auto no = [&](DeliveryResult result, std::string detail) {
    handled.taken = false;
    handled.outcome.result = result;
    handled.outcome.detail = std::move(detail);
  };
  switch (at < how_until_ ? how_ : Receiving::well) {
    case Receiving::well:
      break;
    case Receiving::slow:
      handled.took = some(3000, 9500);
      break;
    case Receiving::busy:
      no(DeliveryResult::retryable, "503 Service Unavailable");
      break;
    case Receiving::retry_after:
      no(DeliveryResult::retryable, "429 Too Many Requests");
      handled.outcome.retry_after = seconds(5 + random.below(90));
      break;
    case Receiving::refuses:
      no(DeliveryResult::permanent, "401 Unauthorized");
      break;
    case Receiving::answer_lost:
      no(DeliveryResult::retryable, "no answer in 10 s");
      handled.taken = true;
      handled.outcome.may_have_arrived = true;
      handled.took = seconds(10);
      break;
    case Receiving::swallows:
      no(DeliveryResult::retryable, "no answer in 10 s");
      handled.outcome.may_have_arrived = true;
      handled.took = seconds(10);
      break;
    case Receiving::down:
      no(DeliveryResult::retryable, "connection refused");
      break;
  }
  if (handled.taken) take(delivery);
  return handled;
}

void SimReceiver::take(const Delivery& delivery) {
  if (!plan_.by_key || delivery.notice.kind == NoticeKind::change) return;
  switch (delivery.action) {
    case DeliveryAction::open:
      keys_.try_emplace(delivery.dedup_key, KeyState::open);
      break;
    case DeliveryAction::acknowledge: {
      const auto found = keys_.find(delivery.dedup_key);
      if (found != keys_.end() && found->second == KeyState::open) {
        found->second = KeyState::acknowledged;
      }
      break;
    }
    case DeliveryAction::close:
      keys_[delivery.dedup_key] = KeyState::closed;
      break;
    case DeliveryAction::update:
      break;
  }
}

bool SimReceiver::acknowledge_one(Random& random) {
  std::vector<KeyState*> open;
  for (auto& [key, state] : keys_) {
    if (state == KeyState::open) open.push_back(&state);
  }
  if (open.empty()) return false;
  *open[random.below(open.size())] = KeyState::acknowledged_here;
  return true;
}

std::vector<std::string> SimReceiver::acknowledged(const std::vector<std::string>& keys) const {
  std::vector<std::string> found;
  for (const std::string& key : keys) {
    const auto state = keys_.find(key);
    if (state != keys_.end() && state->second == KeyState::acknowledged_here) found.push_back(key);
  }
  return found;
}

}  // namespace tocsin::simulation
