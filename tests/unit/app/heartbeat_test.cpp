// Risk: the service outside hears nothing, or that all is well, while tocsin stands still.
#include "app/heartbeat.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "support/http_peer.hpp"

using namespace tocsin;
using app::Heartbeat;

namespace {

config::Heartbeat to(const std::string& url) {
  config::Heartbeat out;
  out.url.reference = "value:" + url;
  out.every = milliseconds(20);
  out.timeout = milliseconds(500);
  return out;
}

struct HeartbeatWorld {
  boost::asio::io_context io;
  int status = 200;
  std::vector<std::string> troubles;
  testing::HttpPeer peer{
      io, [this](const testing::PeerRequest&) { return testing::reply(status, "OK"); }};
  loop::HttpClient http{io.get_executor()};
  Heartbeat heartbeat{http, [this] { return troubles; }};

  /// The next request, however many there were.
  const testing::PeerRequest& next() {
    const std::size_t before = peer.requests().size();
    REQUIRE(testing::run_until(io, [&] { return peer.requests().size() > before; }));
    return peer.requests().back();
  }
};

}  // namespace

TEST_CASE("heartbeat: a failure is told behind the path") {
  CHECK(app::fail_url("https://hc.example.com/uuid") == "https://hc.example.com/uuid/fail");
  CHECK(app::fail_url("https://hc.example.com/uuid/") == "https://hc.example.com/uuid/fail");
  CHECK(app::fail_url("https://hc.example.com/key/slug?create=1") ==
        "https://hc.example.com/key/slug/fail?create=1");
}

TEST_CASE("heartbeat: success, then what stands still, then success again") {
  HeartbeatWorld world;
  world.heartbeat.configure(to(world.peer.url("/uuid")));
  CHECK(world.next().method == "POST");
  CHECK(world.peer.requests().back().target == "/uuid");
  CHECK(world.peer.requests().back().body.empty());
  world.troubles = {"no target answers", "storage does not record"};
  REQUIRE(testing::run_until(world.io, [&] { return world.heartbeat.counts()->failure > 0; }));
  CHECK(world.peer.requests().back().target == "/uuid/fail");
  CHECK(world.peer.requests().back().body == "no target answers\nstorage does not record");
  CHECK(!world.heartbeat.counts()->well);
  world.troubles.clear();
  const auto before = world.heartbeat.counts()->success;
  REQUIRE(testing::run_until(world.io, [&] { return world.heartbeat.counts()->success > before; }));
  CHECK(world.heartbeat.counts()->well);
}

TEST_CASE("heartbeat: a service that says no is counted until it says yes") {
  HeartbeatWorld world;
  world.status = 404;
  world.heartbeat.configure(to(world.peer.url("/uuid")));
  REQUIRE(
      testing::run_until(world.io, [&] { return world.heartbeat.counts()->unsent_in_a_row >= 3; }));
  world.status = 200;
  REQUIRE(testing::run_until(world.io, [&] { return world.heartbeat.counts()->success > 0; }));
  CHECK(world.heartbeat.counts()->unsent_in_a_row == 0);
  CHECK(world.heartbeat.counts()->unsent >= 3);
}

TEST_CASE(
    "heartbeat: nobody there, and a secret that cannot be read, are pings that were not sent") {
  HeartbeatWorld world;
  config::Heartbeat wanted = to(world.peer.url("/uuid"));
  SUBCASE("nobody there") {
    const auto port = testing::closed_port(world.io);
    wanted = to("http://127.0.0.1:" + std::to_string(port) + "/uuid");
  }
  SUBCASE("no secret") {
    wanted.url.reference = "file:/nonexistent/url";
  }
  world.heartbeat.configure(wanted);
  REQUIRE(testing::run_until(world.io, [&] { return world.heartbeat.counts()->unsent >= 2; }));
  CHECK(world.peer.requests().empty());
}

TEST_CASE("heartbeat: none where none is configured, any more or at all") {
  HeartbeatWorld world;
  world.heartbeat.configure(std::nullopt);
  CHECK(!world.heartbeat.counts());
  world.heartbeat.configure(to(world.peer.url("/uuid")));
  world.next();
  world.heartbeat.configure(std::nullopt);
  CHECK(!world.heartbeat.counts());
  const std::size_t before = world.peer.requests().size();
  world.io.run_for(std::chrono::milliseconds(100));
  CHECK(world.peer.requests().size() == before);
}
