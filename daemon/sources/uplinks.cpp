#include "sources/uplinks.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "loop/clock.hpp"
#include "sources/network.hpp"
#include "sources/ping_run.hpp"
#include "sources/source.hpp"
#include "sources/tcp.hpp"

namespace tocsin::sources {

namespace {

constexpr Duration kCheckCounts = seconds(1);

bool has_port(std::string_view address) {
  return address.find("]:") != std::string_view::npos ||
         std::count(address.begin(), address.end(), ':') == 1;
}

}  // namespace

bool UplinkSeen::dead() const {
  return std::ranges::none_of(addresses, &Address::answers);
}

struct UplinkCheck::Impl {
  boost::asio::any_io_executor loop;
  bool first_is_enough;
  std::function<void(UplinkSeen)> told;
  UplinkSeen seen{};
  std::size_t open = 0;
  std::vector<std::unique_ptr<PingRun>> pings{};
  std::vector<std::unique_ptr<Source>> connections{};
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  void begin(Network& network, const config::UplinkSource& definition, Duration within) {
    open = definition.addresses.size();
    for (const std::string& address : definition.addresses) {
      seen.addresses.push_back({address, false, 0, ""});
    }
    for (std::size_t at = 0; at < definition.addresses.size(); ++at) {
      if (has_port(definition.addresses[at])) {
        connect(network, at, within);
      } else {
        ping(network, at, within);
      }
    }
  }

  void ping(Network& network, std::size_t at, Duration within) {
    config::PingSource once;
    once.address = seen.addresses[at].address;
    once.count = 1;
    pings.push_back(
        std::make_unique<PingRun>(network, once, within, [this, at](const PingResult& result) {
          if (result.round_trips.empty()) return none(at, result.failure.detail);
          answered(at, result.round_trips.front());
        }));
  }

  void connect(Network& network, std::size_t at, Duration within) {
    config::TcpSource once;
    once.address = seen.addresses[at].address;
    Source& source = *connections.emplace_back(make_tcp_source(once, within, network));
    source.scrape({}, {}, [this, at, &source](const Scrape& scrape) {
      if (source.is_down(scrape)) return none(at, scrape.detail);
      answered(at, in_seconds(scrape.took));
    });
  }

  void answered(std::size_t at, double seconds) {
    seen.addresses[at].answers = true;
    seen.addresses[at].seconds = seconds;
    one_more();
  }

  void none(std::size_t at, const std::string& trouble) {
    seen.addresses[at].trouble = trouble;
    one_more();
  }

  void one_more() {
    --open;
    const bool enough = open == 0 || (first_is_enough && !seen.dead());
    if (!enough || !told) return;
    // What has just answered must not be ended from within its own answer.
    boost::asio::post(loop, [this, still = std::weak_ptr<bool>(alive)] {
      if (still.expired()) return;
      if (const auto tell = std::exchange(told, nullptr)) tell(std::move(seen));
    });
  }
};

UplinkCheck::UplinkCheck(Network& network, const config::UplinkSource& definition, Duration within,
                         bool first_is_enough, std::function<void(UplinkSeen)> told)
    : impl_(new Impl{network.loop, first_is_enough, std::move(told)}) {
  impl_->begin(network, definition, within);
}
UplinkCheck::~UplinkCheck() = default;

struct Uplinks::Uplink {
  config::UplinkSource definition;
  const void* target;
  std::unique_ptr<UplinkCheck> check{};
  std::vector<std::weak_ptr<std::function<void(bool)>>> waiting{};
  std::optional<BootTime> checked{};
  bool dead = false;
};

Uplinks::Uplinks(Network& network) : network_(network) {}
Uplinks::~Uplinks() = default;

void Uplinks::add(const std::string& name, const config::UplinkSource& definition,
                  const void* target) {
  auto& uplink = uplinks_[name];
  auto waiting = uplink ? std::move(uplink->waiting) : decltype(uplink->waiting){};
  uplink.reset(new Uplink{definition, target});
  // They asked about the way out as it was then: it is not held against them.
  for (const auto& each : waiting)
    if (const auto told = each.lock()) (*told)(false);
}

void Uplinks::remove(const std::string& name, const void* target) {
  const auto found = uplinks_.find(name);
  if (found == uplinks_.end() || found->second->target != target) return;
  const auto waiting = std::move(found->second->waiting);
  uplinks_.erase(found);
  for (const auto& each : waiting)
    if (const auto told = each.lock()) (*told)(false);
}

std::shared_ptr<void> Uplinks::ask(const std::string& name, Duration within,
                                   std::function<void(bool)> told) {
  auto asker = std::make_shared<std::function<void(bool)>>(std::move(told));
  const auto found = uplinks_.find(name);
  if (found == uplinks_.end()) {
    (*asker)(false);
    return asker;
  }
  Uplink& uplink = *found->second;
  if (uplink.checked && loop::now().boot - *uplink.checked <= kCheckCounts) {
    (*asker)(uplink.dead);
    return asker;
  }
  uplink.waiting.push_back(asker);
  if (uplink.check) return asker;
  uplink.check = std::make_unique<UplinkCheck>(
      network_, uplink.definition, within, true, [&uplink](const UplinkSeen& seen) {
        uplink.checked = loop::now().boot;
        uplink.dead = seen.dead();
        uplink.check.reset();
        const bool dead = uplink.dead;
        for (const auto& each : std::exchange(uplink.waiting, {}))
          if (const auto told_now = each.lock()) (*told_now)(dead);
      });
  return asker;
}

}  // namespace tocsin::sources
