// Risk: a service that is down or unwell is taken for a good one, the reason is lost or wrong, a
// number is made up, or a secret comes out.
#include "sources/http.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <ctime>
#include <optional>

#include "loop/http_client.hpp"
#include "support/http_peer.hpp"
#include "support/sample_table.hpp"
#include "support/tls_peer.hpp"

using namespace tocsin;
using testing::HttpPeer;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;

namespace {

std::string sample_key(const std::string& series) {
  if (series.find('{') == std::string::npos) return series + "{}";
  return series.substr(0, series.size() - 1) + ",}";
}

struct Probed {
  Scrape scrape;
  testing::SampleTable table;
  [[nodiscard]] double value(const std::string& series) const {
    CAPTURE(series);
    const auto found = table.samples.find(sample_key(series));
    REQUIRE(found != table.samples.end());
    return std::stod(found->second);
  }
  [[nodiscard]] bool has(const std::string& series) const {
    return table.samples.contains(sample_key(series));
  }
  void failed_for(const std::string& reason, std::string_view words) const {
    CAPTURE(scrape.detail);
    CHECK(value("probe_success") == 0);
    CHECK(has("probe_failure_info{reason=\"" + reason + "\"}"));
    CHECK(scrape.detail.find(words) != std::string::npos);
  }
};

config::HttpSource http_at(std::string url) {
  config::HttpSource definition;
  definition.url = std::move(url);
  return definition;
}

Probed probe(boost::asio::io_context& io, const config::HttpSource& definition,
             Duration timeout = seconds(10)) {
  loop::HttpClient http(io.get_executor());
  const auto source = sources::make_http_source(definition, timeout, http);
  std::optional<Scrape> got;
  source->scrape(TargetId(7), BootTime(seconds(60)), [&](Scrape scrape) {
    CHECK_FALSE(got.has_value());
    got = std::move(scrape);
  });
  REQUIRE(testing::run_until(io, [&] { return got.has_value(); }));
  CHECK(got->target == TargetId(7));
  return {*got, testing::read_samples(got->body)};
}

Probed probe_reply(const PeerReply& answer, config::HttpExpectation expect = {},
                   std::vector<config::JsonGauge> gauges = {}) {
  boost::asio::io_context io;
  HttpPeer peer(io, [&](const PeerRequest&) { return answer; });
  config::HttpSource definition = http_at(peer.url("/health"));
  definition.expect = std::move(expect);
  definition.gauges = std::move(gauges);
  return probe(io, definition);
}

config::HttpExpectation expecting(const std::string& pointer,
                                  std::variant<bool, double, std::string> value) {
  config::HttpExpectation expect;
  expect.json.push_back({pointer, std::move(value)});
  return expect;
}

}  // namespace

TEST_CASE("http probe: a good answer, with its phases") {
  const Probed got = probe_reply(reply(200, "fine"));
  CHECK(got.scrape.outcome == ScrapeOutcome::answered);
  CHECK(got.scrape.detail == "");
  CHECK(got.value("probe_success") == 1);
  CHECK(got.value("probe_http_status_code") == 200);
  CHECK(got.value("probe_http_content_length") == 4);
  CHECK(got.value("probe_http_uncompressed_body_length") == 4);
  CHECK(got.value("probe_http_version") == 1.1);
  CHECK(got.value("probe_http_ssl") == 0);
  CHECK(got.value("probe_ip_protocol") == 4);
  double sum = 0;
  for (const char* phase : {"resolve", "connect", "tls", "processing", "transfer"}) {
    const double took =
        got.value("probe_http_duration_seconds{phase=\"" + std::string(phase) + "\"}");
    CHECK(took >= 0);
    sum += took;
  }
  CHECK(got.value("probe_http_duration_seconds{phase=\"connect\"}") > 0);
  CHECK(got.value("probe_http_duration_seconds{phase=\"processing\"}") > 0);
  CHECK(got.value("probe_http_duration_seconds{phase=\"tls\"}") == 0);
  CHECK(sum <= got.value("probe_duration_seconds") + 0.002);
  CHECK_FALSE(got.has("probe_failure_info"));
}

TEST_CASE("http probe: a status is judged by the list, and a good one is no matter of chance") {
  probe_reply(reply(503, "database is down"))
      .failed_for("bad_status", "status 503, expected 2xx: database is down");
  config::HttpExpectation expect;
  expect.statuses = {"404", "5xx"};
  CHECK(probe_reply(reply(503, ""), expect).value("probe_success") == 1);
  CHECK(probe_reply(reply(404, ""), expect).value("probe_success") == 1);
  const Probed got = probe_reply(reply(200, ""), expect);
  got.failed_for("bad_status", "status 200, expected 404 or 5xx");
  CHECK(got.value("probe_http_status_code") == 200);
  CHECK(got.scrape.outcome == ScrapeOutcome::answered);
}

