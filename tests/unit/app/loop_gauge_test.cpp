// Risk: a loop that is stuck looks well, or one bad moment stays on show for ever.
#include "app/loop_gauge.hpp"

#include <doctest/doctest.h>

#include <boost/asio/post.hpp>

using namespace tocsin::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("worst of the minute: shown for one to two minutes, then forgotten") {
  const WorstOfMinute::Clock::time_point start{std::chrono::hours(5)};
  WorstOfMinute worst;
  worst.add(milliseconds(1), start);
  worst.add(milliseconds(9), start + seconds(10));
  worst.add(milliseconds(2), start + seconds(20));
  CHECK(worst.worst(start + seconds(30)) == milliseconds(9));
  worst.add(milliseconds(3), start + seconds(70));
  CHECK(worst.worst(start + seconds(71)) == milliseconds(9));
  worst.add(milliseconds(4), start + seconds(135));
  CHECK(worst.worst(start + seconds(136)) == milliseconds(4));
  CHECK(worst.worst(start + seconds(600)) == milliseconds(0));
}

TEST_CASE("loop gauge: runs everything that is posted and counts the turns") {
  boost::asio::io_context loop;
  LoopGauge gauge(loop);
  int ran = 0;
  boost::asio::post(loop, [&] {
    ++ran;
    boost::asio::post(loop, [&] {
      ++ran;
      gauge.stop();
    });
  });
  gauge.run();
  CHECK(ran == 2);
  const LoopGauge::Reading reading = gauge.reading();
  CHECK(reading.turns >= 1);
  CHECK(reading.by_bound.back() <= reading.turns);
  CHECK(reading.busy_worst_seconds > 0);
}
