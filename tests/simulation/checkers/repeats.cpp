// The last level rings again every `repeat` until somebody acknowledges or it closes: neither
// sooner nor much later.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class Repeats : public Checker {
 public:
  explicit Repeats(const Scene& scene) : Checker("repeats"), scene_(scene) {}

  void stepped(const StepSeen&, Moment moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      const Delivery& one = *made.after;
      if (made.before || one.action != DeliveryAction::open || one.stands_in_for) continue;
      if (one.notice.kind == NoticeKind::repeated) early(one, moment);
    }
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(390), moment)) return;
    for (const std::uint64_t id : scene_.ledger.open) late(scene_.ledger.incidents.at(id), moment);
  }

 private:
  const PolicyPlan* policy_of(const Incident& incident) const {
    return scene_.ledger.plan->policy(incident.policy);
  }

  void early(const Delivery& one, Moment moment) {
    const Incident* incident = scene_.ledger.incident(one.incident);
    const Climbing* climbing = scene_.climb.find(one.incident);
    if (incident == nullptr || climbing == nullptr || climbing->vague) return;
    if (moment.at - scene_.ledger.reloaded_at < hours(4)) return;
    const PolicyPlan* policy = policy_of(*incident);
    if (policy == nullptr) return;
    for (auto told = climbing->tellings.rbegin(); told != climbing->tellings.rend(); ++told) {
      if (told->receiver != one.receiver || told->delivery == one.id || told->stand_in) continue;
      if (told->level != one.level) continue;
      if (moment.at - told->at < policy->repeat - seconds(20)) {
        violated(
            fmt::format("incident {}: {} rings again after {} s, the policy repeats every {} s",
                        one.incident.value, one.receiver, (moment.at - told->at).count() / 1000,
                        policy->repeat.count() / 1000));
      }
      return;
    }
  }

  void late(const Incident& incident, Moment moment) {
    const Climbing* climbing = scene_.climb.find(incident.id);
    const PolicyPlan* policy = policy_of(incident);
    if (climbing == nullptr || policy == nullptr || incident.storm_of || incident.storm) return;
    if (!climbing->runs() || incident.acknowledged || climbing->tellings.empty()) return;
    const Duration span = policy->repeat + seconds(90);
    if (moment.at - climbing->free_at < span) return;
    if (moment.at - scene_.ledger.reloaded_at < span) return;
    const auto members = scene_.members(incident.id);
    const bool owed = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
      return scene_.owed(*one, span, moment);
    });
    const Duration last = climbing->tellings.back().at;
    if (owed && moment.at - last > span) {
      violated(fmt::format("incident {} ({}): nobody acknowledged, and the last ring was {} s ago",
                           incident.id.value, incident.group_key,
                           (moment.at - last).count() / 1000));
    }
  }

  const Scene& scene_;
};
}  // namespace

CheckerPtr make_repeats(const Scene& scene) {
  return std::make_unique<Repeats>(scene);
}

}  // namespace tocsin::simulation
