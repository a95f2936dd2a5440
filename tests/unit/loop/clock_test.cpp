// Risk: a timer that fires early, late, twice, or after its owner's end.
#include "loop/clock.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <memory>

#include "loop/boot_timer.hpp"
#include "support/http_peer.hpp"

using namespace tocsin;
using loop::BootTimer;

TEST_CASE("clock: boot time moves forward, and the boot has a name") {
  const Now first = loop::now();
  const Now second = loop::now();
  CHECK(first.boot <= second.boot);
  CHECK(first.boot.time_since_epoch().count() > 0);
  CHECK(first.wall > parse_rfc3339("2025-01-01T00:00:00Z").value());
  CHECK(loop::boot_id().size() == 36);
}

TEST_CASE("boot timer: calls once, not before it is due, never from within") {
  boost::asio::io_context io;
  BootTimer timer(io.get_executor());
  const BootTime due = loop::now().boot + milliseconds(5);
  int calls = 0;
  timer.at(due, [&] {
    ++calls;
    CHECK(loop::now().boot >= due);
  });
  CHECK(calls == 0);
  REQUIRE(testing::run_until(io, [&calls] { return calls == 1; }));
  testing::run_ready(io);
  CHECK(calls == 1);
}

TEST_CASE("boot timer: what is long past is due at once") {
  boost::asio::io_context io;
  BootTimer timer(io.get_executor());
  int calls = 0;
  SUBCASE("at boot") {
    timer.at(BootTime{}, [&calls] { ++calls; });
  }
  SUBCASE("before boot") {
    timer.at(BootTime(hours(-5)), [&calls] { ++calls; });
  }
  CHECK(testing::run_until(io, [&calls] { return calls == 1; }));
}

TEST_CASE("boot timer: a later word replaces the earlier, also while that is already due") {
  boost::asio::io_context io;
  BootTimer timer(io.get_executor());
  int first = 0;
  int second = 0;
  SUBCASE("sooner") {
    timer.at(loop::now().boot + hours(1), [&first] { ++first; });
  }
  SUBCASE("later") {
    timer.at(BootTime{}, [&first] { ++first; });
  }
  SUBCASE("cancelled in between") {
    timer.at(BootTime{}, [&first] { ++first; });
    timer.cancel();
  }
  timer.at(loop::now().boot + milliseconds(2), [&second] { ++second; });
  REQUIRE(testing::run_until(io, [&second] { return second == 1; }));
  CHECK(first == 0);
}

TEST_CASE("boot timer: sets itself anew from its own call, and is silent after cancel and end") {
  boost::asio::io_context io;
  auto timer = std::make_unique<BootTimer>(io.get_executor());
  int calls = 0;
  std::function<void()> again = [&] {
    if (++calls < 3) timer->at(BootTime{}, again);
  };
  timer->at(BootTime{}, again);
  REQUIRE(testing::run_until(io, [&calls] { return calls == 3; }));
  timer->at(BootTime{}, [&calls] { ++calls; });
  SUBCASE("cancel") {
    timer->cancel();
  }
  SUBCASE("end") {
    timer.reset();
  }
  testing::run_ready(io);
  CHECK(calls == 3);
}
