// Risk: a request's target or form is decoded wrongly, and a handler sees something else than was
// asked.
#include "http/message.hpp"

#include <doctest/doctest.h>

using namespace tocsin::http;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("target: path and parameters are decoded, in order") {
  const auto target = parse_target("/a%20b/c+d?query=up%7Ba%3D%22b%22%7D&x=1+2&x=&flag");
  REQUIRE(target);
  CHECK(target->path == "/a b/c+d");
  CHECK(target->query == Pairs{{"query", "up{a=\"b\"}"}, {"x", "1 2"}, {"x", ""}, {"flag", ""}});
}

TEST_CASE("target: what is malformed is refused") {
  CHECK_FALSE(parse_target(""));
  CHECK_FALSE(parse_target("metrics"));
  CHECK_FALSE(parse_target("http://elsewhere/metrics"));
  CHECK_FALSE(parse_target("/%zz"));
  CHECK_FALSE(parse_target("/%2"));
  CHECK_FALSE(parse_target("/a%00b"));
  CHECK_FALSE(parse_target("/a?b=%"));
}

TEST_CASE("form: equal signs in a value belong to it") {
  const auto form = parse_form("query=a%3D1==b&&time=5");
  REQUIRE(form);
  CHECK(*form == Pairs{{"query", "a=1==b"}, {"time", "5"}});
}

TEST_CASE("request: the first parameter counts, headers of one name are joined") {
  Request request;
  request.query = {{"a", "1"}, {"a", "2"}};
  request.headers = {{"accept", "text/plain"}, {"accept", "text/html"}};
  CHECK(request.parameter("a") == "1");
  CHECK_FALSE(request.parameter("b"));
  CHECK(request.header("accept") == "text/plain, text/html");
  CHECK(request.header("host").empty());
}
