// Everything is bounded: the outbox, the timeline, what a notice lists, what storage is left with;
// and a story has no gaps.
#include <fmt/format.h>

#include "checkers/scene.hpp"

namespace tocsin::simulation {
namespace {

constexpr std::size_t kOutbox = 20'000;
constexpr std::size_t kDeliveriesKept = 30'000;
constexpr std::size_t kIncidentsKept = 5'000;
constexpr std::uint32_t kTimeline = 2'000;  // beyond half of it, only what changes its course
constexpr std::size_t kNoticeAlerts = 20;
constexpr std::size_t kRings = 450;  // a day under way; a week of repeats would make 1,300

class Limits : public Checker {
 public:
  explicit Limits(const Scene& scene) : Checker("limits"), scene_(scene) {}

  void stepped(const StepSeen&, Moment) override {
    const Ledger& ledger = scene_.ledger;
    if (ledger.waiting.size() > kOutbox) violated("the outbox is beyond its limit");
    if (ledger.deliveries.size() > kDeliveriesKept) violated("storage keeps too many deliveries");
    if (ledger.incidents.size() > kIncidentsKept) violated("storage keeps too many incidents");
    for (const TimelineEntry& entry : ledger.timeline) story(entry);
    for (const IncidentChange& change : ledger.incident_changes) {
      if (change.after->rings.size() > kRings) {
        violated(fmt::format("incident {} carries {} rings", change.after->id.value,
                             change.after->rings.size()));
      }
    }
    for (const DeliveryChange& made : ledger.delivery_changes) {
      if (made.after->notice.alerts.size() > kNoticeAlerts) {
        violated(fmt::format("delivery {} lists {} alerts", made.after->id.value,
                             made.after->notice.alerts.size()));
      }
    }
  }

  void started(const Records& records, Moment) override {
    last_.clear();
    for (const Incident& one : records.incidents) last_[one.id.value] = one.timeline_length;
  }

 private:
  void story(const TimelineEntry& entry) {
    std::uint32_t& last = last_[entry.incident.value];
    if (entry.number != last + 1) {
      violated(fmt::format("the story of incident {} goes from {} to {}", entry.incident.value,
                           last, entry.number));
    }
    last = entry.number;
    if (entry.number > kTimeline) {
      violated(fmt::format("the story of incident {} has {} entries", entry.incident.value,
                           entry.number));
    }
    if (entry.text.empty()) violated("an entry of the story says nothing");
  }

  const Scene& scene_;
  std::unordered_map<std::uint64_t, std::uint32_t> last_;
};
}  // namespace

CheckerPtr make_limits(const Scene& scene) {
  return std::make_unique<Limits>(scene);
}

}  // namespace tocsin::simulation
