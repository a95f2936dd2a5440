// Risk: a request tells a secret to a stranger: by a redirect, to a peer that nobody vouches for,
// through a proxy, in an error's words.
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>

#include "loop/http_client.hpp"
#include "support/http_asking.hpp"
#include "support/http_peer.hpp"
#include "support/tls_peer.hpp"

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

TEST_CASE("http client: redirects are answers unless they are to be followed") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(302, "", {"Location: /elsewhere"}); });
  HttpClient client(io.get_executor());
  const HttpClient::Answer answer = ask(io, client, get(peer.url("/")));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 302);
  CHECK(peer.requests().size() == 1);
}

TEST_CASE("http client: redirects are followed within the same origin, at most three") {
  boost::asio::io_context io;
  int hops = 3;
  HttpPeer peer(io, [&hops](const PeerRequest& request) {
    const int at = request.target == "/" ? 0 : std::stoi(request.target.substr(1));
    if (at == hops) return reply(200, "here");
    return reply(307, "moved", {"Location: /" + std::to_string(at + 1)});
  });
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.follow_redirects = true;
  CHECK(ask(io, client, request)->body == "here");
  hops = 4;
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::redirected);
}

TEST_CASE("http client: a redirect to another host, port or scheme is never followed") {
  boost::asio::io_context io;
  HttpPeer stranger(io, [](const PeerRequest&) { return reply(200, "gotcha"); });
  std::string where;
  SUBCASE("port") {
    where = stranger.url("/");
  }
  SUBCASE("scheme") {
    where = "https";
  }
  SUBCASE("host") {
    where = "localhost";
  }
  std::string own_port;
  HttpPeer peer(io, [&](const PeerRequest&) {
    std::string target = where;
    if (where == "https") target = "https://127.0.0.1:" + own_port + "/";
    if (where == "localhost") target = "http://localhost:" + own_port + "/";
    return reply(301, "", {"Location: " + target});
  });
  own_port = std::to_string(peer.port());
  HttpClient client(io.get_executor());
  HttpRequest request = get(peer.url("/"));
  request.follow_redirects = true;
  request.bearer = "secret";
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::redirected);
  CHECK(stranger.connections() == 0);
  CHECK(peer.requests().size() == 1);
}

TEST_CASE("http client: a certificate that nobody vouches for is refused before anything is said") {
  boost::asio::io_context io;
  testing::TlsPeer peer;
  HttpClient client(io.get_executor());
  HttpRequest request = get("https://127.0.0.1:" + std::to_string(peer.port()) + "/secret-path");
  SUBCASE("unknown authority") {}
  SUBCASE("known authority, another name") {
    request.url = "https://localhost:" + std::to_string(peer.port()) + "/secret-path";
    request.ca_file = peer.certificate_file();
  }
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().kind == HttpFailure::tls);
  CHECK_FALSE(answer.error().request_sent);
  CHECK(answer.error().detail.find("secret-path") == std::string::npos);
  CHECK(peer.served() == 0);
}

TEST_CASE("http client: a file of authorities that is none is named, and never waited for") {
  boost::asio::io_context io;
  testing::TlsPeer peer;
  HttpClient client(io.get_executor());
  HttpRequest request = get("https://127.0.0.1:" + std::to_string(peer.port()) + "/");
  std::string why;
  SUBCASE("not there") {
    request.ca_file = "/nowhere/ca.pem";
    why = "No such file or directory";
  }
  SUBCASE("a terminal, a pipe, a device") {
    request.ca_file = "/dev/zero";
    why = "not a regular file";
  }
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().detail == "cannot read ca_file " + request.ca_file + ": " + why);
  CHECK(peer.served() == 0);
}

TEST_CASE("http client: a certificate of the given authority is trusted") {
  boost::asio::io_context io;
  testing::TlsPeer peer;
  HttpClient client(io.get_executor());
  HttpRequest request = get("https://127.0.0.1:" + std::to_string(peer.port()) + "/");
  request.ca_file = peer.certificate_file();
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE(answer.has_value());
  CHECK(answer->body == "secure");
}

TEST_CASE("http client: a peer that speaks no TLS is a TLS failure") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, ""); });
  HttpClient client(io.get_executor());
  HttpRequest request = get("https://127.0.0.1:" + std::to_string(peer.port()) + "/");
  request.timeout = milliseconds(200);  // this peer waits for the end of a head that never comes
  const HttpClient::Answer answer = ask(io, client, request);
  REQUIRE_FALSE(answer.has_value());
  CHECK_FALSE(answer.error().request_sent);
}

TEST_CASE("http client: details never show what the URL holds beside host and port") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return PeerReply{"", PeerReply::Then::reset}; });
  HttpClient client(io.get_executor());
  const std::string port = std::to_string(peer.port());
  const HttpClient::Answer answer =
      ask(io, client, get("http://me:hunter2@127.0.0.1:" + port + "/services/hunter2?k=hunter2"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().detail.find("hunter2") == std::string::npos);
  CHECK(answer.error().detail.find("127.0.0.1:" + port) != std::string::npos);
}

TEST_CASE("http client: proxies of the environment are used, but not for this host itself") {
  boost::asio::io_context io;
  HttpPeer proxy(io, [](const PeerRequest&) { return reply(200, "by proxy"); });
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "direct"); });
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("no_proxy", "exempt.invalid", 1);
  HttpClient client(io.get_executor());
  CHECK(ask(io, client, get(peer.url("/")))->body == "direct");
  CHECK(ask(io, client, get("http://somewhere.invalid/x"))->body == "by proxy");
  CHECK(proxy.requests()[0].target == "http://somewhere.invalid/x");
  CHECK_FALSE(ask(io, client, get("http://exempt.invalid/x")).has_value());
  unsetenv("http_proxy");
  unsetenv("no_proxy");
  HttpRequest request = get(peer.url("/"));
  request.proxy = proxy.url("");
  CHECK(ask(io, client, request)->body == "by proxy");
}
