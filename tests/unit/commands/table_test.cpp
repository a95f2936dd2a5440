// Risk: columns that do not line up, or a label that writes to the reader's terminal.
#include "commands/table.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace tocsin::commands;

TEST_CASE("table: columns are as wide as their widest cell, in characters") {
  Table table({"A", "LONGER", "C"});
  table.add({{"1"}, {"x"}, {"end"}});
  table.add({{"äöü"}, {""}, {"last"}});
  table.add({{"2"}, {"y"}, {""}});
  CHECK(table.text(false) ==
        "A    LONGER  C\n"
        "1    x       end\n"
        "äöü          last\n"
        "2    y\n");
}

TEST_CASE("table: what is wide on the terminal is wide in its column") {
  Table table({"A", "B"});
  table.add({{"监控"}, {"x"}});
  table.add({{"e\u0301"}, {"y"}});
  CHECK(table.text(false) ==
        "A     B\n"
        "监控  x\n"
        "e\u0301     y\n");
}

TEST_CASE("table: where a line is too wide, the widest columns give way") {
  Table table({"ID", "WHAT", "WHY"});
  table.add({{"1"}, {"the processor of this server is busy"}, {"äöü äöü äöü äöü äöü äöü"}});
  table.add({{"2"}, {"short"}, {"none"}});
  CHECK(table.text(false, 200) == table.text(false));
  CHECK(table.text(false, 40) ==
        "ID  WHAT               WHY\n"
        "1   the processor of…  äöü äöü äöü äöü…\n"
        "2   short              none\n");
  // The first column gives way last.
  Table named({"NAME", "WHY"});
  named.add({{"a-name-that-is-typed-again"}, {"a reason that is told at length"}});
  CHECK(named.text(false, 45) ==
        "NAME                        WHY\n"
        "a-name-that-is-typed-again  a reason that is…\n");
  CHECK(named.text(false, 36) ==
        "NAME                    WHY\n"
        "a-name-that-is-typed-…  a reason th…\n");
  CHECK(table.text(true, 40).find("\x1b[1mWHY\x1b[0m") != std::string::npos);
}

TEST_CASE("table: prose goes on in further lines, beneath itself") {
  Table table({"WHEN", "WHAT HAPPENED", "BY"});
  table.wraps({"WHAT HAPPENED"});
  table.add({{"now"}, {"the processor of this server is busy", Look::bad}, {"ada"}});
  table.add({{"then"}, {"short"}, {"bob"}});
  CHECK(table.text(false, 36) ==
        "WHEN  WHAT HAPPENED              BY\n"
        "now   the processor of this      ada\n"
        "      server is busy\n"
        "then  short                      bob\n");
  CHECK(table.text(true, 36).find("      \x1b[31mserver is busy\x1b[0m\n") != std::string::npos);
  CHECK(table.lost(36).left.empty());
  CHECK_FALSE(table.lost(36).cut);
}

TEST_CASE("table: a note names the columns that a terminal does not show") {
  Table table({"ID", "WHAT", "BLANK", "SINCE"});
  table.spares({"SINCE"});
  table.add({{"1"}, {"the processor of this server is busy"}, {""}, {"09:30:00 UTC"}});
  CHECK(table.text(false, 24) ==
        "ID  WHAT\n"
        "1   the processor of th…\n");
  const Table::Lost lost = table.lost(24);
  CHECK(lost.left == std::vector<std::string>{"SINCE"});
  CHECK(lost.cut);
  using Lines = std::vector<std::string>;
  CHECK(note_of(lost, "", 80) ==
        Lines{"this terminal has no room for SINCE, and for what … stands for: --wide shows",
              "them"});
  CHECK(note_of({false, {"SINCE"}}, "", 80) ==
        Lines{"this terminal has no room for SINCE: --wide shows it"});
  CHECK(note_of({true, {}}, "`tocsin explain RULE` tells of one", 80) ==
        Lines{"… is what this terminal has no room for: --wide shows it,",
              "  `tocsin explain RULE` tells of one"});
  CHECK(note_of({}, "more", 80).empty());
}

TEST_CASE("table: what could steer a terminal is made visible") {
  Table table({"A"});
  table.add({{"a\x1b[2Jb\nc"}});
  CHECK(table.text(false) == "A\na\\x1b[2Jb\\nc\n");
}

TEST_CASE("table: colour stands around the text, not around the gap") {
  Table table({"A", "B"});
  table.add({{"bad", Look::bad}, {"x"}});
  const std::string text = table.text(true);
  CHECK(text.find("\x1b[31mbad\x1b[0m  x\n") != std::string::npos);
}
