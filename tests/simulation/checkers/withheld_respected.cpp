// Silences and inhibition withhold opens, updates and levels: where all of an incident is withheld,
// nobody is told. (That they are told when it ends is "lost alarm" and "levels on time".)
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class WithheldRespected : public Checker {
 public:
  explicit WithheldRespected(const Scene& scene) : Checker("withheld respected"), scene_(scene) {}

  void stepped(const StepSeen&, Moment moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) look(*made.after, moment);
    }
  }

 private:
  void look(const Delivery& one, Moment moment) {
    const bool tells = one.action == DeliveryAction::open || one.action == DeliveryAction::update;
    if (!tells || !one.incident || one.stands_in_for) return;
    const Incident* incident = scene_.ledger.incident(one.incident);
    if (incident == nullptr || incident->storm) return;
    if (!is_of_incident(one.notice.kind)) return;
    const auto members = scene_.members(incident->id);
    if (members.empty()) return;
    const bool all = std::all_of(members.begin(), members.end(), [&](const Instance* member) {
      return member->plan != nullptr && scene_.withheld.surely(*member, moment);
    });
    if (all) {
      violated(fmt::format("incident {} ({}) is withheld, and {} is told ({}, level {})",
                           incident->id.value, incident->group_key, one.receiver,
                           to_string(one.notice.kind), one.level));
    }
  }

  const Scene& scene_;
};
}  // namespace

CheckerPtr make_withheld_respected(const Scene& scene) {
  return std::make_unique<WithheldRespected>(scene);
}

}  // namespace tocsin::simulation
