// Risk: whoever made a slip reads the parser's words instead of what to do.
#include "toml/parser_words.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "toml/reader.hpp"

using namespace tocsin;

namespace {

config::Diagnostic mistake_in(std::string_view text) {
  config::File file;
  file.name = "x.toml";
  file.text = text;
  toml::Parsed parsed = toml::read({file}, 0);
  REQUIRE_MESSAGE(parsed.mistake, text);
  return *std::move(parsed.mistake);
}

}  // namespace

TEST_CASE("no slip of the syntax is told in the parser's words") {
  const char* const slips[] = {"x = 2025-13-01\n",
                               "x = 2025-1-1\n",
                               "x = 2025-02-30\n",
                               "x = 2025-12-31T25:00:00Z\n",
                               "x = 2025-12-31T10:61:00\n",
                               "x = 2025-12-31 10:00:61\n",
                               "x = 10:60\n",
                               "x = 24:00\n",
                               "x = 22:00-06:00\n",
                               "x = 10:00\n",
                               "x = 2025-12-31T10:00:00+25:00\n",
                               "x = 12:3\n",
                               "x = 1:30\n",
                               "x = 5m\n",
                               "x = 30s\n",
                               "x = 1h30m\n",
                               "x = 80%\n",
                               "x = 1_\n",
                               "x = 1__0\n",
                               "x = _1\n",
                               "x = 01\n",
                               "x = 1.\n",
                               "x = .5\n",
                               "x = 1e\n",
                               "x = 1e+\n",
                               "x = 1.e5\n",
                               "x = 1.2.3\n",
                               "x = 0x\n",
                               "x = 0xG\n",
                               "x = 0b2\n",
                               "x = 0o8\n",
                               "x = 99999999999999999999\n",
                               "x = 1e999\n",
                               "x = 0x1.8p1\n",
                               "x = +-1\n",
                               "x = --1\n",
                               "x = +\n",
                               "x = infinity\n",
                               "x = nan1\n",
                               "x = -\n",
                               "x = tru\n",
                               "x = True\n",
                               "x = yes\n",
                               "x = on\n",
                               "x = off\n",
                               "x = none\n",
                               "x = null\n",
                               "x = TRUE\n",
                               "x = 'a\n",
                               "x = \"a\n",
                               "x = 'a'b\n",
                               "x = \"\\q\"\n",
                               "x = \"\\u12\"\n",
                               "x = \"\\uD800\"\n",
                               "x = \"\\U00110000\"\n",
                               "x = \"\\xZZ\"\n",
                               "x = '''a\n",
                               "x = \"\"\"a\n",
                               "x = [1, 2\n",
                               "x = [1 2]\n",
                               "x = [1,,2]\n",
                               "x = [,1]\n",
                               "x = {a = 1\n",
                               "x = {a = 1,}\n",
                               "x = {a = 1 b = 2}\n",
                               "x = {a}\n",
                               "x = {,}\n",
                               "x = {a = 1\nb = 2}\n",
                               "x =\n",
                               "x\n",
                               "= 1\n",
                               "x == 1\n",
                               "x = 1 y = 2\n",
                               "x = 1, y = 2\n",
                               "x: 1\n",
                               "x = 1;\n",
                               "x = 'a', 'b'\n",
                               "[a\n",
                               "[a]]\n",
                               "[[a]\n",
                               "[]\n",
                               "[a.]\n",
                               "[.a]\n",
                               "[a..b]\n",
                               "[a] b = 1\n",
                               "[a b]\n",
                               "[a]\n[a]\n",
                               "[a]\nb=1\nb=2\n",
                               "[a]\n[[a]]\n",
                               "a = 1\na.b = 2\n",
                               "a = 1\n[a.b]\n",
                               "a = {b=1}\n[a.c]\nd=1\n",
                               "a = {b=1}\na.c = 2\n",
                               "[[a]]\n[a]\n",
                               "a b = 1\n",
                               "a. = 1\n",
                               ".a = 1\n",
                               "'a = 1\n",
                               "\"a\" \"b\" = 1\n",
                               "größe = 1\n",
                               "x = ü\n",
                               "x = “a”\n",
                               "x = 'a' // no\n",
                               "// no\n",
                               "; no\n",
                               "/* no */\n",
                               "x = $HOME\n",
                               "x = ${HOME}\n",
                               "x = http://x/\n",
                               "x = /etc/x\n",
                               "x = @a\n",
                               "x = #\n",
                               "x = \\\n",
                               "- x\n",
                               "x = (1)\n",
                               "x = <1\n",
                               "x = >1\n",
                               "}\n",
                               "]\n",
                               "{\n",
                               "<?xml?>\n",
                               "x = \"a\nb\"\n",
                               "x = 'a\nb'\n",
                               "x = 1 2\n",
                               "x = \"a\" + \"b\"\n",
                               "x = 2025-\n",
                               "x = 2025-12\n",
                               "x = 2025-12-\n",
                               "x = 2025-12-31T\n",
                               "x = 12:\n",
                               "x = 12:30:\n",
                               "x = 12:30:1\n",
                               "x = 12:30:15.\n",
                               "x = 2025-12-31T10:00:00+\n",
                               "x = 2025-12-31T10:00:00+02\n",
                               "x = 0000-00-00\n",
                               "x = 2025-12-00\n",
                               "x = 1:\n",
                               "x = 0x_1\n",
                               "x = 0b\n",
                               "x = 0xFFFFFFFFFFFFFFFFFF\n",
                               "x = 1e5_\n",
                               "x = 1_.0\n",
                               "x = 1._0\n",
                               "x = 9223372036854775808\n",
                               "x = \"\\\n",
                               "x = \"a\\\n",
                               "x.y = 1\n[x]\ny = 2\n",
                               "[x]\n[x.y]\n[x]\n",
                               "x = 1\n[x]\n",
                               "x = 1\n[[x]]\n",
                               "[[x]]\n[[x.y]]\n[x.y]\n",
                               "x = []\n[[x]]\n",
                               "x = -0x1\n",
                               "x = +0b1\n",
                               "x = 1,\n",
                               "x = 5 m\n",
                               "x = 10 %\n",
                               "x = 1 #a\ny = 2 b\n"};
  for (const char* const slip : slips) {
    const std::string message = mistake_in(slip).message;
    CAPTURE(slip);
    CAPTURE(message);
    for (const char* const word :
         {"not valid TOML", "expected", "saw", "prohibited", "encountered", "``", "{}", "\\n"})
      CHECK(message.find(word) == std::string::npos);
  }
}

