#include "commands/incident_next.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "commands/ask.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/model/notice.hpp"

namespace tocsin::commands {

namespace json = boost::json;

std::string next_of(const json::value& incident) {
  const json::value& next = member_of(incident, "next");
  if (!next.is_object()) return "";
  const double level = number_of(next, "level");
  return step_words(static_cast<int>(level), level <= number_of(incident, "level"),
                    "at " + moment_of(text_of(next, "at")));
}

void print_incident_next(const json::value& incident) {
  const json::value& acknowledged = member_of(incident, "acknowledged");
  if (acknowledged.is_object()) {
    const std::string note = shown_member(acknowledged, "note");
    fmt::print("  acknowledged by {} until {}{}\n", shown_member(acknowledged, "by"),
               moment_of(text_of(acknowledged, "until")), note.empty() ? "" : ": " + note);
  }
  const std::string assessed = shown_member(incident, "assessed_by");
  if (!assessed.empty()) fmt::print("  impact assessed by {}\n", assessed);
  const json::value& next = member_of(incident, "next");
  if (!next.is_object()) return;
  std::string to;
  if (member_of(next, "to").is_array())
    for (const json::value& receiver : member_of(next, "to").get_array())
      if (receiver.is_string())
        to += (to.empty() ? " to " : ", ") + printable(receiver.get_string().c_str());
  fmt::print("  next: {}{}\n", next_of(incident), to);
}

}  // namespace tocsin::commands
