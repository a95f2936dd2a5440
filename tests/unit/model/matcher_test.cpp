#include "tocsin/model/matcher.hpp"

#include <doctest/doctest.h>

using tocsin::Labels;
using tocsin::Matchers;

namespace {

bool matches(std::string_view matchers, const Labels& labels) {
  const auto parsed = Matchers::parse(matchers);
  REQUIRE(parsed.has_value());
  return parsed->matches(labels);
}

}  // namespace

TEST_CASE("each operator means what it means in PromQL") {
  const Labels labels{{"code", "503"}, {"env", "production"}};
  CHECK(matches(R"({env="production"})", labels));
  CHECK_FALSE(matches(R"({env="prod"})", labels));
  CHECK(matches(R"({env!="staging"})", labels));
  CHECK(matches(R"({code=~"5.."})", labels));
  CHECK_FALSE(matches(R"({code=~"5."})", labels));  // the whole value
  CHECK_FALSE(matches(R"({code=~"50|03"})", labels));
  CHECK(matches(R"({code!~"4..|2.."})", labels));
  CHECK_FALSE(matches(R"({env="production",code="200"})", labels));
}

TEST_CASE("a label that is not there is the empty string") {
  CHECK(matches(R"({gone=""})", Labels{}));
  CHECK(matches(R"({gone=~".*"})", Labels{}));
  CHECK_FALSE(matches(R"({gone=~".+"})", Labels{}));
  CHECK(matches(R"({gone!="x"})", Labels{}));
  CHECK_FALSE(matches(R"({env=""})", Labels{{"env", "a"}}));
}

TEST_CASE("no matcher matches everything") {
  CHECK(matches("", Labels{{"a", "b"}}));
  CHECK(matches("{}", Labels{}));
  CHECK(matches(" { } ", Labels{}));
}

TEST_CASE("braces, blanks and a last comma do not matter") {
  const Labels labels{{"a", "1"}, {"b", "2"}};
  CHECK(matches(R"(a="1", b="2")", labels));
  CHECK(matches("{ a = '1' ,\n b=`2` , }", labels));
}

TEST_CASE("values may hold anything, escaped") {
  CHECK(matches(R"({a="q\"\\\n\x41"})", Labels{{"a", "q\"\\\nA"}}));
  CHECK(matches(R"({a=`\d`})", Labels{{"a", "\\d"}}));
  CHECK(matches(R"({a=~"a.b"})", Labels{{"a", "a\nb"}}));
  CHECK(matches(R"({a="}, b="})", Labels{{"a", "}, b="}}));
}

TEST_CASE("what does not parse says where and why") {
  for (const auto* text : {"{",
                           "}",
                           "{a}",
                           "{a=}",
                           "{a=b}",
                           "{a=\"b\"",
                           "{a=\"b}",
                           "{=\"b\"}",
                           "{1a=\"b\"}",
                           "{a==\"b\"}",
                           "{a=\"b\" c=\"d\"}",
                           "{a=\"b\"} x",
                           "{a=\"b\",,}",
                           "{a=\"\\q\"}",
                           "{a=\"\\x4\"}",
                           "{a=~\"(\"}",
                           "{a=~\"(?=x)\"}",
                           "a=\"b\"}",
                           "up{a=\"b\"}",
                           "{a=\"\\"}) {
    CAPTURE(text);
    const auto parsed = Matchers::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == tocsin::ErrorCode::invalid);
    CHECK(parsed.error().text.find("character") != std::string::npos);
  }
  CHECK(Matchers::parse("{ab=~\"(\"}").error().text.find("character 6") != std::string::npos);
}

TEST_CASE("matchers are written so that they read back") {
  const std::string text = R"({a="x\"\\\ny",b!="",c=~"5..",d!~"a|b"})";
  const auto parsed = Matchers::parse(text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->to_string() == text);
  CHECK(Matchers{}.to_string() == "{}");
}

TEST_CASE("a value can come from anywhere") {
  const auto parsed = Matchers::parse(R"({severity="critical"})");
  REQUIRE(parsed.has_value());
  CHECK(parsed->matches([](std::string_view name) {
    return name == "severity" ? std::string_view("critical") : std::string_view();
  }));
}
