// A change informs: it goes to whom the configuration names, of itself, and rings nobody.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Changes : public Checker {
 public:
  explicit Changes(const Scene& scene) : Checker("changes ring nobody"), scene_(scene) {}

  void stepped(const StepSeen&, Moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (made.before || made.after->notice.kind != NoticeKind::change) continue;
      const Delivery& one = *made.after;
      const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one.receiver);
      const bool named = receiver != nullptr && receiver->changes;
      if (named && !one.incident && !one.wakes && !one.stands_in_for &&
          one.action == DeliveryAction::open) {
        continue;
      }
      violated(fmt::format("a change is told to {} as delivery {} ({})", one.receiver, one.id.value,
                           to_string(one.action)));
    }
  }

 private:
  const Scene& scene_;
};
}  // namespace

CheckerPtr make_changes(const Scene& scene) {
  return std::make_unique<Changes>(scene);
}

}  // namespace tocsin::simulation
