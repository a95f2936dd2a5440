#include "sources/systemd.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "loop/clock.hpp"
#include "loop/worker_pool.hpp"
#include "sources/control_group.hpp"
#include "sources/systemd_bus.hpp"
#include "sources/unit_table.hpp"

namespace tocsin::sources {
namespace {

using UnitUses = std::map<std::string, UnitUse>;

class SystemdTarget final : public Source {
 public:
  SystemdTarget(const config::SystemdSource& definition, Duration timeout,
                boost::asio::any_io_executor loop, loop::WorkerPool& workers)
      : definition_(definition),
        timeout_(timeout),
        workers_(workers),
        table_(definition.include, definition.exclude, definition.required),
        bus_(loop, definition.bus, table_),
        deadline_(loop) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    under_way_ = std::make_shared<UnderWay>();
    under_way_->scrape.target = target;
    under_way_->scrape.tick = tick;
    under_way_->started = loop::now().boot;
    under_way_->done = std::move(done);
    deadline_.expires_after(timeout_);
    deadline_.async_wait(
        [this, still = std::weak_ptr<UnderWay>(under_way_)](boost::system::error_code error) {
          if (error || still.expired()) return;
          bus_.forget();
          bus_.drop();
          fail(ScrapeOutcome::timed_out,
               fmt::format("systemd did not answer within {}", format_duration(timeout_)));
        });
    bus_.ready([this, still = std::weak_ptr<UnderWay>(under_way_)](const std::string& trouble) {
      if (still.expired()) return;
      if (!trouble.empty()) return fail(ScrapeOutcome::unavailable, trouble);
      measure();
    });
  }

  void cancel() override {
    under_way_.reset();
    bus_.forget();
    deadline_.cancel();
  }

 private:
  struct UnderWay {
    Scrape scrape;
    BootTime started;
    std::function<void(Scrape)> done;
  };

  void measure() {
    std::map<std::string, std::string> groups;
    for (const UnitSeen* unit : table_.units()) {
      if (!unit->control_group.empty() && unit->active != "inactive") {
        groups[unit->name] = unit->control_group;
      }
    }
    const std::function<UnitUses()> look = [root = definition_.cgroup, groups = std::move(groups)] {
      UnitUses uses;
      for (const auto& [unit, group] : groups) uses[unit] = read_control_group(root, group);
      return uses;
    };
    workers_.submit<UnitUses>("systemd", look, timeout_,
                              [this, still = std::weak_ptr<UnderWay>(under_way_)](
                                  loop::JobEnd, std::optional<UnitUses> uses) {
                                if (still.expired()) return;
                                // Without the control groups the states are still true.
                                answer(uses ? *uses : UnitUses{});
                              });
  }

  void answer(const UnitUses& uses) {
    const auto monotonic =
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch());
    under_way_->scrape.body = table_.render(uses, loop::now().wall, monotonic);
    under_way_->scrape.detail = table_.trouble();
    end();
  }

  void fail(ScrapeOutcome outcome, std::string detail) {
    under_way_->scrape.outcome = outcome;
    under_way_->scrape.detail = std::move(detail);
    end();
  }

  void end() {
    deadline_.cancel();
    const auto ended = std::exchange(under_way_, nullptr);
    ended->scrape.took = loop::now().boot - ended->started;
    ended->done(std::move(ended->scrape));
  }

  config::SystemdSource definition_;
  Duration timeout_;
  loop::WorkerPool& workers_;
  UnitTable table_;
  SystemdBus bus_;
  boost::asio::steady_timer deadline_;
  std::shared_ptr<UnderWay> under_way_;
};

}  // namespace

std::unique_ptr<Source> make_systemd_source(const config::SystemdSource& definition,
                                            Duration timeout, boost::asio::any_io_executor loop,
                                            loop::WorkerPool& workers) {
  return std::make_unique<SystemdTarget>(definition, timeout, std::move(loop), workers);
}

}  // namespace tocsin::sources
