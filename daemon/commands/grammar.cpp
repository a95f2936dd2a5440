#include "commands/grammar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace tocsin::commands {

namespace {

std::string with_value(const std::string& name, const Argument& argument) {
  if (argument.value.empty()) return name;
  return name + " " + (argument.value_optional ? "[" + argument.value + "]" : argument.value);
}

std::string bracketed(const Argument& argument) {
  const std::string text =
      argument.names.empty() ? written(argument) : with_value(argument.names.back(), argument);
  return argument.required ? text : "[" + text + "]";
}

}  // namespace

const Command* find_command(const Grammar& grammar, const std::vector<std::string>& path) {
  const auto found = std::find_if(grammar.begin(), grammar.end(),
                                  [&path](const Command& one) { return one.path == path; });
  return found == grammar.end() ? nullptr : &*found;
}

std::vector<const Command*> commands_within(const Grammar& grammar,
                                            const std::vector<std::string>& path) {
  std::vector<const Command*> out;
  for (const Command& one : grammar) {
    if (one.path.size() == path.size() + 1 &&
        std::equal(path.begin(), path.end(), one.path.begin())) {
      out.push_back(&one);
    }
  }
  return out;
}

std::string name_of(const Command& command) {
  return fmt::format("{}", fmt::join(command.path, " "));
}

std::string written(const Argument& argument) {
  if (argument.names.empty()) return argument.value + (argument.many ? "..." : "");
  return with_value(fmt::format("{}", fmt::join(argument.names, ", ")), argument);
}

std::string usage_of(const Grammar& grammar, const Command& command) {
  std::string out = "tocsin";
  if (command.path.empty()) return out + " COMMAND [ARGUMENT...]";
  out += " " + name_of(command);
  for (const Argument& one : command.words) out += " " + bracketed(one);
  for (const bool required : {true, false}) {
    for (const Argument& one : command.options)
      if (one.required == required) out += " " + bracketed(one);
  }
  const bool only_within = command.words.empty() && command.options.empty() &&
                           command.notes.examples.empty() &&
                           !commands_within(grammar, command.path).empty();
  return only_within ? out + " COMMAND" : out;
}

std::string exit_statuses(const Command& command) {
  std::string out = "0 well";
  if (!command.notes.fails.empty()) out += fmt::format(", 1 {}", command.notes.fails);
  out += ", 2 usage or configuration error";
  if (!command.notes.unreached.empty()) out += fmt::format(", 3 {}", command.notes.unreached);
  if (command.notes.asks) out += ", 3 the daemon cannot be reached";
  return out;
}

}  // namespace tocsin::commands
