#include "commands/help.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "commands/complaint.hpp"
#include "commands/wrapped.hpp"
#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::commands {

namespace {

constexpr std::size_t kWidestName = 28;

/// A name and its meaning, side by side where the name leaves room.
struct Row {
  std::string name;
  std::string meaning;
};

std::string rows_text(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const Row& row : rows)
    if (const std::size_t own = width_of(row.name); own <= kWidestName)
      width = std::max(width, own);
  std::string out;
  for (const Row& row : rows) {
    const std::size_t own = width_of(row.name);
    const std::size_t indent = width + 4;
    std::string line = "  " + row.name;
    line += own > width ? "\n" + std::string(indent, ' ') : std::string(width - own + 2, ' ');
    const std::string meaning = wrapped(std::string(indent, 'x') + row.meaning, indent);
    out += line + meaning.substr(indent) + "\n";
  }
  return out;
}

std::string meaning_of(const Argument& argument) {
  std::string out = argument.meaning;
  if (!argument.otherwise.empty()) out += fmt::format(" (default {})", argument.otherwise);
  return out;
}

void add_arguments(const std::string& title, const std::vector<Argument>& arguments,
                   std::string& out) {
  std::vector<Row> rows;
  for (const Argument& one : arguments) rows.push_back({written(one), meaning_of(one)});
  if (rows.empty()) return;
  out += "\n" + (title.empty() ? "" : title + "\n") + rows_text(rows);
}

void add_examples(const Command& command, std::string& out) {
  if (command.notes.examples.empty()) return;
  out += command.notes.examples.size() == 1 ? "\nExample\n" : "\nExamples\n";
  for (const Example& one : command.notes.examples)
    out += fmt::format("  {}\n      {}\n", one.line, one.meaning);
}

/// Of the program's options those that the command does not have as its own.
std::vector<Argument> common_options(const Grammar& grammar, const Command& command) {
  std::vector<Argument> out;
  for (const Argument& one : grammar.front().options) {
    const bool own = std::any_of(command.options.begin(), command.options.end(),
                                 [&one](const Argument& mine) { return mine.names == one.names; });
    const bool version = one.names.back() == "--version";
    if (!own && !version) out.push_back(one);
  }
  return out;
}

std::string program_help(const Grammar& grammar) {
  const Command& program = grammar.front();
  std::string out = fmt::format("{}\n\n  {}\n", program.meaning, usage_of(grammar, program));
  const std::vector<const Command*> all = commands_within(grammar, {});
  std::vector<std::string> groups;
  for (const Command* one : all) {
    if (std::find(groups.begin(), groups.end(), one->notes.group) == groups.end())
      groups.push_back(one->notes.group);
  }
  std::size_t width = 0;
  for (const Command* one : all) width = std::max(width, name_of(*one).size());
  for (const std::string& group : groups) {
    std::vector<Row> rows;
    for (const Command* one : all)
      if (one->notes.group == group)
        rows.push_back({fmt::format("{:<{}}", name_of(*one), width), one->meaning});
    out += fmt::format("\n{}\n{}", group.empty() ? "More" : group, rows_text(rows));
  }
  add_arguments("Every command takes", program.options, out);
  add_examples(program, out);
  out += "\n" + wrapped("Exit status: " + exit_statuses(program) + ".", 2) + "\n";
  return out +
         wrapped(
             "`tocsin COMMAND --help` tells more of one; the man pages tocsin(1) and "
             "tocsin.toml(5) of all.",
             2) +
         "\n";
}

std::string usages(const Grammar& grammar, const Command& command) {
  std::string out = "  " + wrapped("  " + usage_of(grammar, command), 6).substr(2) + "\n";
  for (const Command* one : commands_within(grammar, command.path))
    out += "  " + wrapped("  " + usage_of(grammar, *one), 6).substr(2) + "\n";
  return out;
}

std::vector<std::string> option_names(const Grammar& grammar, const Command& command) {
  std::vector<std::string> out;
  for (const Command* one : {&command, &grammar.front()})
    for (const Argument& option : one->options)
      out.insert(out.end(), option.names.begin(), option.names.end());
  return out;
}

}  // namespace

std::string help_text(const Grammar& grammar, const Command& command) {
  if (command.path.empty()) return program_help(grammar);
  std::string out = fmt::format("{}\n\n{}", command.meaning, usages(grammar, command));
  std::vector<Argument> own = command.words;
  own.insert(own.end(), command.options.begin(), command.options.end());
  add_arguments("", own, out);
  std::vector<Row> within;
  for (const Command* one : commands_within(grammar, command.path))
    within.push_back({name_of(*one), one->meaning});
  if (!within.empty()) out += "\n" + rows_text(within);
  add_examples(command, out);
  if (!command.more.empty()) out += fmt::format("\n{}\n", trim(command.more));
  add_arguments("As every command", common_options(grammar, command), out);
  return out + "\n" + wrapped("Exit status: " + exit_statuses(command) + ".", 2) + "\n";
}

std::string mistake_text(const Grammar& grammar, const Command& command,
                         const std::vector<std::string>& left, const std::string& complaint) {
  const std::string name = name_of(command);
  const auto meant = [](const std::string& word, const std::vector<std::string>& known) {
    const std::string near = nearest(word, known);
    return near.empty() ? "" : fmt::format("; did you mean `{}`?", near);
  };
  std::string wrong = printable(in_own_words(command, complaint));
  if (!left.empty()) {
    const std::string word = left.front().substr(0, left.front().find('='));
    std::vector<std::string> within;
    for (const Command* one : commands_within(grammar, command.path))
      within.push_back(one->path.back());
    if (word.size() > 1 && word.front() == '-') {
      wrong = fmt::format("{} takes no `{}`{}", command.path.empty() ? "tocsin" : "`" + name + "`",
                          printable(word), meant(word, option_names(grammar, command)));
    } else if (!within.empty()) {
      wrong = fmt::format("there is no command `{}{}`{}", name.empty() ? "" : name + " ",
                          printable(word), meant(word, within));
    } else {
      wrong = fmt::format("`{}` has no place for `{}`", name, printable(left.front()));
    }
  } else if (!command.path.empty()) {
    wrong = fmt::format("{}: {}", name, wrong);
  }
  if (command.path.empty()) return fmt::format("tocsin: {}\n`tocsin --help` lists all.\n", wrong);
  return fmt::format("tocsin: {}\n\n{}\n`tocsin {} --help` tells more.\n", wrong,
                     usages(grammar, command), name);
}

}  // namespace tocsin::commands
