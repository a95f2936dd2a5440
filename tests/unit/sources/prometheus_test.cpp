// Risk: a target that misbehaves holds a scrape for ever, fills the memory, is taken for well, or
// its credentials come out in what is said of it.
#include "sources/prometheus.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <optional>

#include "support/http_peer.hpp"
#include "support/tls_peer.hpp"

using namespace tocsin;
using testing::HttpPeer;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;
using tcp = boost::asio::ip::tcp;

namespace {

constexpr Duration kPlenty = seconds(10);
constexpr Duration kShort = milliseconds(80);
const std::string kMetrics = "# TYPE up gauge\nup 1\n";
const std::string kText = "Content-Type: text/plain; version=0.0.4; charset=utf-8";

config::PrometheusSource at(std::string url) {
  config::PrometheusSource definition;
  definition.url = std::move(url);
  return definition;
}

Scrape scrape(boost::asio::io_context& io, const config::PrometheusSource& definition,
              Duration timeout = kPlenty) {
  loop::HttpClient http(io.get_executor());
  const auto source = sources::make_prometheus_source(definition, timeout, http);
  std::optional<Scrape> got;
  source->scrape(TargetId(7), BootTime(seconds(60)), [&](Scrape answer) {
    CHECK_FALSE(got.has_value());
    got = std::move(answer);
  });
  const bool answered = testing::run_until(io, [&] { return got.has_value(); });
  REQUIRE(answered);
  CHECK(got->target == TargetId(7));
  CHECK(got->tick == BootTime(seconds(60)));
  CHECK((got->outcome == ScrapeOutcome::answered) == got->detail.empty());
  if (got->outcome != ScrapeOutcome::answered) CHECK(got->body.empty());
  return *got;
}

Scrape scrape_of_reply(const PeerReply& answer, Duration timeout = kPlenty) {
  boost::asio::io_context io;
  HttpPeer peer(io, [&](const PeerRequest&) { return answer; });
  return scrape(io, at(peer.url("/metrics")), timeout);
}

/// A target that sends a line every few milliseconds and never ends.
class DrippingTarget {
 public:
  explicit DrippingTarget(boost::asio::io_context& io)
      : acceptor_(io, {boost::asio::ip::address_v4::loopback(), 0}), socket_(io), timer_(io) {
    acceptor_.async_accept(socket_, [this](boost::system::error_code error) {
      if (!error) send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n");
    });
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/metrics";
  }

 private:
  void send(std::string text) {
    line_ = std::move(text);
    boost::asio::async_write(socket_, boost::asio::buffer(line_),
                             [this](boost::system::error_code error, std::size_t) {
                               if (!error) wait();
                             });
  }
  void wait() {
    timer_.expires_after(milliseconds(5));
    timer_.async_wait([this](boost::system::error_code error) {
      if (!error) send("up 1\n");
    });
  }

