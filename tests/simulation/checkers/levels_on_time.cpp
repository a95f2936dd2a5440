// Levels on time, by the naive clock: each level at its due time, never early unless nobody who
// wakes said yes, never late unless the engine could not act; a crash, a reboot, a silence or an
// acknowledgement moves it only as SEMANTICS says.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class LevelsOnTime : public Checker {
 public:
  explicit LevelsOnTime(const Scene& scene) : Checker("levels on time"), scene_(scene) {}

  void attempted(const AttemptSeen& attempt, Moment moment) override {
    if (!attempt.answered) return;
    const DeliveryId id = attempt.delivery->id;
    if (attempt.outcome.result == DeliveryResult::delivered) yes_.try_emplace(id.value, moment.at);
    if (attempt.outcome.result == DeliveryResult::permanent) no_.insert(id.value);
  }

  void stepped(const StepSeen&, Moment moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      const Delivery& one = *made.after;
      if (made.before || one.action != DeliveryAction::open || !one.incident) continue;
      created_.try_emplace(one.id.value, moment.at);
      if (!one.stands_in_for) early(one, moment);
    }
  }

  /// A yes whose record is lost was heard by nobody.
  void started(const Records&, Moment) override {
    std::erase_if(yes_, [&](const auto& one) {
      const Delivery* delivery = scene_.ledger.delivery(DeliveryId(one.first));
      return delivery != nullptr && delivery->state != DeliveryState::delivered;
    });
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(390), moment)) return;
    for (const std::uint64_t id : scene_.ledger.open) late(scene_.ledger.incidents.at(id), moment);
  }

 private:
  void early(const Delivery& one, Moment moment) {
    const Incident* incident = scene_.ledger.incident(one.incident);
    const Climbing* climbing = scene_.climb.find(one.incident);
    if (incident == nullptr || climbing == nullptr || incident->storm || climbing->vague) return;
    const PolicyPlan* policy = scene_.ledger.plan->policy(incident->policy);
    if (policy == nullptr) return;
    std::optional<Duration> due;
    for (const EntryPlan& entry : policy->entries) {
      const bool names =
          std::find(entry.to.begin(), entry.to.end(), one.receiver) != entry.to.end();
      if (entry.level == one.level && names) due = std::min(due.value_or(entry.after), entry.after);
    }
    if (!due) {
      if (moment.at - scene_.ledger.reloaded_at < minutes(10)) return;
      return violated(fmt::format("incident {}: {} is told of level {}, which does not name it",
                                  one.incident.value, one.receiver, one.level));
    }
    const Duration elapsed = climbing->at_most(moment);
    if (elapsed + milliseconds(1500) >= *due || told_before(*climbing, one)) return;
    if (unheard(*climbing, one.level, moment)) return;
    violated(fmt::format("incident {}: level {} is told to {} after {} s, due at {} s",
                         one.incident.value, one.level, one.receiver, elapsed.count() / 1000,
                         due->count() / 1000));
  }

  /// A level that was told already (perhaps early, for good reason) may be told again.
  static bool told_before(const Climbing& climbing, const Delivery& one) {
    if (climbing.level_before >= one.level) return true;
    return std::any_of(climbing.tellings.begin(), climbing.tellings.end(),
                       [&](const Telling& told) {
                         return told.delivery != one.id && told.level >= one.level &&
                                !told.stand_in && told.step != StepNumber{};
                       });
  }

  /// A ring below this level that was to wake someone got no yes in two minutes, or a never.
  bool unheard(const Climbing& climbing, int level, Moment moment) const {
    for (const Telling& told : climbing.tellings) {
      if (!told.wakes || told.level >= level) continue;
      if (no_.contains(told.delivery.value)) return true;
      const auto yes = yes_.find(told.delivery.value);
      const Duration heard = yes == yes_.end() ? moment.at : yes->second;
      if (heard - told.at >= seconds(119)) return true;
    }
    return false;
  }

  void late(const Incident& incident, Moment moment) {
    const Climbing* climbing = scene_.climb.find(incident.id);
    if (climbing == nullptr || climbing->vague || incident.storm_of || incident.storm) return;
    if (!climbing->runs() || incident.acknowledged) return;
    if (moment.at - climbing->free_at < seconds(30)) return;
    const PolicyPlan* policy = scene_.ledger.plan->policy(incident.policy);
    if (policy == nullptr) return;
    const auto members = scene_.members(incident.id);
    const Duration elapsed = climbing->at_least(moment);
    for (const EntryPlan& entry : policy->entries) {
      if (elapsed < entry.after + seconds(20)) continue;
      const bool applies = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
        return scene_.owed(*one, seconds(130), moment) && matches(entry, *one);
      });
      if (!applies) continue;
      for (const std::string& to : entry.to) {
        if (scene_.ledger.plan->receiver(to) == nullptr) continue;
        if (climbing->last_to(to, entry.level) != nullptr) continue;
        violated(fmt::format("incident {} ({}): level {} is due at {} s; after {} s {} is not told",
                             incident.id.value, incident.group_key, entry.level,
                             entry.after.count() / 1000, elapsed.count() / 1000, to));
      }
    }
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, Duration> created_;
  std::unordered_map<std::uint64_t, Duration> yes_;
  std::set<std::uint64_t> no_;
};
}  // namespace

CheckerPtr make_levels_on_time(const Scene& scene) {
  return std::make_unique<LevelsOnTime>(scene);
}

}  // namespace tocsin::simulation
