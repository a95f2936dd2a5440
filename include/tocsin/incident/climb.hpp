// The climb of an incident through its policy's levels: a clock that stands and goes on, and what
// it makes due.
#pragma once

#include <optional>
#include <vector>

#include "tocsin/base/time.hpp"
#include "tocsin/incident/policy.hpp"
#include "tocsin/model/incident.hpp"

namespace tocsin::incident {

[[nodiscard]] Duration elapsed(const ClimbClock& clock, BootTime now);
/// Lets it run from what it shows.
void run(ClimbClock& clock, Stamp now);
/// Lets it stand at what it shows.
void stand(ClimbClock& clock, Stamp now);
/// Sets it and lets it run.
void set(ClimbClock& clock, Duration shows, Stamp now);

/// Which of a policy's entries concern an incident now, in the policy's order.
using Matched = std::vector<bool>;

/// The earliest `after` among the entries of a level (matched or not); 0 for level 0.
[[nodiscard]] Duration after_of(const Policy& policy, int level);
/// The highest level with an entry that matches; 0 where none does.
[[nodiscard]] int last_level(const Policy& policy, const Matched& matched);
/// The lowest level above `level` with an entry that matches; 0 where none does.
[[nodiscard]] int level_above(const Policy& policy, const Matched& matched, int level);

/// An entry has been reached when its time has come, its level has been told, or its level falls
/// due at once.
[[nodiscard]] bool reached(const NotifyEntry& entry, const Incident& incident, Duration elapsed);

struct Upcoming {
  int level = 0;
  Duration after{};  ///< on the climb's clock
};
/// The next entry that matches and is not reached.
[[nodiscard]] std::optional<Upcoming> upcoming(const Policy& policy, const Matched& matched,
                                               const Incident& incident, Duration elapsed);

}  // namespace tocsin::incident
