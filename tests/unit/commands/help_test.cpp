// Risk: help that is incomplete or does not fit the terminal; a slip of the finger that is answered
// with nothing to go by.
#include "commands/help.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "commands/columns.hpp"

using namespace tocsin::commands;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t widest(std::string_view text) {
  std::size_t most = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    most = std::max(most, width_of(text.substr(0, end)));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return most;
}

std::string mistake(std::vector<std::string> words) {
  return objection_to(words);
}

}  // namespace

TEST_CASE("help: the program's names every command, a command's every word and option") {
  const Grammar all = grammar();
  const std::string program = help_text(all, all.front());
  for (const Command* one : commands_within(all, {}))
    CHECK_MESSAGE(has(program, "\n  " + name_of(*one) + " "), name_of(*one));
  for (const Command& command : all) {
    const std::string text = help_text(all, command);
    CAPTURE(name_of(command));
    for (const Argument& one : command.options) CHECK(has(text, "  " + written(one)));
    for (const Argument& one : command.words) CHECK(has(text, "  " + written(one)));
    for (const Example& one : command.notes.examples) CHECK(has(text, one.line));
    CHECK(has(text, "Exit status: 0 well"));
    CHECK((command.path.empty() || has(text, "--socket PATH")));
  }
}

TEST_CASE("help: all but examples and what a command adds fits 80 columns") {
  Grammar all = grammar();
  for (Command& command : all) {
    command.notes.examples.clear();
    command.more.clear();
  }
  for (const Command& command : all) {
    CAPTURE(name_of(command));
    CHECK(widest(help_text(all, command)) <= 80);
  }
}

TEST_CASE("help: text is broken at spaces only, and its later lines are indented") {
  const std::string word(30, 'x');
  CHECK(wrapped(word + " " + word + " " + word, 4) == word + " " + word + "\n    " + word);
  CHECK(wrapped(std::string(100, 'y'), 4) == std::string(100, 'y'));
  CHECK(wrapped("a  b", 0) == "a  b");
  CHECK(wrapped("", 3) == "");
}

TEST_CASE("help: a slip of the finger is told what was meant") {
  CHECK(mistake({"stauts"}) ==
        "tocsin: there is no command `stauts`; did you mean `status`?\n"
        "`tocsin --help` lists all.\n");
  CHECK(mistake({"ack", "3", "--fro", "2h"}) ==
        "tocsin: `ack` takes no `--fro`; did you mean `--for`?\n\n"
        "  tocsin ack INCIDENT [--for DURATION] [--note TEXT] [--by NAME]\n\n"
        "`tocsin ack --help` tells more.\n");
  CHECK(has(mistake({"incidents", "shwo", "3"}), "did you mean `show`?"));
  CHECK(has(mistake({"status", "--jsn"}), "did you mean `--json`?"));
  CHECK(has(mistake({"status", "--sokcet=/x"}), "takes no `--sokcet`; did you mean `--socket`?"));
  CHECK(has(mistake({"--verson"}), "tocsin takes no `--verson`; did you mean `--version`?"));
  CHECK(has(mistake({"ack"}), "tocsin: ack: INCIDENT is required\n"));
  CHECK(has(mistake({"ack", "three"}), "a number is needed"));
  CHECK(has(mistake({"ack", "3", "4"}), "`ack` has no place for `4`"));
  CHECK(has(mistake({"silence", "{a=\"b\"}"}), "silence: --for is required"));
  CHECK_FALSE(has(mistake({"xyzzy"}), "did you mean"));
}

TEST_CASE("help: what was typed cannot steer the terminal") {
  CHECK_FALSE(has(mistake({"\x1b[2Jstatus"}), "\x1b"));
  CHECK_FALSE(has(mistake({"ack", "\x1b[2J"}), "\x1b"));
  CHECK_FALSE(has(mistake({"ack", "3", "--\x1b[2J"}), "\x1b"));
}
