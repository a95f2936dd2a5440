#include "commands/ask.hpp"

namespace tocsin::commands {

namespace json = boost::json;

int acknowledge(const Common& common, const Acknowledge& what) {
  json::object body;
  body["incident"] = what.incident;
  if (what.lasts) body["for"] = json::string(*what.lasts);
  if (what.note) body["note"] = json::string(*what.note);
  return say(common, "/ack", std::move(body));
}

int unacknowledge(const Common& common, std::uint64_t incident) {
  json::object body;
  body["incident"] = incident;
  return say(common, "/unack", std::move(body));
}

}  // namespace tocsin::commands
