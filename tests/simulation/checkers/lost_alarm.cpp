// No lost alarm: what is continuously and visibly bad, and not withheld, is told to those whom
// level 1 names, each instance by name, also across restarts.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

constexpr Duration kOwedWithin = seconds(390);

class LostAlarm : public Checker {
 public:
  explicit LostAlarm(const Scene& scene) : Checker("lost alarm"), scene_(scene) {}

  void stepped(const StepSeen&, Moment) override {
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) remember(*made.after);
    }
  }

  void attempted(const AttemptSeen& attempt, Moment) override {
    if (!attempt.answered || attempt.outcome.result != DeliveryResult::permanent) return;
    refused_.insert(attempt.delivery->id.value);
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(kOwedWithin, moment)) return;
    for (const Instance& one : scene_.truth.instances()) {
      if (scene_.owed(one, seconds(130), moment)) look(one, moment);
    }
  }

 private:
  void remember(const Delivery& one) {
    const bool tells = one.action == DeliveryAction::open || one.action == DeliveryAction::update;
    if (!tells || !one.incident) return;
    auto& of = mentioned_[one.incident.value][one.receiver];
    for (const NoticeAlert& alert : one.notice.alerts) {
      if (!alert.firing) continue;
      if (const Instance* found = scene_.truth.find(alert.rule, alert.labels)) of.insert(found);
    }
    if (one.notice.alerts_total > one.notice.alerts.size()) long_.insert(one.incident.value);
  }

  void look(const Instance& one, Moment moment) {
    const std::string what = fmt::format("{} {}", one.rule, one.labels.to_string());
    const auto bad = std::chrono::duration_cast<seconds>(moment.at - one.must_since).count();
    const Alert* alert = scene_.roll.alert(one);
    if (alert == nullptr || !fires(alert->state)) {
      return violated(fmt::format("{} must fire for {} s by now, but does not", what, bad));
    }
    if (alert->flapping) {
      flapped_[&one] = moment.at;
      return;
    }
    // What was held while it came and went is owed from then on.
    const auto flapped = flapped_.find(&one);
    if (flapped != flapped_.end() && moment.at - flapped->second < kOwedWithin) return;
    const Incident* own = scene_.ledger.incident(alert->incident);
    if (own == nullptr || !own->open()) {
      return violated(fmt::format("{} fires for {} s, but is in no open incident", what, bad));
    }
    const Incident* speaker = scene_.ledger.speaker(*own);
    const PolicyPlan* policy = scene_.ledger.plan->policy(own->policy);
    if (policy == nullptr) return;
    for (const EntryPlan& entry : policy->entries) {
      if (entry.level != 1 || !matches(entry, one)) continue;
      if (own->acknowledged && !entry.match.empty()) continue;
      for (const std::string& to : entry.to) {
        if (scene_.ledger.plan->receiver(to) == nullptr) continue;
        told(one, what, bad, *own, *speaker, to);
      }
    }
  }

  void told(const Instance& one, const std::string& what, long bad, const Incident& own,
            const Incident& speaker, const std::string& to) {
    const Climbing* climbing = scene_.climb.find(speaker.id);
    const Climbing* before = scene_.climb.find(own.id);
    const bool heard = (climbing != nullptr && climbing->last_to(to, 1) != nullptr) ||
                       (before != nullptr && before->last_to(to, 1) != nullptr);
    // Acknowledged before anybody was told (it was withheld): the end of that tells.
    if (speaker.acknowledged && climbing != nullptr && climbing->level() == 0) return;
    if (!heard) {
      return violated(fmt::format("{} fires for {} s (incident {}), and {} was not told", what, bad,
                                  own.id.value, to));
    }
    if (own.storm_of || own.storm || long_.contains(own.id.value)) return;
    // Whoever refused the open for good is told no more of it; its fallback is.
    const Telling* last = climbing != nullptr ? climbing->last_to(to, 1) : nullptr;
    if (last != nullptr && refused_.contains(last->delivery.value)) return;
    if (!named(own.id.value, one, to)) {
      violated(fmt::format("{} fires for {} s in incident {}, and no notice to {} names it", what,
                           bad, own.id.value, to));
    }
  }

  /// To the receiver, or to one that stands in for it.
  bool named(std::uint64_t incident, const Instance& one, const std::string& to) {
    if (mentioned_[incident][to].contains(&one)) return true;
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(to);
    return receiver != nullptr &&
           std::any_of(receiver->fallback.begin(), receiver->fallback.end(),
                       [&](const std::string& next) { return named(incident, one, next); });
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, std::map<std::string, std::set<const Instance*>>> mentioned_;
  std::set<std::uint64_t> long_;
  std::set<std::uint64_t> refused_;
  std::unordered_map<const Instance*, Duration> flapped_;  ///< when it last did
};
}  // namespace

CheckerPtr make_lost_alarm(const Scene& scene) {
  return std::make_unique<LostAlarm>(scene);
}

}  // namespace tocsin::simulation
