// Risk: places of values are off by an escape, a line end or a byte order mark.
#include "toml/reader.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace tocsin;
using config::Kind;
using config::Place;
using config::Value;

namespace {

Value read(const std::string& text) {
  config::File file;
  file.name = "x.toml";
  file.text = text;
  std::vector<config::File> files{file};
  toml::Parsed parsed = toml::read(files, 0);
  REQUIRE(!parsed.mistake);
  return parsed.root;
}

/// Where `part` of the text of key `x` stands.
Place place_of(const std::string& text, std::string_view part) {
  const Value root = read(text);
  const config::Entry* entry = root.find("x");
  REQUIRE(entry != nullptr);
  const std::size_t offset = entry->value.text.find(part);
  REQUIRE(offset != std::string::npos);
  return entry->value.within(offset, part.size());
}

}  // namespace

TEST_CASE("values come with their kind, and entries in the order in which they are written") {
  const Value root =
      read("b = 1\na = 1.5\nz = true\nt = 'x'\nl = [1, 'y']\nd = 2025-12-31\n[s]\nk = {}\n");
  std::string keys;
  for (const config::Entry& entry : root.entries) keys += entry.key;
  CHECK(keys == "baztlds");
  CHECK(root.find("b")->value.whole);
  CHECK(!root.find("a")->value.whole);
  CHECK(root.find("a")->value.number == 1.5);
  CHECK(root.find("z")->value.flag);
  CHECK(root.find("l")->value.items.at(1).text == "y");
  CHECK(root.find("d")->value.kind == Kind::other);
  CHECK(root.find("s")->value.kind == Kind::table);
  CHECK(root.find("s")->place == Place{0, 7, 2, 1});
  CHECK(root.find("b")->value.place == Place{0, 1, 5, 1});
}

TEST_CASE("a place within a literal text") {
  CHECK(place_of("x = 'sum(y)'\n", "y") == Place{0, 1, 10, 1});
}

TEST_CASE("a place behind escapes of every length") {
  CHECK(place_of("x = \"\\\"\\u00e9\\U0001F514\\n y\"\n", "y") == Place{0, 1, 27, 1});
}

TEST_CASE("a place in a text of several lines, the first of which may be empty") {
  CHECK(place_of("x = '''\na\n  bc'''\n", "c") == Place{0, 3, 4, 1});
  CHECK(place_of("x = '''a\n  bc'''\n", "c") == Place{0, 2, 4, 1});
  CHECK(place_of("x = \"\"\"\na\nbc\"\"\"\n", "bc") == Place{0, 3, 1, 2});
}

TEST_CASE("a place behind a line that goes on without its end") {
  CHECK(place_of("x = \"\"\"\na \\\n\n   bc\"\"\"\n", "c") == Place{0, 4, 5, 1});
}

TEST_CASE("line ends of Windows and a byte order mark move nothing") {
  CHECK(place_of("\xEF\xBB\xBFx = 'a'\r\n", "a") == Place{0, 1, 6, 1});
  CHECK(place_of("y = 1\r\nx = '''\r\na\r\nbc'''\r\n", "c") == Place{0, 4, 2, 1});
  CHECK(place_of("y = 1\r\nx = \"\"\"\r\na \\\r\n  bc\"\"\"\r\n", "c") == Place{0, 4, 4, 1});
}

TEST_CASE("columns count characters") {
  CHECK(place_of("x = 'é🔔y'\n", "y") == Place{0, 1, 8, 1});
}

TEST_CASE("broken syntax is a mistake with its place, not an exception") {
  config::File file;
  file.name = "x.toml";
  for (const char* text :
       {"x", "x = ", "[", "x = 'a", "x = 1\nx = 2", "x = \"\\q\"", "\xff", "[[a]\n", "[/x]\n",
        "[[!x]]\n", "[.]", "[a.]", "/x = 1", "{", "a.=1", "x = {/}", "x = [/]"}) {
    CAPTURE(text);
    file.text = text;
    std::vector<config::File> files{file};
    const toml::Parsed parsed = toml::read(files, 0);
    REQUIRE(parsed.mistake);
    CHECK(parsed.mistake->line >= 1);
    CHECK(parsed.root.kind == Kind::other);
  }
}

TEST_CASE("control characters are told at their place before the parser can trip over them") {
  config::File file;
  file.name = "x.toml";
  file.text = std::string("a = 1\n[\0\0]\n", 12);
  std::vector<config::File> files{file};
  const toml::Parsed zeros = toml::read(files, 0);
  REQUIRE(zeros.mistake);
  CHECK(zeros.mistake->line == 2);
  CHECK(zeros.mistake->column == 2);
  files[0].text = "x = 'é\x1b[31m'\n";
  CHECK(toml::read(files, 0).mistake->column == 7);
  files[0].text = "x = 1\r";
  CHECK(toml::read(files, 0).mistake);
}

TEST_CASE(
    "letters beyond ASCII: blanks are skipped in front of them, and keys need quotes for them") {
  CHECK(read("x = \"\"\"a \\\n  é\"\"\"\n").find("x")->value.text == "a é");
  CHECK(read("\xef\xbb\xbf'ü' = 'ß' # ö\n").find("ü") != nullptr);
  const std::pair<const char*, std::uint32_t> lines_and_columns[] = {
      {"[rule.Ţ]", 7}, {"  größe = 1", 5}, {"a = 1é", 6}};
  for (const auto& [line, column] : lines_and_columns) {
    config::File file;
    file.name = "x.toml";
    file.text = std::string("x = 1\n") + line + "\n";
    const toml::Parsed parsed = toml::read({file}, 0);
    REQUIRE(parsed.mistake);
    CHECK(parsed.mistake->line == 2);
    CHECK(parsed.mistake->column == column);
    CHECK(parsed.mistake->hint == "letters beyond a to z stand in quotes, also in a key");
  }
}
