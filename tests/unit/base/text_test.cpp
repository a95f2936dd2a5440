#include "tocsin/base/text.hpp"

#include <doctest/doctest.h>

#include "tocsin/base/ids.hpp"
#include "tocsin/base/result.hpp"

using namespace tocsin;

TEST_CASE("trim takes blanks from both ends only") {
  CHECK(trim("  a b\t\n") == "a b");
  CHECK(trim(" \t\r\n").empty());
  CHECK(trim("").empty());
}

TEST_CASE("valid UTF-8 stays, everything else becomes the replacement character") {
  CHECK(valid_utf8("ä€😀 plain") == "ä€😀 plain");
  CHECK(valid_utf8("a\xff z") == "a\ufffd z");
  CHECK(valid_utf8("\xc3") == "\ufffd");
  CHECK(valid_utf8("\xc0\x80") == "\ufffd\ufffd");                      // overlong
  CHECK(valid_utf8("\xe0\x80\xaf") == "\ufffd\ufffd\ufffd");            // overlong
  CHECK(valid_utf8("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");            // a surrogate
  CHECK(valid_utf8("\xf4\x90\x80\x80") == "\ufffd\ufffd\ufffd\ufffd");  // beyond Unicode
  CHECK(valid_utf8("\xe2\x82q") == "\ufffd\ufffdq");
  CHECK(valid_utf8(std::string_view("a\0b", 3)) == std::string_view("a\0b", 3));
}

TEST_CASE("a text is cut at a character's boundary and says that it was cut") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcdef", 5) == "ab…");
  CHECK(shortened("aääää", 7) == "aä…");
  CHECK(shortened("aääää", 6) == "aä…");
  CHECK(shortened("aääää", 5) == "a…");
  CHECK(shortened("abcdef", 2) == "ab");
  CHECK(shortened("ää", 1).empty());
  CHECK(shortened("abc", 0).empty());
}

TEST_CASE("nothing hides in a printable text") {
  CHECK(printable("a\nb\r\t") == "a\\nb\\r\\t");
  CHECK(printable("\x1b[31mred") == "\\x1b[31mred");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  CHECK(printable("\xff") == "\\xff");
  CHECK(printable("ä€😀") == "ä€😀");
  CHECK(printable("\u202egnp.exe") == "\\u202egnp.exe");
  CHECK(printable("\u009b31m") == "\\u009b31m");
  CHECK(printable("a\u00adb\ufeff\u2060") == "a\\u00adb\\ufeff\\u2060");
}

TEST_CASE("what shows nothing is told from what does") {
  for (const std::string_view nothing :
       {"", " \t\n", "\u00a0", "\u2800\u3164", "\u2060\u00ad\ufeff", "\u0301\ufe0f", "\xff"}) {
    CAPTURE(nothing);
    CHECK_FALSE(tocsin::shows_something(nothing));
  }
  for (const std::string_view something : {"a", " \u00a0.", "ä", "李", "😀", "e\u0301"}) {
    CAPTURE(something);
    CHECK(tocsin::shows_something(something));
  }
}

TEST_CASE("every occurrence is replaced, also by what contains it") {
  CHECK(tocsin::replaced("abcab", "ab", "[ab]") == "[ab]c[ab]");
  CHECK(tocsin::replaced("abc", "x", "y") == "abc");
  CHECK(tocsin::replaced("", "x", "y").empty());
}

TEST_CASE("the nearest candidate is what was meant, or none") {
  const std::vector<std::string> keys = {"severity", "summary", "above", "below", "clear", "for"};
  CHECK(nearest("severty", keys) == "severity");
  CHECK(nearest("sevreity", keys) == "severity");
  CHECK(nearest("abvoe", keys) == "above");
  CHECK(nearest("fro", keys) == "for");
  CHECK(nearest("banana", keys).empty());
  CHECK(nearest("", keys).empty());
  CHECK(nearest("above", keys) == "above");
  CHECK(nearest("x", {}).empty());
  CHECK(nearest(std::string(100'000, 'a'), keys).empty());
}

TEST_CASE("an error can be put into its context") {
  const Error error{ErrorCode::timeout, "no answer"};
  CHECK(error.within("target api") == Error{ErrorCode::timeout, "target api: no answer"});
  const Result<int> result = fail(ErrorCode::denied, "no");
  CHECK(result.error() == Error{ErrorCode::denied, "no"});
}

TEST_CASE("an id of zero names nothing") {
  CHECK_FALSE(static_cast<bool>(IncidentId{}));
  CHECK(static_cast<bool>(IncidentId{1}));
  CHECK(IncidentId{1} < IncidentId{2});
}

TEST_CASE("text: of two equally near candidates the one that the word begins is meant") {
  const std::vector<std::string> functions{"rad", "rate", "idelta"};
  CHECK(nearest("rat", functions) == "rate");
}

TEST_CASE("what stands in HTML or XML, also within either quotes, ends nothing there") {
  CHECK(html_escaped("<a href=\"x\" title='y'>&amp;</a>") ==
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
  CHECK(html_escaped("plain ä\n") == "plain ä\n");
}
