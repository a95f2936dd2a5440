// Risk: a request reaches the wrong handler, or one that may not have it.
#include "http/router.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace tocsin::http;

namespace {

Response ask(const Router& router, const std::string& method, const std::string& path) {
  Request request;
  request.method = method;
  request.path = path;
  std::optional<Response> answer;
  router.handle(request, [&](Response response) { answer = std::move(response); });
  REQUIRE(answer);
  return *answer;
}

Handler says(const std::string& word) {
  return [word](const Request& request, const Respond& respond) {
    respond(text_response(200, request.captures.empty() ? word : word + request.captures[0]));
  };
}

Router example() {
  return Router({{"GET", "/", says("root")},
                 {"GET", "/incidents", says("list")},
                 {"GET", "/incidents/*", says("one ")},
                 {"POST", "/query", says("posted")},
                 {"GET", "/query", says("got")}});
}

}  // namespace

TEST_CASE("router: each path has its handler, a star captures one segment") {
  const Router router = example();
  CHECK(ask(router, "GET", "/").body == "root\n");
  CHECK(ask(router, "GET", "/incidents").body == "list\n");
  CHECK(ask(router, "GET", "/incidents/12").body == "one 12\n");
  CHECK(ask(router, "POST", "/query").body == "posted\n");
  CHECK(ask(router, "GET", "/query").body == "got\n");
  CHECK(ask(router, "HEAD", "/query").body == "got\n");
}

TEST_CASE("router: an unknown path is 404") {
  const Router router = example();
  CHECK(ask(router, "GET", "/nothing").status == 404);
  CHECK(ask(router, "GET", "/incidents/").status == 404);
  CHECK(ask(router, "GET", "/incidents/1/2").status == 404);
  CHECK(ask(router, "GET", "").status == 404);
}

TEST_CASE("router: a known path with another method is 405 and says what it takes") {
  const Response response = ask(example(), "DELETE", "/query");
  CHECK(response.status == 405);
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].first == "Allow");
  CHECK(response.headers[0].second == "POST, GET, HEAD");
}
