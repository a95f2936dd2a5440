// Risk: help that tells of what the command line does not take, and commands that help forgets.
#include "commands/grammar.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace tocsin::commands;

namespace {

/// As a shell takes a line apart; what follows > or | is another's.
std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  for (const char c : line + " ") {
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (quote != 0 || c != ' ') {
      word += c;
    } else if (word == ">" || word == "|") {
      return words;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::string objection(const std::string& line) {
  const std::vector<std::string> words = shell_words(line);
  return objection_to(std::span(words).subspan(1));
}

}  // namespace

TEST_CASE("grammar: every command has its notes, with an example, and every note a command") {
  const Grammar all = grammar();
  std::set<std::string> names;
  for (const Command& command : all) {
    CAPTURE(name_of(command));
    names.insert(name_of(command));
    CHECK_FALSE(command.meaning.empty());
    const bool leads_on = command.words.empty() && !commands_within(all, command.path).empty();
    CHECK((leads_on || !command.notes.examples.empty()));
    CHECK((command.path.empty() || !command.notes.group.empty()));
    for (const Argument& one : command.options) CHECK_FALSE(one.meaning.empty());
    for (const Argument& one : command.words) CHECK_FALSE(one.meaning.empty());
  }
  for (const Notes& notes : all_notes())
    CHECK_MESSAGE(names.contains(notes.command), notes.command);
}

TEST_CASE("grammar: every example is taken, and is of its command") {
  for (const Notes& notes : all_notes()) {
    for (const Example& one : notes.examples) {
      CAPTURE(one.line);
      CHECK(objection(one.line) == "");
      CHECK(one.line.starts_with("tocsin " + notes.command));
      CHECK_FALSE(one.meaning.empty());
    }
  }
}

TEST_CASE("grammar: the words of a line are judged") {
  CHECK(objection("tocsin silence '{a=\"b c\"}' --for 2h --reason 'it is late'") == "");
  CHECK(objection("tocsin silence end 3") == "");
  CHECK(objection("tocsin drill CpuHigh --for 2m") == "");
  CHECK(objection("tocsin drill end CpuHigh") == "");
  CHECK(objection("tocsin drill") != "");
  CHECK(objection("tocsin incidents show 3 --json") == "");
  CHECK(objection("tocsin config --help rule.for") == "");
  CHECK(objection("tocsin ack") != "");
  CHECK(objection("tocsin silence '{a=\"b\"}' --for 2h") != "");
  CHECK(objection("tocsin completions ksh") != "");
}

TEST_CASE("grammar: usage says what is needed first and in which form") {
  const Grammar all = grammar();
  const auto usage = [&all](const std::vector<std::string>& path) {
    return usage_of(all, *find_command(all, path));
  };
  CHECK(usage({"ack"}) == "tocsin ack INCIDENT [--for DURATION] [--note TEXT] [--by NAME]");
  CHECK(usage({"silence"}) ==
        "tocsin silence WHAT --for DURATION --reason TEXT [--rule] [--by NAME]");
  CHECK(usage({"help"}) == "tocsin help [COMMAND...]");
  CHECK(usage({"incidents", "show"}) == "tocsin incidents show INCIDENT");
}
