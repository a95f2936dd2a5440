#include "commands/ask.hpp"

namespace tocsin::commands {

int assess(const Common& common, std::uint64_t incident, const std::string& impact) {
  boost::json::object body;
  body["incident"] = incident;
  body["impact"] = boost::json::string(impact);
  return say(common, "/assess", std::move(body));
}

}  // namespace tocsin::commands
