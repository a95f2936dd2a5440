// Risk: a request that never ends, ends twice, or is reported as not sent although the other side
// acted on it (a page lost or doubled).
#include "loop/http_client.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <boost/asio/io_context.hpp>

#include "support/http_asking.hpp"
#include "support/http_peer.hpp"

using namespace tocsin;
using loop::HttpClient;
using loop::HttpFailure;
using loop::HttpRequest;
using testing::ask;
using testing::get;
using testing::HttpPeer;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;

namespace {

std::string gzip(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace

TEST_CASE("http client: a GET brings status, headers in lower case and body") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(404, "no such page", {"X-Word: a B"}); });
  HttpClient client(io.get_executor());
  const HttpClient::Answer answer = ask(io, client, get(peer.url("/metrics?x=1")));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 404);
  CHECK(answer->body == "no such page");
  CHECK(answer->headers.find("x-word")->second == "a B");
  REQUIRE(peer.requests().size() == 1);
  CHECK(peer.requests()[0].method == "GET");
  CHECK(peer.requests()[0].target == "/metrics?x=1");
}

TEST_CASE("http client: a POST carries its exact bytes, headers and credentials") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.method = "POST";
  request.body = std::string("{\"a\":\0 1}\n", 10);
  request.headers = {{"Content-Type", "application/json"}};
  SUBCASE("basic") {
    request.username = "Aladdin";
    request.password = "open sesame";
    REQUIRE(ask(io, client, request).has_value());
    CHECK(peer.requests()[0].headers.at("authorization") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  }
  SUBCASE("bearer") {
    request.bearer = "t0ken";
    REQUIRE(ask(io, client, request).has_value());
    CHECK(peer.requests()[0].headers.at("authorization") == "Bearer t0ken");
  }
  CHECK(peer.requests()[0].method == "POST");
  CHECK(peer.requests()[0].body == std::string("{\"a\":\0 1}\n", 10));
  CHECK(peer.requests()[0].headers.at("content-type") == "application/json");
  CHECK(peer.requests()[0].headers.count("expect") == 0);
}

TEST_CASE("http client: a large POST is not preceded by a wait for 100 Continue") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.method = "POST";
  request.body = std::string(3U << 20U, 'x');
  REQUIRE(ask(io, client, request).has_value());
  CHECK(peer.requests()[0].headers.count("expect") == 0);
  CHECK(peer.requests()[0].body.size() == request.body.size());
}

TEST_CASE("http client: requests one after the other share a connection") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  HttpClient client(io.get_executor());
  for (int i = 0; i < 3; ++i) REQUIRE(ask(io, client, get(peer.url("/"))).has_value());
  CHECK(peer.connections() == 1);
}

TEST_CASE("http client: a closed port is refused, and nothing was sent") {
  boost::asio::io_context io;
  HttpClient client(io.get_executor());
  const std::string port = std::to_string(testing::closed_port(io));
  const HttpClient::Answer answer = ask(io, client, get("http://127.0.0.1:" + port + "/x"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::refused);
  CHECK_FALSE(answer.error().request_sent);
  CHECK(answer.error().detail == "could not connect to 127.0.0.1:" + port + ": Connection refused");
}

TEST_CASE("http client: the first digits of a password that is cut off are not shown") {
  boost::asio::io_context io;
  HttpClient client(io.get_executor());
  for (const char* url : {"http://user:4711/x@host.example/", "http://user:4711?x@host.example/",
                          "http://user:4711#x@host.example/"}) {
    CAPTURE(url);
    const HttpClient::Answer answer = ask(io, client, get(url));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().detail.find("user") != std::string::npos);
    CHECK(answer.error().detail.find("4711") == std::string::npos);
  }
}

