#include "sources/self.hpp"

#include <utility>

#include "loop/clock.hpp"

namespace tocsin::sources {
namespace {

class SelfTarget final : public Source {
 public:
  explicit SelfTarget(std::function<std::string()> render) : render_(std::move(render)) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    const BootTime started = loop::now().boot;
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    scrape.body = render_();
    scrape.took = loop::now().boot - started;
    done(std::move(scrape));
  }

  void cancel() override {}

 private:
  std::function<std::string()> render_;
};

}  // namespace

std::unique_ptr<Source> make_self_source(std::function<std::string()> render) {
  return std::make_unique<SelfTarget>(std::move(render));
}

}  // namespace tocsin::sources
