#include "sources/host.hpp"

#include <utility>

#include "loop/clock.hpp"
#include "sources/host_collector.hpp"

namespace tocsin::sources {
namespace {

class HostTarget final : public Source {
 public:
  explicit HostTarget(HostCollector& collector) : collector_(collector) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    // Overwriting the token lets go of a collection that was abandoned: it ends unheard.
    current_ = std::make_shared<int>(0);
    const BootTime started = loop::now().boot;
    collector_.collect(Duration::zero(), HostCollector::Breadth::needed,
                       [wanted = std::weak_ptr<int>(current_), target, tick, started,
                        tell = std::move(done)](std::string body) {
                         if (wanted.expired()) {
                           return;
                         }
                         Scrape scrape;
                         scrape.target = target;
                         scrape.tick = tick;
                         scrape.took = loop::now().boot - started;
                         scrape.body = std::move(body);
                         tell(std::move(scrape));
                       });
  }

  void cancel() override { current_.reset(); }

 private:
  HostCollector& collector_;
  std::shared_ptr<int> current_;
};

}  // namespace

std::unique_ptr<Source> make_host_source(HostCollector& collector) {
  return std::make_unique<HostTarget>(collector);
}

}  // namespace tocsin::sources