TEST_CASE("http client: a name that does not resolve is named as such") {
  boost::asio::io_context io;
  HttpClient client(io.get_executor());
  const HttpClient::Answer answer = ask(io, client, get("http://nowhere.invalid/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::unresolved);
  CHECK_FALSE(answer.error().request_sent);
}

TEST_CASE("http client: a peer that says nothing times out, and the request may have arrived") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return PeerReply{"", PeerReply::Then::hang}; });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.timeout = milliseconds(80);
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::timed_out);
  CHECK(answer.error().request_sent);
  CHECK(answer.error().detail ==
        "127.0.0.1:" + std::to_string(peer.port()) + " did not answer within 80ms");
}

TEST_CASE("http client: a body that stalls in the middle times out as a whole") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) {
    return PeerReply{"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin", PeerReply::Then::hang};
  });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.timeout = milliseconds(80);
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::timed_out);
}

TEST_CASE(
    "http client: a connection that ends early is a reset, and the request may have arrived") {
  boost::asio::io_context io;
  PeerReply said;
  SUBCASE("reset without a word") {
    said = {"", PeerReply::Then::reset};
  }
  SUBCASE("closed without a word") {
    said = {"", PeerReply::Then::close};
  }
  SUBCASE("closed within the body") {
    said = {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", PeerReply::Then::close};
  }
  HttpPeer peer(io, [&said](const PeerRequest&) { return said; });
  HttpClient client(io.get_executor());
  const HttpClient::Answer answer = ask(io, client, get(peer.url("/")));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::reset);
  CHECK(answer.error().request_sent);
}

TEST_CASE("http client: a POST goes out once, even where a kept connection dies under it") {
  boost::asio::io_context io;
  int posts = 0;
  HttpPeer peer(io, [&posts](const PeerRequest& request) {
    if (request.method == "GET") return reply(200, "ok");
    return ++posts == 1 ? PeerReply{"", PeerReply::Then::reset} : reply(200, "twice");
  });
  HttpClient client(io.get_executor());
  REQUIRE(ask(io, client, get(peer.url("/"))).has_value());  // leaves a connection to reuse
  HttpRequest request = get(peer.url("/"));
  request.method = "POST";
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::reset);
  CHECK(answer.error().request_sent);
  CHECK(posts == 1);
}

TEST_CASE("http client: a body over the limit ends the exchange") {
  boost::asio::io_context io;
  std::string body(1001, 'x');
  std::vector<std::string> headers;
  std::size_t most = 1000;
  bool fits = false;
  SUBCASE("one byte over") {}
  SUBCASE("exactly the limit") {
    most = 1001;
    fits = true;
  }
  SUBCASE("after decompression") {
    body = gzip(std::string(10U << 20U, 'x'));
    most = 1U << 20U;
    REQUIRE(body.size() < most);
    headers = {"Content-Encoding: gzip"};
  }
  HttpPeer peer(io, [&](const PeerRequest&) { return reply(200, body, headers); });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.max_body_bytes = most;
  request.accept_gzip = true;
  const HttpClient::Answer answer = ask(io, client, request);
  CHECK(answer.has_value() == fits);
  if (fits) return;
  CHECK(answer.error().kind == HttpFailure::too_large);
  CHECK(answer.error().detail == "the answer of 127.0.0.1:" + std::to_string(peer.port()) +
                                     " is larger than " + std::to_string(most) + " bytes");
}

TEST_CASE("http client: endless headers are refused") {
  boost::asio::io_context io;
  const std::vector<std::string> headers(2000, "X-More: " + std::string(60, 'y'));
  HttpPeer peer(io, [&](const PeerRequest&) { return reply(200, "", headers); });
  HttpClient client(io.get_executor());
  const HttpClient::Answer answer = ask(io, client, get(peer.url("/")));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::too_large);
}

TEST_CASE("http client: gzip is asked for and unpacked only where the caller wants it") {
  boost::asio::io_context io;
  const std::string packed = gzip("metrics");
  HttpPeer peer(io,
                [&](const PeerRequest&) { return reply(200, packed, {"Content-Encoding: gzip"}); });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  CHECK(ask(io, client, request)->body == packed);
  CHECK(peer.requests()[0].headers.count("accept-encoding") == 0);
  request.accept_gzip = true;
  CHECK(ask(io, client, request)->body == "metrics");
  CHECK(peer.requests()[1].headers.at("accept-encoding") == "gzip");
}