TEST_CASE("http probe: what the body must and must not hold") {
  config::HttpExpectation expect;
  expect.contains = "operational";
  CHECK(probe_reply(reply(200, "all systems operational\n"), expect).value("probe_success") == 1);
  probe_reply(reply(200, "degraded"), expect)
      .failed_for("text_missing", "does not contain `operational`: degraded");
  expect = {};
  expect.matches = "version [0-9]+";
  CHECK(probe_reply(reply(200, "a\nversion 12\nb"), expect).value("probe_success") == 1);
  const Probed none = probe_reply(reply(200, "version x"), expect);
  none.failed_for("no_match", "matches `version [0-9]+`");
  CHECK(none.value("probe_failed_due_to_regex") == 1);
  expect = {};
  expect.matches_not = "(?i)maintenance|closed";
  CHECK(probe_reply(reply(200, "open"), expect).value("probe_success") == 1);
  probe_reply(reply(200, "<p>We are in MAINTENANCE</p>"), expect).failed_for("match", "matches");
}

TEST_CASE("http probe: what stands in a JSON answer") {
  const PeerReply good =
      reply(200, R"({"status":"ok","db":{"up":true,"lag":0.5},"a/b":[1,{"~":7}]})");
  CHECK(probe_reply(good, expecting("/status", std::string("ok"))).value("probe_success") == 1);
  CHECK(probe_reply(good, expecting("/db/up", true)).value("probe_success") == 1);
  CHECK(probe_reply(good, expecting("/a~1b/1/~0", 7.0)).value("probe_success") == 1);
  probe_reply(good, expecting("/status", std::string("up")))
      .failed_for("bad_json", "/status is \"ok\", expected \"up\"");
  probe_reply(good, expecting("/db/up", 1.0)).failed_for("bad_json", "/db/up is true, expected 1");
  probe_reply(good, expecting("/cache", true)).failed_for("bad_json", "/cache is missing");
  probe_reply(reply(200, "<html>"), expecting("/status", true))
      .failed_for("not_json", "the answer is not JSON");
}

TEST_CASE("http probe: numbers of a JSON answer are gauges; what is no number is not made one") {
  const Probed got =
      probe_reply(reply(200, R"({"queue":{"length":42},"ready":true,"name":"7","big":1e300})"), {},
                  {{"queue_length", "/queue/length"},
                   {"ready", "/ready"},
                   {"named", "/name"},
                   {"big", "/big"}});
  CHECK(got.value("queue_length") == 42);
  CHECK(got.value("ready") == 1);
  CHECK(got.value("big") == 1e300);
  CHECK_FALSE(got.has("named"));
  CHECK(got.scrape.detail == "no `named`: /name is no number: \"7\"");
  CHECK(got.value("probe_success") == 1);
  const Probed none = probe_reply(reply(200, "{"), {}, {{"queue_length", "/queue/length"}});
  CHECK_FALSE(none.has("queue_length"));
  CHECK(none.scrape.detail.starts_with("the answer is not JSON"));
  const Probed beyond = probe_reply(reply(200, R"({"big":1e400})"), {}, {{"big", "/big"}});
  CHECK_FALSE(beyond.has("big"));
  CHECK(beyond.scrape.detail.starts_with("no `big`: /big is no number"));
}

TEST_CASE("http probe: a good answer that comes too late is a failure") {
  config::HttpExpectation expect;
  expect.within = Duration(0);
  boost::asio::io_context io;
  const testing::TlsPeer peer;  // a handshake takes longer than the clock's millisecond
  config::HttpSource definition = http_at("https://127.0.0.1:" + std::to_string(peer.port()) + "/");
  definition.http.ca_file = peer.certificate_file();
  definition.expect = expect;
  probe(io, definition).failed_for("too_slow", "expected within");
  definition.expect.within = hours(1);
  CHECK(probe(io, definition).value("probe_success") == 1);
}

TEST_CASE("http probe: no answer at all is measured, with its reason") {
  boost::asio::io_context io;
  const std::uint16_t port = testing::closed_port(io);
  const Probed refused = probe(io, http_at("http://127.0.0.1:" + std::to_string(port) + "/"));
  refused.failed_for("refused", "could not connect to 127.0.0.1:");
  CHECK(refused.scrape.outcome == ScrapeOutcome::answered);
  CHECK(refused.value("probe_http_status_code") == 0);
  probe(io, http_at("http://no-such-host.invalid/")).failed_for("unresolved", "does not resolve");
  HttpPeer silent(io, [](const PeerRequest&) { return PeerReply{"", PeerReply::Then::hang}; });
  probe(io, http_at(silent.url("/")), milliseconds(80)).failed_for("timed_out", "within 80ms");
  probe_reply({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", PeerReply::Then::close})
      .failed_for("broken_off", "in the middle of its answer");
  probe_reply(
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab", PeerReply::Then::close})
      .failed_for("broken_off", "in the middle of its answer");
  probe_reply({"220 mail.example.com ESMTP\r\n", PeerReply::Then::close})
      .failed_for("unavailable", "is no HTTP");
  probe_reply(reply(302, "", {"Location: http://elsewhere.example.com/"}))
      .failed_for("redirected", "redirects to another origin");
}

TEST_CASE("http probe: each probe is a connection of its own, so that all phases are measured") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "fine"); });
  loop::HttpClient http(io.get_executor());
  const auto source = sources::make_http_source(http_at(peer.url("/")), seconds(10), http);
  for (int round = 0; round < 2; ++round) {
    bool told = false;
    source->scrape(TargetId(1), BootTime(), [&](const Scrape&) { told = true; });
    REQUIRE(testing::run_until(io, [&] { return told; }));
  }
  CHECK(peer.connections() == 2);
}

