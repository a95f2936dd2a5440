// What storage is asked to keep, and gives back at a start. Records are whole objects: the last one
// written under an identity counts, so writing a step twice changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/alert.hpp"
#include "tocsin/model/change.hpp"
#include "tocsin/model/delivery.hpp"
#include "tocsin/model/incident.hpp"
#include "tocsin/model/silence.hpp"

namespace tocsin {

/// The engine's own counters. One object; identity is its type.
struct EngineState {
  std::string boot_id;        ///< the boot whose clock the stamps of all records are in
  StepNumber step;            ///< the step that this was written in
  std::uint64_t next_id = 1;  ///< of incidents and silences: people type these
  std::uint64_t next_delivery = 1;
  std::uint64_t next_ring = 1;
  std::vector<Change> changes;  ///< of the last day, the oldest first; a bounded number
};

/// A receiver that a reload removed while something is still owed to it.
struct RetiredReceiver {
  std::string name;
  std::string definition;  ///< as configured, secrets by reference; opaque to the engine
  bool by_key = false;     ///< as outbox::Receiver has it
};

/// What a rule's baseline has learned.
struct LearnedBaseline {
  std::string rule;
  std::uint64_t meaning = 0;  ///< of what it was learned from; another one begins anew
  std::string state;          ///< rule::Baseline's
};

/// The object under this identity is no longer needed.
struct Erased {
  enum class Kind { alert, incident, delivery, silence, retired_receiver, baseline } kind{};
  AlertKey alert;            ///< for Kind::alert
  std::uint64_t number = 0;  ///< for the others that are numbered
  std::string name;          ///< for Kind::retired_receiver and Kind::baseline (the rule's)
};

using Record = std::variant<EngineState, Alert, Incident, TimelineEntry, Delivery, Silence,
                            RetiredReceiver, LearnedBaseline, Erased>;

/// Everything that storage knew, at a start.
struct Records {
  EngineState engine;
  std::vector<Alert> alerts;
  std::vector<Incident> incidents;   ///< the open ones, and those closed recently
  std::vector<Delivery> deliveries;  ///< those that are not final, and recent ones
  std::vector<Silence> silences;
  std::vector<RetiredReceiver> retired_receivers;
  std::vector<LearnedBaseline> baselines;
  /// Steps after the last one here may have acted without being recorded: storage was degraded, was
  /// set aside, or nothing is known of the time before (another boot).
  bool may_lack_tail = false;
};

}  // namespace tocsin
