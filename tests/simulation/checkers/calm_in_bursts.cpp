// Flapping and storms stay quiet: what comes and goes is not told each time, and many incidents at
// once are told as one; and what is steady again does not stay "flapping".
#include <fmt/format.h>

#include <deque>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

constexpr std::size_t kFlapTransitions = 6;
constexpr std::size_t kStormIncidents = 20;

class CalmInBursts : public Checker {
 public:
  explicit CalmInBursts(const Scene& scene) : Checker("calm in bursts"), scene_(scene) {}

  void stepped(const StepSeen&, Moment moment) override {
    for (const AlertChange& change : scene_.ledger.alert_changes) {
      if (fires(change.before) != fires(change.after)) turned_[change.key] = moment.at;
      if (change.incident_after) who_[change.incident_after.value].insert(change.key);
    }
    for (const DeliveryChange& made : scene_.ledger.delivery_changes) {
      if (!made.before) told(*made.after, moment);
    }
  }

  void minute(Moment moment) override {
    if (!scene_.ledger.calm_for(minutes(20), moment)) return;
    for (const auto& [key, alert] : scene_.ledger.alerts) {
      if (!alert.flapping) continue;
      const auto turned = turned_.find(key);
      if (turned == turned_.end() || moment.at - turned->second < minutes(17)) continue;
      violated(fmt::format("{} {} is called flapping, and has not turned for {} min", key.rule,
                           key.labels.to_string(), (moment.at - turned->second).count() / 60'000));
    }
  }

 private:
  void told(const Delivery& one, Moment moment) {
    const Incident* incident = scene_.ledger.incident(one.incident);
    if (incident == nullptr || one.stands_in_for) return;
    const bool opens = one.action == DeliveryAction::open && one.level == 1 &&
                       one.notice.kind == NoticeKind::opened;
    const ReceiverPlan* receiver = scene_.ledger.plan->receiver(one.receiver);
    if (receiver == nullptr || receiver->by_key) return;
    if (opens || one.action == DeliveryAction::close) flapping(one, *incident, moment);
    if (opens && !incident->storm) storm(one, *incident, moment);
  }

  void flapping(const Delivery& one, const Incident& incident, Moment moment) {
    std::deque<Duration>& times = turns_[{incident.policy, incident.group_key, one.receiver}];
    times.push_back(moment.at);
    while (moment.at - times.front() > minutes(30)) times.pop_front();
    const std::size_t members = std::max<std::size_t>(who_[incident.id.value].size(), 1);
    if (scene_.ledger.calm_for(minutes(31), moment) &&
        times.size() > members * (kFlapTransitions + 2) + 4) {
      violated(fmt::format("{} got {} opens and closes of {} in 30 min", one.receiver, times.size(),
                           incident.group_key));
    }
  }

  void storm(const Delivery& one, const Incident& incident, Moment moment) {
    auto& recent = opens_[{incident.policy, one.receiver}];
    recent.emplace_back(moment.at, incident.id.value);
    while (moment.at - recent.front().first > seconds(58)) recent.pop_front();
    std::set<std::uint64_t> distinct;
    for (const auto& [at, id] : recent) {
      const Climbing* climbing = scene_.climb.find(IncidentId(id));
      if (climbing != nullptr && at - climbing->opened < seconds(5)) distinct.insert(id);
    }
    if (distinct.size() > kStormIncidents + 3) {
      violated(fmt::format("{} was told of {} incidents of one policy within a minute",
                           one.receiver, distinct.size()));
    }
  }

  const Scene& scene_;
  std::map<AlertKey, Duration> turned_;
  std::unordered_map<std::uint64_t, std::set<AlertKey>> who_;
  std::map<std::tuple<std::string, std::string, std::string>, std::deque<Duration>> turns_;
  std::map<std::pair<std::string, std::string>, std::deque<std::pair<Duration, std::uint64_t>>>
      opens_;
};
}  // namespace

CheckerPtr make_calm_in_bursts(const Scene& scene) {
  return std::make_unique<CalmInBursts>(scene);
}

}  // namespace tocsin::simulation
