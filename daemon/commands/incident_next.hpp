// What comes next for an incident, in words: for those who look at it and at its alerts.
#pragma once

#include <boost/json/value.hpp>

namespace tocsin::commands {

/// Who has it in hand and until when, and what falls due next: one line each, indented.
void print_incident_next(const boost::json::value& incident);

}  // namespace tocsin::commands