TEST_CASE("http client: what cannot be asked is answered with an error, on the loop") {
  boost::asio::io_context io;
  HttpClient client(io.get_executor());
  HttpRequest request;
  SUBCASE("no URL") {
    request.url = "user:hunter2@";
  }
  SUBCASE("a file") {
    request.url = "file:///etc/passwd";
  }
  SUBCASE("a header that smuggles another") {
    request.url = "http://127.0.0.1:1/";
    request.headers = {{"X-A", "b\r\nX-Evil: hunter2"}};
  }
  SUBCASE("a token that smuggles a header") {
    request.url = "http://127.0.0.1:1/";
    request.bearer = "hunter2\n";
  }
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::other);
  CHECK_FALSE(answer.error().request_sent);
  CHECK(answer.error().detail.find("hunter2") == std::string::npos);
}

TEST_CASE("http client: a cancelled request is never answered") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  HttpClient client(io.get_executor());
  int answers = 0;
  const auto count = [&answers](const HttpClient::Answer&) { ++answers; };
  SUBCASE("before it began") {
    client.cancel(client.send(get(peer.url("/")), count));
  }
  SUBCASE("while it is under way") {
    const HttpClient::Handle handle = client.send(get(peer.url("/")), count);
    REQUIRE(testing::run_until(io, [&] { return peer.requests().size() == 1; }));
    client.cancel(handle);
  }
  SUBCASE("refused at once, its answer on the way") {
    client.cancel(client.send(get("no://url"), count));
  }
  CHECK(client.in_flight() == 0);
  REQUIRE(ask(io, client, get(peer.url("/"))).has_value());
  testing::run_ready(io);
  CHECK(answers == 0);
}

TEST_CASE("http client: a callback may cancel others, send anew, and end the client") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  auto client = std::make_unique<HttpClient>(io.get_executor());
  int others = 0;
  bool ended = false;
  const HttpClient::Handle other =
      client->send(get(peer.url("/other")), [&](const HttpClient::Answer&) { ++others; });
  client->send(get(peer.url("/")), [&](const HttpClient::Answer&) {
    client->cancel(other);
    client->send(get(peer.url("/")), [&](const HttpClient::Answer&) {
      client.reset();
      ended = true;
    });
    client->send(get(peer.url("/never")), [&](const HttpClient::Answer&) { CHECK(!ended); });
  });
  REQUIRE(testing::run_until(io, [&ended] { return ended; }));
  testing::run_ready(io);
  CHECK(client == nullptr);
  CHECK(others <= 1);
}

TEST_CASE("http client: no callback comes after the client's end") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return PeerReply{"", PeerReply::Then::hang}; });
  int answers = 0;
  {
    HttpClient client(io.get_executor());
    client.send(get(peer.url("/")), [&](const HttpClient::Answer&) { ++answers; });
    client.send(get("no://url"), [&](const HttpClient::Answer&) { ++answers; });
    REQUIRE(testing::run_until(io, [&] { return peer.requests().size() == 1; }));
    client.send(get(peer.url("/again")), [&](const HttpClient::Answer&) { ++answers; });
  }
  const int before = answers;
  testing::run_ready(io);
  CHECK(answers == before);
  CHECK(before == 1);  // the one that could not be asked was answered while the loop ran
}

TEST_CASE("http client: many at once") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest& request) { return reply(200, request.target); });
  HttpClient client(io.get_executor());
  int right = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string path = "/" + std::to_string(i);
    client.send(get(peer.url(path)), [&right, path](const HttpClient::Answer& answer) {
      if (answer && answer->body == path) ++right;
    });
  }
  CHECK(client.in_flight() == 100);
  CHECK(testing::run_until(io, [&right] { return right == 100; }));
}