TEST_CASE("a slip's message says what is wrong, and its hint how it is written") {
  const std::pair<const char*, const char*> slips[] = {
      {"x = 22:00:99\n",
       "no date or time is written so | a date or a time stands in quotes, as any text: \"22:30\""},
      {"x = 2025-02-30\n",
       "no date or time is written so | a date or a time stands in quotes, as any text: \"22:30\""},
      {"x = 5m\n",
       "no number has `m` here | what has a unit, and any text, stands in quotes: \"5m\", \"80%\""},
      {"x = 1e\n", "a digit is missing at the end of the line | "},
      {"x = yes\n", "what stands here is no value | a flag is true or false, in small letters"},
      {"x = Off\n", "what stands here is no value | a flag is true or false, in small letters"},
      {"x = null\n", "what stands here is no value | a key that says nothing is left out"},
      {"x = “a”\n", "what stands here is no value | quotes are straight: \"…\" or '…'"},
      {"x = nothing\n", "what stands here is no value | a text stands in quotes"},
      {"x = 1\nx.y = 2\n",
       "what stands before the dot has a value already | a name stands once in a file"},
      {"[[x]]\n[x]\n",
       "`x` stands in the file already, and not as a [table] | [x] is one table, [[x]] one of "
       "several"},
      {"[x]\n[[x]]\n",
       "`x` stands in the file already, and not as [[a list]] | [x] is one table, [[x]] one of "
       "several"},
      {"[x]\n[x]\n", "`x` stands here a second time | a name stands once in a file"},
      {"x = {y = 1}\n[x.z]\nw = 1\n",
       "`x.z` comes too late: its table ended with its } | what stands between { and } is all of a "
       "table"},
      {"x = 99999999999999999999\n", "the number is too large: it has 64 bits | "}};
  for (const auto& [slip, words] : slips) {
    const config::Diagnostic mistake = mistake_in(slip);
    CHECK(mistake.message + " | " + mistake.hint == words);
  }
}

TEST_CASE("a complaint that nobody has put into words is told as it is") {
  CHECK(toml::words_for("something new", "").message == "not valid TOML: something new");
}
