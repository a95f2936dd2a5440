// Risk: a table or a caret that is off by what a character takes on the terminal.
#include "tocsin/base/columns.hpp"

#include <doctest/doctest.h>

using tocsin::cut_to;
using tocsin::width_of;

TEST_CASE("columns: a letter takes one, whatever its bytes") {
  CHECK(width_of("") == 0);
  CHECK(width_of("abc") == 3);
  CHECK(width_of("äöü €–…") == 7);
  CHECK(width_of("Ωλ Жд עב") == 8);
  CHECK(width_of("a\xff\xc3z") == 4);
}

TEST_CASE("columns: ideographs, kana, Hangul and full width forms take two") {
  CHECK(width_of("监控") == 4);
  CHECK(width_of("サーバー") == 8);
  CHECK(width_of("서버") == 4);
  CHECK(width_of("，！Ａ") == 6);
  CHECK(width_of("\U00020000\U0003FFFD") == 4);
  CHECK(width_of("ｻｰﾊﾞｰ") == 5);  // half width kana
}

TEST_CASE("columns: a mark over a letter takes none") {
  CHECK(width_of("e\u0301") == 1);
  CHECK(width_of("\u0e01\u0e34\u0e48") == 1);
  CHECK(width_of("a\u200bb") == 2);
  CHECK(width_of("\u1112\u1161\u11ab") == 2);  // a Hangul syllable in three letters
}

TEST_CASE("columns: an emoji takes two, of however many parts it is") {
  CHECK(width_of("🔔") == 2);
  CHECK(width_of("✅❌") == 4);
  CHECK(width_of("⚠") == 1);
  CHECK(width_of("⚠\uFE0F") == 2);
  CHECK(width_of("👩\u200d💻") == 2);
  CHECK(width_of("👍🏽") == 2);
  CHECK(width_of("🇩🇪") == 2);
  CHECK(width_of("👩\u200d") == 2);
  CHECK(width_of("🏽") == 2);
  CHECK(width_of("x🏽y") == 4);
}

TEST_CASE("columns: what is too wide is cut at a glyph") {
  CHECK(cut_to("abc", 3) == "abc");
  CHECK(cut_to("abcd", 3) == "ab…");
  CHECK(cut_to("监控系统", 8) == "监控系统");
  CHECK(cut_to("监控系统", 7) == "监控系…");
  CHECK(cut_to("监控系统", 6) == "监控…");
  CHECK(cut_to("ae\u0301b\u0302c", 3) == "ae\u0301…");
  CHECK(cut_to("👩\u200d💻 busy", 3) == "👩\u200d💻…");
  CHECK(cut_to("a b c", 3) == "a…");
  CHECK(cut_to("ab", 1) == "…");
}
