// Risk: an outage of one's own is told as the other side's, or a probe answers twice, late or
// never.
#include "sources/network.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <optional>
#include <string>

#include "sources/dns.hpp"
#include "sources/ping.hpp"
#include "sources/tcp.hpp"
#include "sources/uplink.hpp"
#include "support/http_peer.hpp"
#include "support/sample_table.hpp"

using namespace tocsin;
using namespace tocsin::sources;

namespace {

Scrape scraped(boost::asio::io_context& io, Source& source) {
  std::optional<Scrape> got;
  int times = 0;
  source.scrape(TargetId(3), BootTime(), [&](Scrape scrape) {
    got = std::move(scrape);
    ++times;
  });
  REQUIRE(testing::run_until(io, [&] { return got.has_value(); }));
  testing::run_ready(io);
  CHECK(times == 1);
  return *std::move(got);
}

bool has_line(const Scrape& scrape, std::string_view line) {
  return ("\n" + scrape.body).find("\n" + std::string(line) + "\n") != std::string::npos;
}

config::UplinkSource uplink_at(std::uint16_t port) {
  return {{"127.0.0.1:" + std::to_string(port)}};
}

/// Fails, or does not, as the test says.
class FakeInner final : public Source {
 public:
  explicit FakeInner(bool fails) : fails_(fails) {}
  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    scrape.body = "x 1\n";
    scrape.detail = fails_ ? "nobody there" : "";
    done(std::move(scrape));
  }
  void cancel() override {}
  bool is_down(const Scrape& /*scrape*/) const override { return fails_; }

 private:
  bool fails_;
};

}  // namespace

TEST_CASE("tcp: a port that takes connections, and one that does not") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  testing::HttpPeer peer(io, [](const testing::PeerRequest&) { return testing::reply(200, ""); });
  const auto open =
      make_tcp_source({"localhost:" + std::to_string(peer.port())}, seconds(5), network);
  const Scrape up = scraped(io, *open);
  CHECK(has_line(up, "tcp_up 1"));
  const double took = std::stod(testing::read_samples(up.body).samples.at("tcp_connect_seconds{}"));
  CHECK(took > 0);
  CHECK(took < 5);
  CHECK_FALSE(open->is_down(up));
  const auto shut = make_tcp_source({"127.0.0.1:" + std::to_string(testing::closed_port(io))},
                                    seconds(5), network);
  const Scrape down = scraped(io, *shut);
  CHECK(has_line(down, "tcp_up 0"));
  CHECK(has_line(down, "tcp_failure_info{reason=\"refused\"} 1"));
  CHECK(down.outcome == ScrapeOutcome::answered);
  CHECK(shut->is_down(down));
}

TEST_CASE("ping: this host replies, by whatever means this process has") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  config::PingSource definition;
  definition.address = "127.0.0.1";
  definition.spacing = milliseconds(1);
  definition.port = testing::closed_port(io);
  const auto source = make_ping_source(definition, seconds(5), network);
  const Scrape scrape = scraped(io, *source);
  CHECK(has_line(scrape, "ping_up 1"));
  CHECK(has_line(scrape, "ping_requests 5"));
  CHECK(has_line(scrape, "ping_replies 5"));
  CHECK(has_line(scrape, "ping_loss_ratio 0"));
  CHECK_FALSE(source->is_down(scrape));
}

TEST_CASE("probes: what is cancelled does not answer any more") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  boost::asio::ip::udp::socket deaf(io, {boost::asio::ip::address_v4::loopback(), 0});
  config::DnsSource question;
  question.name = "example.com";
  question.server = "127.0.0.1:" + std::to_string(deaf.local_endpoint().port());
  config::PingSource ping;
  ping.address = "127.0.0.1";
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(make_dns_source(question, seconds(5), network));
  sources.push_back(make_ping_source(ping, seconds(5), network));
  sources.push_back(make_tcp_source({"127.0.0.1:9"}, seconds(5), network));
  sources.push_back(make_uplink_source("u", uplink_at(9), seconds(5), network));
  sources.push_back(behind_uplink(std::make_unique<FakeInner>(true), "u", seconds(5), network));
  for (const auto& source : sources) {
    int told = 0;
    source->scrape(TargetId(1), BootTime(), [&](const Scrape&) { ++told; });
    source->cancel();
    testing::run_ready(io);
    CHECK(told == 0);
  }
}

