// Risk: a target is scraped twice at once, off its grid, or not at all after a reload.
#include "app/scrapers.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

#include "loop/clock.hpp"

using namespace tocsin;
using namespace tocsin::app;

namespace {

struct FakeSource : sources::Source {
  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    ticks.push_back(tick);
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    if (hangs) {
      under_way = std::move(done);
    } else {
      done(std::move(scrape));
    }
  }
  void cancel() override { cancelled = true; }
  bool hangs = false;
  bool cancelled = false;
  std::vector<BootTime> ticks;
  std::function<void(Scrape)> under_way;
};

config::Source source(const std::string& name, Duration every,
                      const std::string& procfs = "/proc") {
  config::Source out;
  out.target.name = name;
  out.target.every = every;
  config::HostSource kind;
  kind.procfs = procfs;
  out.kind = kind;
  return out;
}

struct ScrapersWorld {
  boost::asio::io_context loop;
  std::vector<std::shared_ptr<FakeSource>> made;
  bool hangs = false;
  std::vector<Scrape> scrapes;
  Scrapers scrapers{loop.get_executor(), maker(),
                    [this](const Scrape& scrape) { scrapes.push_back(scrape); }};

  struct Lent : sources::Source {
    explicit Lent(std::shared_ptr<FakeSource> whose) : fake(std::move(whose)) {}
    void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
      fake->scrape(target, tick, std::move(done));
    }
    void cancel() override { fake->cancel(); }
    std::shared_ptr<FakeSource> fake;
  };
  Scrapers::Maker maker() {
    Scrapers::Maker maker;
    maker.source = [this](const config::Source&) {
      made.push_back(std::make_shared<FakeSource>());
      made.back()->hangs = hangs;
      return std::make_unique<Lent>(made.back());
    };
    maker.id = [](const std::string& name) {
      return TargetId(static_cast<std::uint32_t>(name.size()));
    };
    return maker;
  }
  void until(const std::function<bool()>& so) {
    for (int i = 0; i < 5000 && !so(); ++i) loop.run_one_for(milliseconds(10));
    REQUIRE(so());
  }
};

}  // namespace

TEST_CASE("scrapers: the first at once, then each tick of the grid, under the target's number") {
  ScrapersWorld world;
  world.scrapers.configure("host", {source("abc", milliseconds(20))});
  world.until([&] { return world.scrapes.size() >= 3; });
  const Duration offset = config::host_offset("host", milliseconds(20));
  CHECK(world.scrapes[0].target == TargetId(3));
  for (std::size_t i = 1; i < world.scrapes.size(); ++i) {
    const Scrape& scrape = world.scrapes[i];
    CHECK(scrape.target == TargetId(3));
    CHECK(config::tick_at_or_before(scrape.tick, milliseconds(20), offset) == scrape.tick);
  }
  CHECK(world.scrapes[0].tick < world.scrapes[1].tick);
}

TEST_CASE("scrapers: a tick that comes while a scrape is under way is counted and skipped") {
  ScrapersWorld world;
  world.hangs = true;
  world.scrapers.configure("host", {source("a", milliseconds(5))});
  world.until([&] { return world.scrapers.missed_ticks().at("a") >= 3; });
  CHECK(world.made[0]->ticks.size() == 1);
  world.made[0]->under_way({});
  world.until([&] { return world.made[0]->ticks.size() == 2; });
}

TEST_CASE("scrapers: a source that never answers is given up, and named") {
  ScrapersWorld world;
  world.hangs = true;
  auto stuck = source("a", milliseconds(100));
  stuck.target.timeout = milliseconds(1);
  world.scrapers.configure("host", {stuck});
  world.until([&] { return !world.scrapes.empty(); });
  CHECK(world.scrapes[0].outcome == ScrapeOutcome::timed_out);
  CHECK(world.made[0]->cancelled);
  CHECK(world.made[0]->ticks.size() == 2);
}

TEST_CASE("scrapers: a reload keeps an equal source, replaces a changed one, ends a removed one") {
  ScrapersWorld world;
  world.hangs = true;
  world.scrapers.configure("host", {source("a", milliseconds(5)), source("b", milliseconds(5))});
  REQUIRE(world.made.size() == 2);
  world.until([&] { return world.made[0]->ticks.size() == 1 && world.made[1]->ticks.size() == 1; });
  world.scrapers.configure("host", {source("a", milliseconds(5))});
  CHECK_FALSE(world.made[0]->cancelled);
  CHECK(world.made[1]->cancelled);
  CHECK(world.made.size() == 2);
  world.scrapers.configure("host", {source("a", milliseconds(5), "/elsewhere")});
  CHECK(world.made.size() == 3);
  CHECK(world.made[0]->cancelled);
  world.until([&] { return world.made[2]->ticks.size() == 1; });
}

TEST_CASE("scrapers: a tick stays due until it is begun, however long its scrape takes") {
  ScrapersWorld world;
  world.hangs = true;
  CHECK_FALSE(world.scrapers.due());
  const BootTime before = loop::now().boot;
  world.scrapers.configure("web1", {source("a", hours(1)), source("bb", hours(2))});
  REQUIRE(world.scrapers.due());
  CHECK(*world.scrapers.due() >= before);
  CHECK(*world.scrapers.due() <= loop::now().boot);
  world.until([&] { return world.made[0]->ticks.size() == 1 && world.made[1]->ticks.size() == 1; });
  CHECK(*world.scrapers.due() > loop::now().boot);
  world.scrapers.stop();
  CHECK_FALSE(world.scrapers.due());
}