  tcp::acceptor acceptor_;
  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::string line_;
};

/// A file with a secret in it, gone at the end.
class SecretFile {
 public:
  explicit SecretFile(const std::string& content) {
    std::string name = (std::filesystem::temp_directory_path() / "tocsin-secret-XXXXXX").string();
    const int fd = ::mkstemp(name.data());
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = name;
    std::ofstream(path_) << content;
  }
  ~SecretFile() { std::filesystem::remove(path_); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  [[nodiscard]] config::Secret reference() const { return {"file:" + path_}; }

 private:
  std::string path_;
};

bool says(const Scrape& scrape, std::string_view words) {
  CAPTURE(scrape.detail);
  return scrape.detail.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("prometheus source: asks for both formats and takes the one it is given") {
  boost::asio::io_context io;
  std::string type = "text/plain; version=0.0.4";
  HttpPeer peer(
      io, [&](const PeerRequest&) { return reply(200, kMetrics, {"Content-Type: " + type}); });
  const Scrape text = scrape(io, at(peer.url("/metrics?a=b")));
  CHECK(text.outcome == ScrapeOutcome::answered);
  CHECK(text.body == kMetrics);
  CHECK(text.format == ExpositionFormat::text);
  type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  CHECK(scrape(io, at(peer.url("/"))).format == ExpositionFormat::openmetrics);
  REQUIRE(peer.requests().size() == 2);
  const PeerRequest& request = peer.requests()[0];
  CHECK(request.target == "/metrics?a=b");
  CHECK(request.headers.at("accept").find("text/plain;version=0.0.4") != std::string::npos);
  CHECK(request.headers.at("accept").find("application/openmetrics-text;version=1.0.0") !=
        std::string::npos);
  CHECK(request.headers.at("accept-encoding") == "gzip");
  CHECK(request.headers.at("x-prometheus-scrape-timeout-seconds") == "10.000");
}

TEST_CASE("prometheus source: metrics without a content type, or an odd one, are taken") {
  CHECK(scrape_of_reply(reply(200, kMetrics)).outcome == ScrapeOutcome::answered);
  CHECK(scrape_of_reply(reply(200, kMetrics, {"Content-Type: application/octet-stream"})).outcome ==
        ScrapeOutcome::answered);
  CHECK(scrape_of_reply(reply(200, "", {kText})).outcome == ScrapeOutcome::answered);
}

TEST_CASE("prometheus source: nobody listens") {
  boost::asio::io_context io;
  const std::uint16_t port = testing::closed_port(io);
  const Scrape got = scrape(io, at("http://127.0.0.1:" + std::to_string(port) + "/metrics"));
  CHECK(got.outcome == ScrapeOutcome::refused);
  CHECK(says(got, "127.0.0.1:" + std::to_string(port)));
}

TEST_CASE("prometheus source: the connection breaks") {
  const Scrape before = scrape_of_reply({"", PeerReply::Then::reset});
  CHECK(before.outcome == ScrapeOutcome::refused);
  const Scrape within = scrape_of_reply(
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n", PeerReply::Then::close});
  CHECK(within.outcome == ScrapeOutcome::refused);
  CHECK(says(within, "in the middle of its answer"));
}

TEST_CASE("prometheus source: a target that says nothing is timed out") {
  const Scrape got = scrape_of_reply({"", PeerReply::Then::hang}, kShort);
  CHECK(got.outcome == ScrapeOutcome::timed_out);
  CHECK(says(got, "did not answer within 80ms"));
}

TEST_CASE("prometheus source: a target that stalls within its body is timed out, with what came") {
  const Scrape got = scrape_of_reply(
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nup 1\n", PeerReply::Then::hang}, kShort);
  CHECK(got.outcome == ScrapeOutcome::timed_out);
  CHECK(says(got, "did not finish its answer within 80ms: 5 bytes came"));
}

TEST_CASE("prometheus source: a body that drips for ever ends at the timeout") {
  boost::asio::io_context io;
  const DrippingTarget target(io);
  const Scrape got = scrape(io, at(target.url()), kShort);
  CHECK(got.outcome == ScrapeOutcome::timed_out);
  CHECK(says(got, "bytes came"));
}

TEST_CASE("prometheus source: a body without end is cut at the limit") {
  boost::asio::io_context io;
  HttpPeer peer(io, [&](const PeerRequest&) {
    return PeerReply{"HTTP/1.1 200 OK\r\n\r\n" + std::string(200'000, 'x'), PeerReply::Then::hang};
  });
  config::PrometheusSource definition = at(peer.url("/metrics"));
  definition.max_body_bytes = 65536;
  const Scrape got = scrape(io, definition);
  CHECK(got.outcome == ScrapeOutcome::too_large);
  CHECK(says(got, "65536 bytes"));
}

TEST_CASE("prometheus source: what claims to be gzip and is not") {
  const Scrape got = scrape_of_reply(reply(200, kMetrics, {kText, "Content-Encoding: gzip"}));
  CHECK(got.outcome == ScrapeOutcome::unavailable);
  CHECK(says(got, "ncoding"));
}

TEST_CASE("prometheus source: a page is no metrics, by its type or by its look") {
  const Scrape typed = scrape_of_reply(reply(200, "hello", {"Content-Type: text/html"}));
  CHECK(typed.outcome == ScrapeOutcome::not_metrics);
  CHECK(says(typed, "text/html"));
  const Scrape looks = scrape_of_reply(reply(200, "\n <!DOCTYPE html><html>", {kText}));
  CHECK(looks.outcome == ScrapeOutcome::not_metrics);
  CHECK(says(looks, "<!DOCTYPE html>"));
  CHECK(scrape_of_reply(reply(200, "{}", {"Content-Type: application/json"})).outcome ==
        ScrapeOutcome::not_metrics);
}

TEST_CASE("prometheus source: statuses that are no answer") {
  const Scrape unauthorized = scrape_of_reply(reply(401, "who are you"));
  CHECK(unauthorized.outcome == ScrapeOutcome::unauthorized);
  CHECK(says(unauthorized, "401"));
  CHECK(says(unauthorized, "who are you"));
  CHECK(scrape_of_reply(reply(403, "")).outcome == ScrapeOutcome::unauthorized);
  const Scrape broken = scrape_of_reply(reply(500, "<html>trouble</html>"));
  CHECK(broken.outcome == ScrapeOutcome::bad_status);
  CHECK(broken.detail == "status 500");
  CHECK(scrape_of_reply(reply(404, kMetrics)).outcome == ScrapeOutcome::bad_status);
  CHECK(scrape_of_reply(reply(204, "")).outcome == ScrapeOutcome::bad_status);
}

TEST_CASE("prometheus source: a terminal's escapes in an answer's words are shown, not sent on") {
  const Scrape got = scrape_of_reply(reply(500, "\x1b[31mred\nsecond line"));
  CHECK(got.detail == "status 500: \\x1b[31mred");
}

TEST_CASE("prometheus source: a redirect to another host is not followed") {
  boost::asio::io_context io;
  HttpPeer other(io, [](const PeerRequest&) { return reply(200, kMetrics, {kText}); });
  HttpPeer peer(io, [&](const PeerRequest&) {
    return reply(302, "", {"Location: " + other.url("/metrics")});
  });
  const Scrape got = scrape(io, at(peer.url("/metrics")));
  CHECK(got.outcome == ScrapeOutcome::bad_status);
  CHECK(says(got, "redirects"));
  CHECK(other.requests().empty());
}

TEST_CASE("prometheus source: a name without an address") {
  boost::asio::io_context io;
  const Scrape got = scrape(io, at("http://no-such-host.invalid/metrics"));
  CHECK(got.outcome == ScrapeOutcome::unresolved);
}

TEST_CASE("prometheus source: a certificate that nobody vouches for") {
  boost::asio::io_context io;
  const testing::TlsPeer peer;
  config::PrometheusSource definition =
      at("https://127.0.0.1:" + std::to_string(peer.port()) + "/metrics");
  const Scrape stranger = scrape(io, definition);
  CHECK(stranger.outcome == ScrapeOutcome::tls_failed);
  CHECK(says(stranger, "certificate"));
  CHECK(peer.served() == 0);
  definition.http.ca_file = peer.certificate_file();
  CHECK(scrape(io, definition).outcome != ScrapeOutcome::tls_failed);
  CHECK(peer.served() == 1);
}

TEST_CASE("prometheus source: credentials are sent, and never told") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest& request) {
    const auto sent = request.headers.find("authorization");
    return reply(401, "you sent " + (sent == request.headers.end() ? "" : sent->second));
  });
  const SecretFile secret("hunter2\n");
  config::PrometheusSource definition = at(peer.url("/metrics"));
  SUBCASE("basic") {
    definition.http.username = "scraper";
    definition.http.password = secret.reference();
    const Scrape got = scrape(io, definition);
    CHECK_FALSE(says(got, "hunter2"));
    CHECK(says(got, "you sent Basic ***"));
    CHECK(peer.requests().at(0).headers.at("authorization") == "Basic c2NyYXBlcjpodW50ZXIy");
  }
  SUBCASE("bearer") {
    definition.http.bearer = secret.reference();
    const Scrape got = scrape(io, definition);
    CHECK_FALSE(says(got, "hunter2"));
    CHECK(peer.requests().at(0).headers.at("authorization") == "Bearer hunter2");
  }
  SUBCASE("in the URL") {
    definition.url.insert(definition.url.find("127"), "scraper:hunter2@");
    CHECK_FALSE(says(scrape(io, definition), "hunter2"));
  }
}

TEST_CASE("prometheus source: a secret that cannot be read asks nobody") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, kMetrics, {kText}); });
  config::PrometheusSource definition = at(peer.url("/metrics"));
  definition.http.bearer = {"file:/nonexistent/token"};
  const Scrape got = scrape(io, definition);
  CHECK(got.outcome == ScrapeOutcome::unavailable);
  CHECK(says(got, "file:/nonexistent/token"));
  CHECK(peer.requests().empty());
}

TEST_CASE("prometheus source: a scrape that was cancelled is not answered") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, kMetrics, {kText}); });
  loop::HttpClient http(io.get_executor());
  const auto source = sources::make_prometheus_source(at(peer.url("/")), kPlenty, http);
  int first = 0;
  int second = 0;
  source->scrape(TargetId(1), BootTime(), [&](const Scrape&) { ++first; });
  source->cancel();
  source->scrape(TargetId(1), BootTime(), [&](const Scrape&) { ++second; });
  CHECK(testing::run_until(io, [&] { return second > 0; }));
  CHECK(first == 0);
  CHECK(second == 1);
}
