// Risk: help that is incomplete or does not fit the terminal; a slip of the finger that is answered
// with nothing to go by.
#include "commands/help.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "commands/wrapped.hpp"
#include "support/text.hpp"
#include "tocsin/base/columns.hpp"

using namespace tocsin::commands;
using tocsin::testing::holds;

namespace {

std::size_t widest(std::string_view text) {
  std::size_t most = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    most = std::max(most, tocsin::width_of(text.substr(0, end)));
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
    CHECK_MESSAGE(holds(program, "\n  " + name_of(*one) + " "), name_of(*one));
  for (const Command& command : all) {
    const std::string text = help_text(all, command);
    CAPTURE(name_of(command));
    for (const Argument& one : command.options) CHECK(holds(text, "  " + written(one)));
    for (const Argument& one : command.words) CHECK(holds(text, "  " + written(one)));
    for (const Example& one : command.notes.examples) CHECK(holds(text, one.line));
    CHECK(holds(text, "Exit status: 0 well"));
    CHECK((command.path.empty() || holds(text, "--socket PATH")));
  }
}

TEST_CASE("help: a mistake is told in the program's own words, whatever its parser says") {
  const std::vector<std::pair<std::vector<std::string>, const char*>> told = {
      {{"ack"}, "ack: INCIDENT is required"},
      {{"ack", "x"}, "ack: `INCIDENT` is a number, and `x` is none"},
      {{"ack", "1", "--for"}, "ack: `--for` needs a value: DURATION"},
      {{"ack", "1", "2"}, "`ack` has no place for `2`"},
      {{"--socket"}, "`--socket` needs a value: PATH"},
      {{"status", "--json=x"}, "status: `--json` takes no value"},
      {{"check", "--diff=x"}, "check: `--diff` takes no value"},
      {{"notify", "--test", "a", "--preview", "b"},
       "notify: `--test` and `--preview` do not go together"},
      {{"notify", "--preview", "a", "--kind", "closd"}, "not `closd`; did you mean `closed`?"},
      {{"notify", "--preview", "a", "--alerts", "0"},
       "notify: `--alerts` is a number from 1 to 100000, not `0`"},
      {{"beat", "x", "--exit-code", "abc"},
       "beat: `--exit-code` is a number from 0 to 255, not `abc`"},
      {{"man", "3"}, "man: `1|5` is 1 or 5, not `3`"},
      {{"man", "x"}, "man: `1|5` cannot be `x`"},
      {{"completions", "ksh"}, "completions: `bash|zsh|fish` is bash, zsh or fish, not `ksh`"},
  };
  for (const auto& [words, said] : told) {
    const std::string text = mistake(words);
    CHECK_MESSAGE(holds(text, said), text);
  }
  // Nothing of the parser's own comes through, whatever is left out or misplaced.
  for (const Command& command : grammar()) {
    for (const Argument& one : command.options) {
      if (one.value.empty() || one.value_optional) continue;
      std::vector<std::string> words = command.path;
      words.push_back(one.names.back());
      const std::string text = mistake(words);
      CAPTURE(text);
      for (const char* foreign : {"Could not", "required DURATION missing", "1 required",
                                  "not in {", "excludes", "was not expected", "Value "})
        CHECK(!holds(text, foreign));
    }
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
  CHECK(holds(mistake({"incidents", "shwo", "3"}), "did you mean `show`?"));
  CHECK(holds(mistake({"status", "--jsn"}), "did you mean `--json`?"));
  CHECK(holds(mistake({"status", "--sokcet=/x"}), "takes no `--sokcet`; did you mean `--socket`?"));
  CHECK(holds(mistake({"--verson"}), "tocsin takes no `--verson`; did you mean `--version`?"));
  CHECK(holds(mistake({"ack"}), "tocsin: ack: INCIDENT is required\n"));
  CHECK(holds(mistake({"ack", "three"}), "`INCIDENT` is a number, and `three` is none"));
  CHECK(holds(mistake({"ack", "3", "4"}), "`ack` has no place for `4`"));
  CHECK(holds(mistake({"silence", "{a=\"b\"}"}), "silence: --for is required"));
  CHECK_FALSE(holds(mistake({"xyzzy"}), "did you mean"));
}

TEST_CASE("help: what was typed cannot steer the terminal") {
  CHECK_FALSE(holds(mistake({"\x1b[2Jstatus"}), "\x1b"));
  CHECK_FALSE(holds(mistake({"ack", "\x1b[2J"}), "\x1b"));
  CHECK_FALSE(holds(mistake({"ack", "3", "--\x1b[2J"}), "\x1b"));
}