TEST_CASE("uplink: dead is where none of its addresses answers") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  testing::HttpPeer peer(io, [](const testing::PeerRequest&) { return testing::reply(200, ""); });
  config::UplinkSource both = uplink_at(testing::closed_port(io));
  const auto dead = make_uplink_source("one", both, seconds(5), network);
  const Scrape none = scraped(io, *dead);
  CHECK(has_line(none, "uplink_up 0"));
  CHECK(none.detail.find("Connection refused") != std::string::npos);
  both.addresses.push_back(uplink_at(peer.port()).addresses[0]);
  const auto alive = make_uplink_source("two", both, seconds(5), network);
  const Scrape one = scraped(io, *alive);
  CHECK(has_line(one, "uplink_up 1"));
  CHECK(has_line(one, "uplink_address_up{address=\"" + both.addresses[0] + "\"} 0"));
  CHECK(has_line(one, "uplink_address_up{address=\"" + both.addresses[1] + "\"} 1"));
}

TEST_CASE("uplink: only what fails through a dead one is unknown") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  testing::HttpPeer peer(io, [](const testing::PeerRequest&) { return testing::reply(200, ""); });
  const auto dead =
      make_uplink_source("dead", uplink_at(testing::closed_port(io)), seconds(5), network);
  const auto alive = make_uplink_source("alive", uplink_at(peer.port()), seconds(5), network);
  const auto outcome = [&](bool fails, const std::string& uplink) {
    const auto source =
        behind_uplink(std::make_unique<FakeInner>(fails), uplink, seconds(5), network);
    return scraped(io, *source);
  };
  CHECK(outcome(false, "dead").body == "x 1\n");
  CHECK(outcome(true, "alive").body == "x 1\n");
  CHECK(outcome(true, "unheard of").body == "x 1\n");
  const Scrape unknown = outcome(true, "dead");
  CHECK(unknown.outcome == ScrapeOutcome::unavailable);
  CHECK(unknown.body.empty());
  CHECK(unknown.detail == "unknown: its uplink dead is dead (nobody there)");
}

TEST_CASE(
    "uplink: those who ask at once share one look, and an uplink that goes away answers them") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  testing::HttpPeer peer(io, [](const testing::PeerRequest&) { return testing::reply(200, ""); });
  network.uplinks.add("u", uplink_at(peer.port()), &io);
  std::vector<bool> told;
  std::vector<std::shared_ptr<void>> asked;
  for (int each = 0; each < 50; ++each) {
    asked.push_back(network.uplinks.ask("u", seconds(5), [&](bool dead) { told.push_back(dead); }));
  }
  CHECK(testing::run_until(io, [&] { return told.size() == 50; }));
  CHECK(peer.connections() == 1);
  CHECK(told == std::vector<bool>(50, false));
  network.uplinks.add("v", uplink_at(9), &io);
  bool answered = false;
  const auto last = network.uplinks.ask("v", seconds(5), [&](bool) { answered = true; });
  network.uplinks.remove("v", &peer);
  CHECK_FALSE(answered);
  network.uplinks.remove("v", &io);
  CHECK(answered);
}

TEST_CASE("names: an address needs no name server, and has one protocol") {
  boost::asio::io_context io;
  Network network(io.get_executor());
  std::optional<Result<Names::Addresses>> four;
  std::optional<Result<Names::Addresses>> six;
  network.names.look_up("127.0.0.1", config::IpProtocol::any, seconds(5),
                        [&](const auto& found) { four = found; });
  network.names.look_up("127.0.0.1", config::IpProtocol::ip6, seconds(5),
                        [&](const auto& found) { six = found; });
  CHECK(testing::run_until(io, [&] { return four && six; }));
  REQUIRE(four->has_value());
  CHECK((*four)->front().to_string() == "127.0.0.1");
  REQUIRE_FALSE(six->has_value());
  CHECK(six->error().text == "127.0.0.1 has no IPv6 address");
}
