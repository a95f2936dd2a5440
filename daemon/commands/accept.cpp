#include "commands/ask.hpp"

namespace tocsin::commands {

int accept(const Common& common, const std::string& rule) {
  boost::json::object body;
  body["rule"] = boost::json::string(rule);
  return say(common, "/accept", std::move(body));
}

}  // namespace tocsin::commands
