// Records with little in them, for the tests of what is kept.
#pragma once

#include <cstdint>
#include <string>

#include "tocsin/model/record.hpp"

namespace tocsin::storage_test {

inline Incident incident(std::uint64_t id, std::string policy = "default") {
  Incident made;
  made.id = IncidentId(id);
  made.policy = std::move(policy);
  return made;
}

inline Alert alert(std::string rule) {
  Alert made;
  made.key = AlertKey{std::move(rule), Labels{{"instance", "a"}}};
  made.state = AlertState::firing;
  return made;
}

inline Delivery delivery(std::uint64_t id, std::uint64_t of, DeliveryState state) {
  Delivery made;
  made.id = DeliveryId(id);
  made.incident = IncidentId(of);
  made.state = state;
  return made;
}

inline TimelineEntry line(std::uint64_t of, std::uint32_t number, std::string text = "x") {
  return TimelineEntry{IncidentId(of), number, {}, TimelineKind::note, std::move(text), {}, {}};
}

inline EngineState engine(std::uint64_t step, std::string boot = "boot-1") {
  EngineState state;
  state.boot_id = std::move(boot);
  state.step = StepNumber(step);
  state.next_id = 100;
  state.next_ring = 50;
  return state;
}

}  // namespace tocsin::storage_test
