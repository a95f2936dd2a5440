// Risk: columns that do not line up, or a label that writes to the reader's terminal.
#include "commands/table.hpp"

#include <doctest/doctest.h>

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
