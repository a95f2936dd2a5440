#include "sources/ping.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "sources/exposition.hpp"
#include "sources/ping_run.hpp"

namespace tocsin::sources {
namespace {

/// The nearest rank: of five, the 0.95 quantile is the slowest.
double at_quantile(const std::vector<double>& ascending, double share) {
  const double rank = std::ceil(share * static_cast<double>(ascending.size()));
  return ascending[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::string render_ping(const PingResult& result) {
  Exposition out;
  const bool up = !result.round_trips.empty();
  out.gauge("ping_up", "1 where any echo request was replied to.").add(up ? 1 : 0);
  if (!result.failure.reason.empty()) {
    out.gauge("ping_failure_info", "Why there was no reply; only while there is none, always 1.")
        .add({{"reason", result.failure.reason}}, 1);
  }
  out.gauge("ping_resolve_seconds", "How long the name's resolution took.")
      .add(result.resolve_seconds);
  if (result.sent == 0) return out.text();
  const auto sent = static_cast<double>(result.sent);
  const auto received = static_cast<double>(result.round_trips.size());
  out.gauge("ping_method_info", "How it was asked, and under which address; always 1.")
      .add({{"method", result.method}, {"address", result.address}}, 1);
  out.gauge("ping_requests", "Echo requests that were sent.").add(sent);
  out.gauge("ping_replies", "Replies that came in time.").add(received);
  out.gauge("ping_loss_ratio", "The share of requests without a reply.")
      .add((sent - received) / sent);
  if (!up) return out.text();
  MetricFamily& times =
      out.gauge("ping_rtt_seconds", "The way there and back, by quantile: 0, 0.5, 0.95, 1.");
  times.add({{"quantile", "0"}}, result.round_trips.front());
  times.add({{"quantile", "0.5"}}, at_quantile(result.round_trips, 0.5));
  times.add({{"quantile", "0.95"}}, at_quantile(result.round_trips, 0.95));
  times.add({{"quantile", "1"}}, result.round_trips.back());
  return out.text();
}

class PingTarget final : public Source {
 public:
  PingTarget(const config::PingSource& definition, Duration timeout, Network& network)
      : definition_(definition), timeout_(timeout), network_(network) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    run_.emplace(network_, definition_, timeout_,
                 [this, scrape, started = loop::now().boot,
                  tell = std::move(done)](const PingResult& result) mutable {
                   run_.reset();
                   failed_ = result.round_trips.empty();
                   scrape.took = loop::now().boot - started;
                   scrape.detail = result.failure.detail;
                   scrape.body = render_ping(result);
                   tell(std::move(scrape));
                 });
  }
  void cancel() override { run_.reset(); }
  bool is_down(const Scrape& /*scrape*/) const override { return failed_; }

 private:
  config::PingSource definition_;
  Duration timeout_;
  Network& network_;
  std::optional<PingRun> run_;
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<Source> make_ping_source(const config::PingSource& definition, Duration timeout,
                                         Network& network) {
  return std::make_unique<PingTarget>(definition, timeout, network);
}

}  // namespace tocsin::sources
