#include "sources/uplink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "sources/exposition.hpp"
#include "sources/network.hpp"

namespace tocsin::sources {
namespace {

std::string render_uplink(const UplinkSeen& seen) {
  Exposition out;
  out.gauge("uplink_up", "1 where any of its addresses answers.").add(seen.dead() ? 0 : 1);
  MetricFamily& up = out.gauge("uplink_address_up", "1 where this address answers.");
  MetricFamily& times = out.gauge("uplink_address_seconds", "How long its answer took.");
  for (const UplinkSeen::Address& each : seen.addresses) {
    up.add({{"address", each.address}}, each.answers ? 1 : 0);
    if (each.answers) times.add({{"address", each.address}}, each.seconds);
  }
  return out.text();
}

class UplinkTarget final : public Source {
 public:
  UplinkTarget(std::string name, config::UplinkSource definition, Duration timeout,
               Network& network)
      : name_(std::move(name)),
        definition_(std::move(definition)),
        timeout_(timeout),
        network_(network) {
    network_.uplinks.add(name_, definition_, this);
  }
  ~UplinkTarget() override { network_.uplinks.remove(name_, this); }
  UplinkTarget(const UplinkTarget&) = delete;
  UplinkTarget& operator=(const UplinkTarget&) = delete;

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    check_.emplace(network_, definition_, timeout_, false,
                   [this, scrape, started = loop::now().boot,
                    tell = std::move(done)](const UplinkSeen& seen) mutable {
                     check_.reset();
                     scrape.took = loop::now().boot - started;
                     for (const UplinkSeen::Address& each : seen.addresses) {
                       if (each.trouble.empty()) continue;
                       scrape.detail += (scrape.detail.empty() ? "" : "; ") + each.trouble;
                     }
                     scrape.body = render_uplink(seen);
                     tell(std::move(scrape));
                   });
  }
  void cancel() override { check_.reset(); }

 private:
  std::string name_;
  config::UplinkSource definition_;
  Duration timeout_;
  Network& network_;
  std::optional<UplinkCheck> check_;
};

class BehindUplink final : public Source {
 public:
  BehindUplink(std::unique_ptr<Source> inner, std::string uplink, Duration share, Network& network)
      : inner_(std::move(inner)), uplink_(std::move(uplink)), share_(share), network_(network) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    asked_.reset();
    inner_->scrape(target, tick, [this, tell = std::move(done)](Scrape scrape) {
      if (!inner_->is_down(scrape)) return tell(std::move(scrape));
      const BootTime since = loop::now().boot;
      asked_ = network_.uplinks.ask(
          uplink_, share_, [this, scrape = std::move(scrape), since, tell](bool dead) mutable {
            scrape.took += loop::now().boot - since;
            if (dead) forget(scrape);
            tell(std::move(scrape));
          });
    });
  }
  void cancel() override {
    asked_.reset();
    inner_->cancel();
  }
  bool is_down(const Scrape& scrape) const override { return inner_->is_down(scrape); }

 private:
  void forget(Scrape& scrape) const {
    scrape.outcome = ScrapeOutcome::unavailable;
    scrape.body.clear();
    scrape.detail = fmt::format("unknown: its uplink {} is dead ({})", uplink_, scrape.detail);
  }

  std::unique_ptr<Source> inner_;
  std::string uplink_;
  Duration share_;
  Network& network_;
  std::shared_ptr<void> asked_;
};

}  // namespace

std::unique_ptr<Source> make_uplink_source(const std::string& name,
                                           const config::UplinkSource& definition, Duration timeout,
                                           Network& network) {
  return std::make_unique<UplinkTarget>(name, definition, timeout, network);
}

Duration uplink_share(Duration timeout) {
  return std::min<Duration>(seconds(1), timeout / 4);
}

std::unique_ptr<Source> behind_uplink(std::unique_ptr<Source> inner, std::string uplink,
                                      Duration timeout, Network& network) {
  return std::make_unique<BehindUplink>(std::move(inner), std::move(uplink), uplink_share(timeout),
                                        network);
}

}  // namespace tocsin::sources
