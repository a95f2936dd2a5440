// Risk: a deadline of the engine that is forgotten looks as if nothing were due, and a daemon that
// pages nobody any more is fed by its watchdog.
#include "app/driver.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "loop/clock.hpp"
#include "support/engine_bench.hpp"
#include "support/http_peer.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::app;
using testing::run_until;

namespace {

struct DriverWorld {
  storage_test::TemporaryFolder folder;
  boost::asio::io_context loop;
  storage::Storage storage{
      options(), [this](std::function<void()> call) { boost::asio::post(loop, std::move(call)); }};
  Driver driver{loop.get_executor(),
                engine::Engine(testing::usual_config(), "boot-1", 1, loop::now()), storage,
                Hands{}};

  DriverWorld() {
    REQUIRE(storage.load());
    driver.restored({});
  }
  [[nodiscard]] storage::Options options() const {
    storage::Options made;
    made.folder = folder / "state";
    made.run_folder = folder / "run";
    made.boot_id = "boot-1";
    return made;
  }
  void silence(Duration lasts) {
    Command command;
    command.by = "ada";
    command.what = SilenceCommand{"{alertname=\"High\"}", lasts, "known"};
    bool answered = false;
    driver.commanded(std::move(command), [&answered](const Reply&) { answered = true; });
    REQUIRE(run_until(loop, [&answered] { return answered; }));
  }
};

}  // namespace

TEST_CASE("driver: the engine's deadline is due until it has been taken") {
  DriverWorld world;
  const BootTime before = loop::now().boot;
  world.silence(hours(1));
  REQUIRE(world.driver.due());
  CHECK(*world.driver.due() >= before + minutes(59));
  world.silence(seconds(1));
  REQUIRE(world.driver.due());
  CHECK(*world.driver.due() < before + minutes(59));
  REQUIRE(run_until(world.loop, [&] { return *world.driver.due() >= before + minutes(59); }));
  CHECK(world.driver.engine().silences(loop::now()).size() == 1);
  world.driver.wind_down();
  CHECK_FALSE(world.driver.due());
}
