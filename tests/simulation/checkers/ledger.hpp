// What the steps have said so far, by identity, and what the last one changed: the common memory of
// the checkers. At a restart it is what storage gave back, as for the engine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "checkers/checker.hpp"

namespace tocsin::simulation {

[[nodiscard]] inline bool fires(AlertState state) {
  return state == AlertState::firing || state == AlertState::clearing;
}

struct AlertChange {
  AlertKey key;
  AlertState before = AlertState::inactive;
  AlertState after = AlertState::inactive;
  IncidentId incident_before;
  IncidentId incident_after;
  const Alert* alert = nullptr;  ///< none where it was erased
};
struct IncidentChange {
  std::optional<Incident> before;
  const Incident* after = nullptr;
};
struct DeliveryChange {
  std::optional<DeliveryState> before;
  const Delivery* after = nullptr;
};

class Ledger : public Checker {
 public:
  Ledger() : Checker("records") {}

  void configured(const Plan& plan, Moment moment) override;
  void stepped(const StepSeen& seen, Moment moment) override;
  void committed(StepNumber step, bool written, Moment moment) override;
  void started(const Records& records, Moment moment) override;
  void stood_still(Moment moment) override { disturbed_at = moment.at; }
  void wall_stepped(Moment moment) override { wall_stepped_at = moment.at; }

  /// Whether the last disturbance (start, reload, standstill) is at least so long ago.
  [[nodiscard]] bool calm_for(Duration span, Moment moment) const {
    return moment.at - disturbed_at >= span;
  }
  [[nodiscard]] const Incident* incident(IncidentId id) const;
  [[nodiscard]] const Delivery* delivery(DeliveryId id) const;
  /// Its answer came to nobody, and neither did its record: no engine knows of it.
  [[nodiscard]] bool forgotten(const AttemptSeen& attempt) const {
    return !attempt.answered && delivery(attempt.delivery->id) == nullptr;
  }
  /// The incident whose notices speak for this one: itself, or the storm that it is a member of.
  [[nodiscard]] const Incident* speaker(const Incident& incident) const;

  const Plan* plan = nullptr;
  std::map<AlertKey, Alert> alerts;
  std::map<std::uint64_t, Incident> incidents;
  std::unordered_map<std::uint64_t, Delivery> deliveries;
  std::unordered_map<std::uint64_t, std::set<AlertKey>> members;
  std::unordered_map<std::uint64_t, std::set<std::uint64_t>> told;  ///< deliveries by incident
  std::set<std::uint64_t> open;     ///< incidents that are not closed
  std::set<std::uint64_t> waiting;  ///< deliveries that are not final
  std::map<std::uint64_t, Silence> silences;

  // What the last step changed.
  std::vector<AlertChange> alert_changes;
  std::vector<IncidentChange> incident_changes;
  std::vector<DeliveryChange> delivery_changes;
  std::vector<TimelineEntry> timeline;

  StepNumber step;          ///< the last one with records
  StepNumber committed_to;  ///< storage writes in order
  Duration started_at{};
  Duration reloaded_at{-hours(1)};
  Duration disturbed_at{};
  Duration wall_stepped_at{-hours(1000)};
  bool running = false;

 private:
  void take(const Record& record);
  void take(const Alert& alert);
  void take(const Incident& incident);
  void take(const Delivery& delivery);
  void take(const Erased& erased);
  void clear();
};

}  // namespace tocsin::simulation
