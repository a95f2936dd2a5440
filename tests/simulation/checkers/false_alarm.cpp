// No false alarm: whatever fires, and whatever is told, has a breach in the samples as its witness;
// and what is well does not go on firing.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class FalseAlarm : public Checker {
 public:
  explicit FalseAlarm(const Scene& scene) : Checker("false alarm"), scene_(scene) {}

  void stepped(const StepSeen&, Moment) override {
    for (const AlertChange& change : scene_.ledger.alert_changes) {
      if (!fires(change.before) && fires(change.after)) began(change);
    }
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before && made.after->action == DeliveryAction::open) told(*made.after);
    }
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(minutes(3), moment)) return;
    for (const Instance& one : scene_.truth.instances()) {
      const Alert* alert = scene_.roll.alert(one);
      if (alert == nullptr || !fires(alert->state)) continue;
      if (!one.may_fire && !alert->flapping && moment.at - one.may_ended > minutes(2)) {
        violated(fmt::format("{} {} still fires {} s after it must be well", one.rule,
                             one.labels.to_string(), (moment.at - one.may_ended).count() / 1000));
      }
      severity(one, *alert, moment);
    }
    empty_incidents(moment);
  }

 private:
  void began(const AlertChange& change) {
    const Instance* one = scene_.truth.find(change.key.rule, change.key.labels);
    const std::string what = change.key.rule + " " + change.key.labels.to_string();
    if (one == nullptr) return violated(what + " fires, and no target ever gave it");
    if (!one->may_fire) {
      violated(fmt::format("{} fires (value {}), and nothing in its samples says so", what,
                           one->value.value_or(0)));
    }
  }

  void told(const Delivery& one) {
    const Incident* incident = scene_.ledger.incident(one.incident);
    if (incident == nullptr || incident->storm || one.stands_in_for) return;
    const auto found = scene_.ledger.members.find(incident->id.value);
    if (found == scene_.ledger.members.end() || found->second.empty()) {
      return violated(fmt::format("incident {} is told to {} and has no member", incident->id.value,
                                  one.receiver));
    }
    const bool witness =
        std::any_of(found->second.begin(), found->second.end(), [&](const AlertKey& key) {
          const Instance* member = scene_.truth.find(key.rule, key.labels);
          const auto alert = scene_.ledger.alerts.find(key);
          const bool flaps = alert != scene_.ledger.alerts.end() && alert->second.flapping;
          return flaps || (member != nullptr && member->may_fire);
        });
    if (!witness) {
      violated(fmt::format("incident {} ({}) is told to {} at level {}, and all of it is well",
                           incident->id.value, incident->group_key, one.receiver, one.level));
    }
  }

  void severity(const Instance& one, const Alert& alert, Moment moment) {
    const bool settled = one.last == kBad && one.judged && one.plan != nullptr &&
                         moment.at - *one.judged > seconds(15) &&
                         *one.judged > scene_.ledger.reloaded_at;
    if (settled && alert.severity != one.severity) {
      violated(fmt::format("{} {} is {}, its record says {}", one.rule, one.labels.to_string(),
                           to_string(one.severity), to_string(alert.severity)));
    }
  }

  void empty_incidents(Moment moment) {
    for (const std::uint64_t id : scene_.ledger.open) {
      const Incident& incident = scene_.ledger.incidents.at(id);
      if (incident.storm) continue;
      const auto members = scene_.members(incident.id);
      const bool alive = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
        const Alert* alert = scene_.roll.alert(*one);
        return alert != nullptr && (fires(alert->state) || alert->flapping);
      });
      if (alive) {
        empty_since_.erase(id);
      } else if (moment.at - empty_since_.try_emplace(id, moment.at).first->second > minutes(2)) {
        violated(fmt::format("incident {} ({}) is open, and nothing in it fires", id,
                             incident.group_key));
      }
    }
  }

  const Scene& scene_;
  std::map<std::uint64_t, Duration> empty_since_;
};
}  // namespace

CheckerPtr make_false_alarm(const Scene& scene) {
  return std::make_unique<FalseAlarm>(scene);
}

}  // namespace tocsin::simulation
