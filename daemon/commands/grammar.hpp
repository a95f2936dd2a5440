// What the command line understands, as data: help, man page, completion and what is said of a
// mistake are made of it, so that none of them can drift from what is parsed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "commands/notes.hpp"

namespace tocsin::commands {

/// An option, a flag, or a word that is known by its place.
struct Argument {
  std::vector<std::string> names;  ///< "-h", "--help"; none where its place says what it is
  std::string value;               ///< "DURATION", "low|high"; "" : a flag
  std::string meaning;
  std::string otherwise;  ///< the default, "" has none
  bool required = false;
  bool many = false;            ///< may be given several times, one after the other
  bool value_optional = false;  ///< an option that may stand without its value
};

struct Command {
  std::vector<std::string> path;  ///< {"incidents", "show"}; {} is the program itself
  std::string meaning;
  std::string more;  ///< paragraphs; lines that begin with four spaces are shown as they are
  std::vector<Argument> words;
  std::vector<Argument> options;
  Notes notes;
};

/// The program first, and each command before those within it.
using Grammar = std::vector<Command>;

/// What this program's command line understands.
[[nodiscard]] Grammar grammar();
/// Why the grammar would not take these words (the program's name is not among them); "" where it
/// would.
[[nodiscard]] std::string objection_to(std::span<const std::string> words);

[[nodiscard]] const Command* find_command(const Grammar& grammar,
                                          const std::vector<std::string>& path);
/// The commands directly within the one of this path.
[[nodiscard]] std::vector<const Command*> commands_within(const Grammar& grammar,
                                                          const std::vector<std::string>& path);
/// "incidents show"
[[nodiscard]] std::string name_of(const Command& command);
/// "-h, --help", "--for DURATION", "FILE..."
[[nodiscard]] std::string written(const Argument& argument);
/// "tocsin ack INCIDENT [--for DURATION]": one line, however long.
[[nodiscard]] std::string usage_of(const Grammar& grammar, const Command& command);
/// What the exit statuses of this command mean.
[[nodiscard]] std::string exit_statuses(const Command& command);

}  // namespace tocsin::commands
