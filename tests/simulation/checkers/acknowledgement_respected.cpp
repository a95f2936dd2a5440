// An acknowledgement is somebody's word, ends when it was to end, and until then nobody is woken;
// then the last level told rings again. Receivers that keep keys are told that somebody has it.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

class AcknowledgementRespected : public Checker {
 public:
  explicit AcknowledgementRespected(const Scene& scene)
      : Checker("acknowledgement respected"), scene_(scene) {}

  void commanded(const Command& command, Moment moment) override {
    if (const auto* ack = std::get_if<AcknowledgeCommand>(&command.what)) {
      asked_[ack->incident.value] = moment.at;
    } else if (const auto* there = std::get_if<AcknowledgedThere>(&command.what)) {
      there_.insert(there->dedup_key);
      const auto found = incident_of_key_.find(there->dedup_key);
      if (found != incident_of_key_.end()) asked_[found->second] = moment.at;
    } else if (const auto* un = std::get_if<UnacknowledgeCommand>(&command.what)) {
      withdrawn_[un->incident.value] = moment.at;
    }
  }

  void attempted(const AttemptSeen& attempt, Moment) override {
    const Delivery& one = *attempt.delivery;
    if (one.action != DeliveryAction::open || !attempt.answered) return;
    if (attempt.outcome.result == DeliveryResult::delivered) open_at_.insert(one.dedup_key);
  }

