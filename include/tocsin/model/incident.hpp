// An incident: the alerts that share a policy and a group key, from the first that fires to the
// last that is well, with its climb through the levels. This is what storage keeps of it; its
// members are the alerts that name it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/model/severity.hpp"

namespace tocsin {

struct Acknowledgement {
  std::string by;
  std::string note;
  Stamp at;
  Duration lasts{};
  Severity severity = Severity::warning;  ///< what was acknowledged; a worse one voids it
  std::vector<std::uint32_t> entries;     ///< of the policy's entries, those that matched then
};

/// One telling of one level to one receiver. Its number is in the key, and never used again.
struct Ring {
  std::string receiver;
  int level = 1;
  std::uint64_t number = 0;
  std::string dedup_key;
  Stamp at;
  DeliveryId delivery;
  bool closed = false;  ///< the close that it is owed has been queued, or it never needs one
  bool current = true;  ///< it counts as told; false once the level is to be told again
  bool acknowledged_there = false;  ///< an acknowledgement found under this key has been used
};

/// Where a receiver keeps the incident's story: a message that it updates, with what follows.
struct Thread {
  std::string receiver;
  std::string place;  ///< opaque: the receiver's own words
};

/// The clock by which levels fall due: elapsed time that stands while the incident is closed, and
/// is set anew when an acknowledgement ends.
struct ClimbClock {
  bool running = false;
  Duration elapsed{};  ///< at `at`
  Stamp at;
};

struct Incident {
  IncidentId id;
  std::string policy;
  std::string group_key;  ///< by default the rule's name
  bool storm = false;     ///< stands for many that opened at once
  IncidentId storm_of;    ///< the storm that tells for this one, or none
  bool drill = false;

  Stamp opened;
  std::optional<Stamp> closed;
  std::string close_reason;
  std::uint32_t reopened = 0;

  Severity severity = Severity::warning;  ///< the worst of its alerts now
  Severity worst_severity = Severity::warning;
  Impact impact = Impact::low;
  Impact worst_impact = Impact::low;
  std::optional<Impact> assessed;  ///< by a person; stands above the rules'
  std::string assessed_by;

  ClimbClock clock;
  int level = 0;           ///< the highest level told; 0 before the first
  int due_at_once = 0;     ///< this level falls due now, because nobody who wakes has said yes
  bool announced = false;  ///< somebody has been told, and not been given the close
  std::vector<Ring> rings;
  std::vector<Thread> threads;  ///< at most one for each receiver
  std::optional<Acknowledgement> acknowledged;
  Severity told_severity = Severity::info;  ///< as those who were told know it
  std::optional<Stamp> quiet_since;         ///< when the closes were queued that were owed last
  std::optional<Stamp> update_due;          ///< when the coalesced update leaves
  bool flapping_told = false;
  std::optional<Stamp> last_rang;  ///< of the last level, for its repeats
  bool recorded = true;            ///< false: told before storage had it
  std::uint32_t timeline_length = 0;

  [[nodiscard]] bool open() const { return !closed.has_value(); }
  [[nodiscard]] Impact effective_impact() const { return assessed.value_or(impact); }
};

/// "17", as people name an incident; none where it is anything else.
[[nodiscard]] std::optional<IncidentId> incident_named(std::string_view number);

enum class TimelineKind {
  opened,
  reopened,
  closed,
  alert,
  severity,
  withheld,
  released,
  level_told,
  level_due_at_once,
  repeated,
  updated,
  acknowledged,
  acknowledgement_expired,
  acknowledgement_void,
  assessed,
  silenced,
  flapping,
  steady,
  joined_storm,
  delivery,
  fell_back,
  not_recorded,
  recorded,
  restored,
  reloaded,
  note,
};
[[nodiscard]] std::string_view to_string(TimelineKind kind);

/// One line of an incident's story, never changed once written.
struct TimelineEntry {
  IncidentId incident;
  std::uint32_t number = 0;  ///< from 1, without gaps
  Stamp at;
  TimelineKind kind = TimelineKind::note;
  std::string text;  ///< one sentence for people, with the named reason
  /// Receivers that it rang. Versions that wrote no such list named them in the text alone.
  std::vector<std::string> told;
  std::vector<std::string> woke;  ///< those of them that it was to wake, as it was sent
};

}  // namespace tocsin
