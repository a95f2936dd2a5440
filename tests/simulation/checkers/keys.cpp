// A notice keeps its identity and its key over all attempts; a key, and a ring's number, stand for
// one telling of one level to one receiver, for ever.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Keys : public Checker {
 public:
  explicit Keys(const Scene& scene) : Checker("keys"), scene_(scene) {}

  void stepped(const StepSeen& step, Moment) override {
    for (const Delivery& one : step.send) sent(one);
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      const Delivery& one = *made.after;
      const bool folds = one.notice.kind == NoticeKind::summary;
      if (one.incident && one.dedup_key.empty() && !folds) {
        violated(fmt::format("delivery {} has no key", one.id.value));
      }
    }
  }

 private:
  struct Sent {
    std::string receiver;
    std::string key;
    DeliveryAction action = DeliveryAction::open;
    IncidentId incident;
  };
  struct Told {
    std::string receiver;
    std::uint64_t incident = 0;
    int level = 0;
    std::string key;
    DeliveryId delivery;
  };

  void sent(const Delivery& one) {
    const auto [found, added] = sent_.try_emplace(
        one.id.value, Sent{one.receiver, one.dedup_key, one.action, one.incident});
    const Sent& before = found->second;
    if (!added && (before.receiver != one.receiver || before.action != one.action ||
                   before.incident != one.incident)) {
      return violated(fmt::format("delivery {} ({} to {}) was another notice ({} to {}) before",
                                  one.id.value, to_string(one.action), one.receiver,
                                  to_string(before.action), before.receiver));
    }
    if (!added && before.key != one.dedup_key) {
      return violated(fmt::format("delivery {} changed its key from {} to {}", one.id.value,
                                  before.key, one.dedup_key));
    }
    if (one.action != DeliveryAction::open || !one.incident || !added) return;
    ring(one);
  }

  void ring(const Delivery& one) {
    const Told told{one.receiver, one.incident.value, one.level, one.dedup_key, one.id};
    const auto [by_ring, new_ring] = rings_.try_emplace({one.ring, one.receiver, one.level}, told);
    if (again(by_ring->second, one)) return;
    if (!new_ring && by_ring->second.delivery != one.id) {
      const Told& before = by_ring->second;
      violated(fmt::format("ring {} of incident {} to {} was used for incident {} to {}", one.ring,
                           one.incident.value, one.receiver, before.incident, before.receiver));
    }
    const auto [by_key, new_key] = keys_.try_emplace(one.dedup_key, told);
    if (!new_key && by_key->second.delivery != one.id) {
      violated(fmt::format("deliveries {} and {} open the same key {}",
                           by_key->second.delivery.value, one.id.value, one.dedup_key));
    }
  }

  /// A stand-in that a crash forgot is told again, for the same ring: the same key is right.
  bool again(const Told& before, const Delivery& one) const {
    return one.stands_in_for && before.delivery != one.id && before.key == one.dedup_key &&
           scene_.ledger.delivery(before.delivery) == nullptr;
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, Sent> sent_;
  std::map<std::tuple<std::uint64_t, std::string, int>, Told> rings_;
  std::unordered_map<std::string, Told> keys_;
};
}  // namespace

CheckerPtr make_keys(const Scene& scene) {
  return std::make_unique<Keys>(scene);
}

}  // namespace tocsin::simulation
