// Risk: the caret stands under the wrong character, or what is shown harms the terminal it is shown
// on.
#include "tocsin/config/diagnostic.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tocsin/base/columns.hpp"
#include "tocsin/base/text.hpp"

using namespace tocsin::config;
using tocsin::replaced;

namespace {

std::vector<File> file(std::string text) {
  File one;
  one.name = "rules.d/app.toml";
  one.text = std::move(text);
  return {one};
}

}  // namespace

TEST_CASE("a diagnostic shows file, line, column, the line itself, a caret and the hint") {
  const auto files = file("[rule.A]\n\nexpr = 'rat(x[5m]) > 1'\n");
  const Diagnostic one = diagnostic_at(files, Level::error, {0, 3, 9, 3}, "unknown function `rat`",
                                       "did you mean `rate`?");
  CHECK(render(one) ==
        "rules.d/app.toml:3:9: error: unknown function `rat`\n"
        "    3 | expr = 'rat(x[5m]) > 1'\n"
        "      |         ^~~ did you mean `rate`?\n");
}

TEST_CASE("a diagnostic of a whole file shows no line") {
  const auto files = file("x = 1\n");
  CHECK(render(diagnostic_at(files, Level::warning, {0, 0, 0, 1}, "odd", "do this")) ==
        "rules.d/app.toml: warning: odd\n        do this\n");
}

TEST_CASE("columns are characters: tabs and accents do not move the caret") {
  const auto files = file("\tnäme = \"é\" x\r\n");
  CHECK(render(diagnostic_at(files, Level::error, {0, 1, 13, 1}, "what")) ==
        "rules.d/app.toml:1:13: error: what\n"
        "    1 |  näme = \"é\" x\n"
        "      |             ^\n");
}

TEST_CASE("the caret stands under what is meant, however wide the characters before it are") {
  const auto files = file("summary = '磁盘 🔔 e\u0301' + 系统 # ü\n");
  CHECK(render(diagnostic_at(files, Level::error, {0, 1, 23, 2}, "what")) ==
        "rules.d/app.toml:1:23: error: what\n"
        "    1 | summary = '磁盘 🔔 e\u0301' + 系统 # ü\n"
        "      |                         ^~~~\n");
  const auto wide = file("x = '" + replaced(std::string(100, 'a'), "a", "磁") + "b'\n");
  const std::string shown = render(diagnostic_at(wide, Level::error, {0, 1, 106, 1}, "what"));
  const std::size_t line = shown.find("    1 | ") + 8;
  const std::string excerpt = shown.substr(line, shown.find('\n', line) - line);
  CHECK(tocsin::width_of(excerpt) <= 122);
  const std::size_t caret_line = shown.find("      | ", line) + 8;
  CHECK(tocsin::width_of(excerpt.substr(0, excerpt.find('b'))) ==
        shown.find('^', caret_line) - caret_line);
}

TEST_CASE("a column behind the line's end points just behind it") {
  const auto files = file("ab\n");
  CHECK(render(diagnostic_at(files, Level::error, {0, 1, 90, 7}, "what")) ==
        "rules.d/app.toml:1:90: error: what\n"
        "    1 | ab\n"
        "      |   ^\n");
}

TEST_CASE("of a long line the part around the column is shown") {
  const auto files = file("key = '" + std::string(400, 'a') + "b" + std::string(400, 'c') + "'\n");
  const std::string shown = render(diagnostic_at(files, Level::error, {0, 1, 408, 1}, "what"));
  CHECK(shown.size() < 400);
  const std::size_t line = shown.find("    1 | ") + 8;
  const std::string excerpt = shown.substr(line, shown.find('\n', line) - line);
  const std::size_t caret_line = shown.find("      | ", line) + 8;
  // "…" is one character of three bytes before the column.
  CHECK(excerpt.at(shown.find('^', caret_line) - caret_line + 2) == 'b');
}

TEST_CASE("control characters reach no terminal") {
  const auto files = file("x = \"\x1b[31m\"\n");
  const std::string shown =
      render(diagnostic_at(files, Level::error, {0, 1, 5, 1}, "bad \x1b[0m", "\x07"));
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.find('\x07') == std::string::npos);
}

TEST_CASE("diagnostics come by file and place, and each once") {
  std::vector<File> files = file("a\nb\n");
  files.push_back(files[0]);
  files[1].name = "conf.d/b.toml";
  std::vector<Diagnostic> all = {
      diagnostic_at(files, Level::error, {1, 1, 1, 1}, "third"),
      diagnostic_at(files, Level::error, {0, 2, 1, 1}, "second"),
      diagnostic_at(files, Level::error, {0, 1, 5, 1}, "first"),
      diagnostic_at(files, Level::error, {0, 2, 1, 1}, "second"),
  };
  sort_diagnostics(all, files);
  REQUIRE(all.size() == 3);
  CHECK(all[0].message == "first");
  CHECK(all[1].message == "second");
  CHECK(all[2].message == "third");
}
