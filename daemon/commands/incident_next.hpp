// What comes next for an incident, in words: for those who look at it and at its alerts.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace tocsin::commands {

/// "level 2 at 10:20:00 UTC", or, of a level that was reached, "rings again at …"; "" where nothing
/// falls due.
[[nodiscard]] std::string next_of(const boost::json::value& incident);
/// Who has it in hand and until when, and what falls due next: one line each, indented.
void print_incident_next(const boost::json::value& incident);

}  // namespace tocsin::commands