  void stepped(const StepSeen& step, Moment moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      const Delivery& one = *made.after;
      if (!made.before && one.incident) incident_of_key_[one.dedup_key] = one.incident.value;
    }
    for (const IncidentChange& change : scene_.ledger.incident_changes) changed(change, moment);
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) rung(*made.after);
    }
    for (const Delivery& one : step.send) sent(one);
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(seconds(390), moment)) return;
    for (const std::uint64_t id : scene_.ledger.open) {
      const Incident& incident = scene_.ledger.incidents.at(id);
      const Climbing* climbing = scene_.climb.find(incident.id);
      if (climbing == nullptr || climbing->vague) continue;
      if (climbing->acknowledged && !incident.storm_of) held(incident, *climbing, moment);
      if (!climbing->acknowledged) resumed(incident, *climbing, moment);
    }
  }

 private:
  void changed(const IncidentChange& change, Moment moment) {
    const Incident& now = *change.after;
    const bool had = change.before && change.before->acknowledged;
    if (!had && now.acknowledged) {
      const auto asked = asked_.find(now.id.value);
      if (asked == asked_.end() || moment.at - asked->second > seconds(10)) {
        violated(fmt::format("incident {} is acknowledged, and nobody said so", now.id.value));
      }
      const auto members = scene_.members(now.id);
      const bool withheld = std::all_of(members.begin(), members.end(), [&](const Instance* one) {
        return one->plan != nullptr && scene_.withheld.surely(*one, moment);
      });
      if (withheld && !members.empty()) {
        withheld_in_hand_.insert(now.id.value);
      } else {
        withheld_in_hand_.erase(now.id.value);
      }
      tell_keys(now);
    }
    if (had && !now.acknowledged) ended(*change.before, now, moment);
  }

  /// Every key that is known to be open where keys are kept is told that somebody has it.
  void tell_keys(const Incident& now) {
    for (const Ring& ring : now.rings) {
      const ReceiverPlan* receiver = scene_.ledger.plan->receiver(ring.receiver);
      if (receiver == nullptr || !receiver->by_key || ring.closed) continue;
      if (!open_at_.contains(ring.dedup_key) || there_.contains(ring.dedup_key)) continue;
      const auto told = scene_.ledger.told.find(now.id.value);
      const bool has =
          told != scene_.ledger.told.end() &&
          std::any_of(told->second.begin(), told->second.end(), [&](std::uint64_t id) {
            const Delivery& one = scene_.ledger.deliveries.at(id);
            return one.action == DeliveryAction::acknowledge && one.dedup_key == ring.dedup_key;
          });
      if (!has) {
        violated(fmt::format("incident {} is acknowledged, and {} is not told for key {}",
                             now.id.value, ring.receiver, ring.dedup_key));
      }
    }
  }

  void ended(const Incident& before, const Incident& now, Moment moment) {
    const Climbing* climbing = scene_.climb.find(now.id);
    if (climbing == nullptr || climbing->vague || !now.open()) return;
    if (moment.at >= climbing->acknowledged_until - seconds(1)) return;
    const auto un = withdrawn_.find(now.id.value);
    if (un != withdrawn_.end() && moment.at - un->second < seconds(10)) return;
    if (now.severity > before.acknowledged->severity) return;
    const bool joined = std::any_of(scene_.ledger.alert_changes.begin(),
                                    scene_.ledger.alert_changes.end(), [&](const AlertChange& one) {
                                      return one.incident_after == now.id &&
                                             (one.incident_before != now.id || fires(one.after));
                                    });
    // One that was withheld beside others that were not, and no longer is, matches newly, too.
    const auto members = scene_.members(now.id);
    const bool all_withheld = withheld_in_hand_.contains(now.id.value);
    const bool released =
        !all_withheld && std::any_of(members.begin(), members.end(), [&](const Instance* one) {
          const auto free = scene_.withheld.free_since(*one);
          return free && *free > climbing->acknowledged_at - minutes(2);
        });
    const bool reloaded = moment.at - scene_.ledger.reloaded_at < minutes(10);
    if (joined || released || reloaded) return;
    violated(fmt::format("incident {}: its acknowledgement ended {} s before its time",
                         now.id.value, (climbing->acknowledged_until - moment.at).count() / 1000));
  }

  void rung(const Delivery& one) {
    if (one.action != DeliveryAction::open || one.stands_in_for || !one.incident) return;
    const Incident* incident = scene_.ledger.incident(one.incident);
    const Climbing* climbing = scene_.climb.find(one.incident);
    if (incident == nullptr || climbing == nullptr || !incident->acknowledged) return;
    if (!one.wakes && told_anew(one, *climbing)) return;
    violated(fmt::format("incident {} is acknowledged, and {} is told of level {} ({})",
                         one.incident.value, one.receiver, one.level, to_string(one.notice.kind)));
  }

  /// Channels that were given the close of an acknowledged incident are told once that it is back:
  /// at the reopening, or at the end of what withheld it.
  bool told_anew(const Delivery& one, const Climbing& climbing) const {
    const StepNumber step = climbing.tellings.back().step;
    return climbing.level_before >= one.level &&
           std::all_of(climbing.tellings.begin(), climbing.tellings.end(),
                       [&](const Telling& told) { return told.step == step; });
  }

  void sent(const Delivery& one) {
    if (one.action != DeliveryAction::open || !one.wakes || !one.incident) return;
    const Incident* incident = scene_.ledger.incident(one.incident);
    if (incident == nullptr || !incident->acknowledged || !incident->open()) return;
    violated(fmt::format("incident {} is acknowledged, and delivery {} goes out to wake {}",
                         one.incident.value, one.id.value, one.receiver));
  }

  void held(const Incident& incident, const Climbing& climbing, Moment moment) {
    // What is withheld altogether has no climb that the end could start again.
    const auto members = scene_.members(incident.id);
    const bool active = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
      return scene_.owed(*one, seconds(130), moment);
    });
    if (active && moment.at > climbing.acknowledged_until + seconds(20)) {
      violated(fmt::format("incident {} is still acknowledged {} s after that ended",
                           incident.id.value,
                           (moment.at - climbing.acknowledged_until).count() / 1000));
    }
    const bool worse = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
      return scene_.owed(*one, seconds(130), moment) && one->last == kBad &&
             one->severity > incident.acknowledged->severity;
    });
    Duration& since = worse_since_.try_emplace(incident.id.value, moment.at).first->second;
    if (!worse) since = moment.at;
    if (moment.at - since > seconds(130)) {
      violated(fmt::format("incident {} is {}, and acknowledged as {}", incident.id.value,
                           to_string(incident.severity),
                           to_string(incident.acknowledged->severity)));
    }
  }

  void resumed(const Incident& incident, const Climbing& climbing, Moment moment) {
    if (climbing.free_at == Duration{} || incident.storm || incident.storm_of) return;
    const Duration since = moment.at - climbing.free_at;
    if (since < seconds(30) || since > seconds(90) || climbing.reopened > climbing.free_at) return;
    if (climbing.tellings.empty() || climbing.tellings.front().at >= climbing.free_at) return;
    const auto members = scene_.members(incident.id);
    const bool owed = std::any_of(members.begin(), members.end(), [&](const Instance* one) {
      return scene_.owed(*one, seconds(300), moment);
    });
    const auto un = withdrawn_.find(incident.id.value);
    if (un != withdrawn_.end() && climbing.free_at - un->second < seconds(5)) return;
    if (owed && climbing.tellings.back().at < climbing.free_at - seconds(1)) {
      violated(fmt::format("incident {}: its acknowledgement ended {} s ago, and nothing rang",
                           incident.id.value, since.count() / 1000));
    }
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, Duration> asked_;
  std::unordered_map<std::uint64_t, Duration> withdrawn_;
  std::unordered_map<std::string, std::uint64_t> incident_of_key_;
  std::set<std::string> open_at_;
  std::set<std::string> there_;
  std::set<std::uint64_t> withheld_in_hand_;  ///< incidents acknowledged while all was withheld
  std::unordered_map<std::uint64_t, Duration> worse_since_;
};
}  // namespace

CheckerPtr make_acknowledgement_respected(const Scene& scene) {
  return std::make_unique<AcknowledgementRespected>(scene);
}

}  // namespace tocsin::simulation
