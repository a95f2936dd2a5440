#include "tocsin/incident/climb.hpp"

#include <algorithm>

namespace tocsin::incident {

Duration elapsed(const ClimbClock& clock, BootTime now) {
  return clock.running ? clock.elapsed + (now - clock.at.boot) : clock.elapsed;
}

void run(ClimbClock& clock, Stamp now) {
  set(clock, elapsed(clock, now.boot), now);
}

void stand(ClimbClock& clock, Stamp now) {
  clock.elapsed = elapsed(clock, now.boot);
  clock.at = now;
  clock.running = false;
}

void set(ClimbClock& clock, Duration shows, Stamp now) {
  clock.elapsed = shows;
  clock.at = now;
  clock.running = true;
}

Duration after_of(const Policy& policy, int level) {
  std::optional<Duration> earliest;
  for (const auto& entry : policy.entries) {
    if (entry.level == level) earliest = std::min(earliest.value_or(entry.after), entry.after);
  }
  return earliest.value_or(Duration::zero());
}

int last_level(const Policy& policy, const Matched& matched) {
  int last = 0;
  for (std::size_t i = 0; i < policy.entries.size(); ++i) {
    if (matched[i]) last = std::max(last, policy.entries[i].level);
  }
  return last;
}

int level_above(const Policy& policy, const Matched& matched, int level) {
  int above = 0;
  for (std::size_t i = 0; i < policy.entries.size(); ++i) {
    const int candidate = policy.entries[i].level;
    if (matched[i] && candidate > level && (above == 0 || candidate < above)) above = candidate;
  }
  return above;
}

bool reached(const NotifyEntry& entry, const Incident& incident, Duration shows) {
  return entry.level <= std::max(incident.level, incident.due_at_once) || shows >= entry.after;
}

std::optional<Upcoming> upcoming(const Policy& policy, const Matched& matched,
                                 const Incident& incident, Duration shows) {
  std::optional<Upcoming> next;
  for (std::size_t i = 0; i < policy.entries.size(); ++i) {
    const auto& entry = policy.entries[i];
    if (!matched[i] || reached(entry, incident, shows)) continue;
    if (!next || entry.after < next->after) next = Upcoming{entry.level, entry.after};
  }
  return next;
}

}  // namespace tocsin::incident
