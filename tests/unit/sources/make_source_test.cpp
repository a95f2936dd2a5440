// Risk: a configured target is scraped by the wrong kind of source.
#include "sources/make_source.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "loop/http_client.hpp"
#include "loop/worker_pool.hpp"
#include "sources/host_collector.hpp"
#include "sources/jobs.hpp"
#include "sources/network.hpp"
#include "support/http_peer.hpp"

using namespace tocsin;
using namespace tocsin::sources;

TEST_CASE("sources: each kind is made from its definition") {
  boost::asio::io_context io;
  loop::HttpClient http(io.get_executor());
  loop::WorkerPool pool(io.get_executor(), {});
  HostCollector host(host::Options(), pool, seconds(10));
  Network network(io.get_executor());
  Jobs jobs(io.get_executor(), pool, "/nonexistent/jobs.json", "this-boot");
  testing::HttpPeer peer(
      io, [](const testing::PeerRequest&) { return testing::reply(200, "from_http 1\n"); });
  const Workshop workshop{http,    host, [] { return std::string("from_tocsin 1\n"); },
                          network, jobs, pool};
  const auto body_of = [&](const decltype(config::Source::kind)& kind) {
    config::Source definition;
    definition.kind = kind;
    const auto source = make_source(definition, workshop);
    std::optional<Scrape> got;
    source->scrape(TargetId(3), BootTime(), [&](Scrape scrape) { got = std::move(scrape); });
    CHECK(testing::run_until(io, [&] { return got.has_value(); }));
    CHECK(got->target == TargetId(3));
    CHECK(got->outcome == ScrapeOutcome::answered);
    return got->body;
  };
  config::PrometheusSource prometheus;
  prometheus.url = peer.url("/metrics");
  CHECK(body_of(prometheus) == "from_http 1\n");
  CHECK(body_of(config::SelfSource()) == "from_tocsin 1\n");
  CHECK(body_of(config::HostSource()).find("node_load1 ") != std::string::npos);
}
