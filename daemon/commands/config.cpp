#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <cstdio>

#include "commands/ask.hpp"
#include "commands/commands.hpp"
#include "commands/config_schema.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/config/reference.hpp"

namespace tocsin::commands {

int config_help(const std::string& word) {
  const Result<std::string> said = config::help_about(word);
  if (!said) {
    fmt::print(stderr, "tocsin: {}\n", printable(said.error().text));
    return usage_or_configuration;
  }
  fmt::print("{}", *said);
  return well;
}

int config_reference() {
  fmt::print("{}", config::reference_page());
  return well;
}

int config_schema_text() {
  print_json(config_schema());
  return well;
}

}  // namespace tocsin::commands
