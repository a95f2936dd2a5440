#include "commands/ask.hpp"

namespace tocsin::commands {

int drill(const Common& common, const std::string& rule, const std::string& lasts) {
  boost::json::object body;
  body["rule"] = boost::json::string(rule);
  body["for"] = boost::json::string(lasts);
  return say(common, "/drill", std::move(body));
}

int end_drill(const Common& common, const std::string& rule) {
  boost::json::object body;
  body["rule"] = boost::json::string(rule);
  return say(common, "/end-drill", std::move(body));
}

}  // namespace tocsin::commands
