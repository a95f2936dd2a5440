#include "tocsin/model/incident.hpp"

#include <charconv>

namespace tocsin {

std::optional<IncidentId> incident_named(std::string_view number) {
  std::uint64_t value = 0;
  const char* const end = number.data() + number.size();
  const auto parsed = std::from_chars(number.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return IncidentId(value);
}

std::string_view to_string(TimelineKind kind) {
  switch (kind) {
    case TimelineKind::opened:
      return "opened";
    case TimelineKind::reopened:
      return "reopened";
    case TimelineKind::closed:
      return "closed";
    case TimelineKind::alert:
      return "alert";
    case TimelineKind::severity:
      return "severity";
    case TimelineKind::withheld:
      return "withheld";
    case TimelineKind::released:
      return "released";
    case TimelineKind::level_told:
      return "level reached";
    case TimelineKind::level_due_at_once:
      return "level due at once";
    case TimelineKind::repeated:
      return "repeated";
    case TimelineKind::updated:
      return "updated";
    case TimelineKind::acknowledged:
      return "acknowledged";
    case TimelineKind::acknowledgement_expired:
      return "acknowledgement expired";
    case TimelineKind::acknowledgement_void:
      return "acknowledgement void";
    case TimelineKind::assessed:
      return "assessed";
    case TimelineKind::silenced:
      return "silenced";
    case TimelineKind::flapping:
      return "flapping";
    case TimelineKind::steady:
      return "steady";
    case TimelineKind::joined_storm:
      return "joined storm";
    case TimelineKind::delivery:
      return "delivery";
    case TimelineKind::fell_back:
      return "fell back";
    case TimelineKind::not_recorded:
      return "not recorded";
    case TimelineKind::recorded:
      return "recorded";
    case TimelineKind::restored:
      return "restored";
    case TimelineKind::reloaded:
      return "reloaded";
    case TimelineKind::note:
      return "note";
  }
  return "unknown";
}

}  // namespace tocsin