TEST_CASE("http probe: method, headers, body and credentials are sent, and never told") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(500, "no"); });
  ::setenv("TOCSIN_TEST_KEY", "hunter2", 1);
  config::HttpSource definition = http_at(peer.url("/query?x=1"));
  definition.method = "POST";
  definition.body = R"({"ping":true})";
  definition.headers = {{"X-Api-Key", {"env:TOCSIN_TEST_KEY"}}, {"Accept", {"value:text/plain"}}};
  definition.http.bearer = {"env:TOCSIN_TEST_KEY"};
  const Probed got = probe(io, definition);
  REQUIRE(peer.requests().size() == 1);
  const PeerRequest& request = peer.requests()[0];
  CHECK(request.method == "POST");
  CHECK(request.target == "/query?x=1");
  CHECK(request.body == definition.body);
  CHECK(request.headers.at("x-api-key") == "hunter2");
  CHECK(request.headers.at("accept") == "text/plain");
  CHECK(request.headers.at("authorization") == "Bearer hunter2");
  CHECK((got.scrape.detail + got.scrape.body).find("hunter2") == std::string::npos);
}

TEST_CASE("http probe: a server that quotes what it was sent brings no secret to light") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest& request) {
    std::string all = "you sent";
    for (const auto& [name, value] : request.headers) all += " " + value;
    return reply(401, all);
  });
  ::setenv("TOCSIN_TEST_KEY", "hunter2", 1);
  config::HttpSource definition = http_at(peer.url("/"));
  SUBCASE("bearer") {
    definition.http.bearer = {"env:TOCSIN_TEST_KEY"};
  }
  SUBCASE("basic") {
    definition.http.username = "u";
    definition.http.password = {"env:TOCSIN_TEST_KEY"};
  }
  SUBCASE("header") {
    definition.headers = {{"X-Api-Key", {"env:TOCSIN_TEST_KEY"}}};
  }
  SUBCASE("URL") {
    definition.url.insert(definition.url.find("127"), "u:hunter2@");
  }
  const Probed got = probe(io, definition);
  got.failed_for("bad_status", "you sent");
  CHECK(got.scrape.detail.find("***") != std::string::npos);
  CHECK(got.scrape.detail.find("hunter2") == std::string::npos);
  CHECK(got.scrape.detail.find("dTpodW50ZXIy") == std::string::npos);
}

TEST_CASE("http probe: a secret that cannot be read asks nobody, and is unknown rather than down") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, ""); });
  config::HttpSource definition = http_at(peer.url("/"));
  definition.headers = {{"X-Api-Key", {"file:/nonexistent/key"}}};
  const Probed got = probe(io, definition);
  CHECK(got.scrape.outcome == ScrapeOutcome::unavailable);
  CHECK(got.scrape.detail.find("header X-Api-Key") != std::string::npos);
  CHECK(got.scrape.body == "");
  CHECK(peer.requests().empty());
}

TEST_CASE(
    "http probe: a certificate's fault has its name, and its expiry is measured all the same") {
  boost::asio::io_context io;
  const testing::TlsPeer peer;
  config::HttpSource definition = http_at("https://127.0.0.1:" + std::to_string(peer.port()) + "/");
  const Probed stranger = probe(io, definition);
  stranger.failed_for("tls_failed", "self-signed certificate");
  CHECK(stranger.has("probe_ssl_verify_error_info{error=\"self-signed certificate\"}"));
  const double left =
      stranger.value("probe_ssl_earliest_cert_expiry") - static_cast<double>(::time(nullptr));
  CHECK(left > 23 * 3600);
  CHECK(left <= 24 * 3600);
  definition.verify = false;
  const Probed unverified = probe(io, definition);
  CHECK(unverified.value("probe_success") == 1);
  CHECK(unverified.value("probe_http_ssl") == 1);
  CHECK(unverified.has("probe_ssl_verify_error_info{error=\"self-signed certificate\"}"));
  definition.verify = true;
  definition.http.ca_file = peer.certificate_file();
  const Probed known = probe(io, definition);
  CHECK(known.value("probe_success") == 1);
  CHECK(known.value("probe_tls_version_info{version=\"TLS 1.3\"}") == 1);
  CHECK(known.value("probe_http_duration_seconds{phase=\"tls\"}") > 0);
  CHECK_FALSE(known.has("probe_ssl_verify_error_info{error=\"self-signed certificate\"}"));
  definition.url.replace(definition.url.find("127.0.0.1"), 9, "localhost");
  probe(io, definition).failed_for("tls_failed", "localhost");
}
