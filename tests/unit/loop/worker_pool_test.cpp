// Risk: one hung mount stops the others, or the loop; a late answer is taken for a new one.
#include "loop/worker_pool.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "support/http_peer.hpp"

using namespace tocsin;
using loop::JobEnd;
using loop::WorkerPool;
using testing::run_until;

namespace {

constexpr Duration kLong = minutes(5);
constexpr Duration kShort = milliseconds(1);

/// Something that a job can block on for as long as the test likes.
struct Gate {
  std::promise<void> promise;
  std::shared_future<void> future = promise.get_future().share();
  std::atomic<int> entered{0};
  std::function<void()> job() {
    return [this, wait = future] {
      ++entered;
      wait.wait();
    };
  }
};

}  // namespace

TEST_CASE("worker pool: a job's result comes back on the loop's thread") {
  boost::asio::io_context io;
  WorkerPool pool(io.get_executor(), {});
  std::optional<int> got;
  std::thread::id ran_on;
  std::thread::id answered_on;
  pool.submit<int>(
      "/mnt",
      [&ran_on] {
        ran_on = std::this_thread::get_id();
        return 42;
      },
      kLong,
      [&](JobEnd end, std::optional<int> result) {
        CHECK(end == JobEnd::finished);
        answered_on = std::this_thread::get_id();
        got = result;
      });
  REQUIRE(run_until(io, [&got] { return got.has_value(); }));
  CHECK(got == 42);
  CHECK(answered_on == std::this_thread::get_id());
  CHECK(ran_on != answered_on);
  CHECK(pool.outstanding() == 0);
}

TEST_CASE("worker pool: a blocked call times out, and its key stays busy until it returns") {
  boost::asio::io_context io;
  Gate gate;
  {
    WorkerPool pool(io.get_executor(), {});
    std::vector<JobEnd> ends;
    const auto note = [&ends](JobEnd end) { ends.push_back(end); };
    pool.submit_job("/hung", gate.job(), kShort, note);
    REQUIRE(run_until(io, [&ends] { return ends.size() == 1; }));
    CHECK(ends[0] == JobEnd::timed_out);
    // Not started at all in so short a time is a time-out as well; then nothing is blocked.
    if (pool.abandoned() == 1) {
      pool.submit_job(
          "/hung", [] { FAIL("a second call under a blocked key"); }, kLong, note);
      REQUIRE(run_until(io, [&ends] { return ends.size() == 2; }));
      CHECK(ends[1] == JobEnd::busy);
      pool.submit_job(
          "/well", [] {}, kLong, note);
      REQUIRE(run_until(io, [&ends] { return ends.size() == 3; }));
      CHECK(ends[2] == JobEnd::finished);
    }
    gate.promise.set_value();
    REQUIRE(run_until(io, [&pool] { return pool.abandoned() == 0; }));
    bool freed = false;
    REQUIRE(run_until(io, [&] {
      pool.submit_job(
          "/hung", [] {}, kLong, [&](JobEnd end) { freed = end == JobEnd::finished; });
      testing::run_ready(io);
      return freed;
    }));
  }
}

TEST_CASE("worker pool: jobs behind one that takes long get threads of their own") {
  boost::asio::io_context io;
  Gate gate;
  WorkerPool pool(io.get_executor(), {.threads = 3, .abandoned_threads = 0});
  int finished = 0;
  const auto note = [&finished](JobEnd end) { finished += end == JobEnd::finished ? 1 : 0; };
  pool.submit_job("/slow", gate.job(), kLong, note);
  pool.submit_job("/slower", gate.job(), kLong, note);
  for (int i = 0; i < 5; ++i) {
    pool.submit_job(
        std::to_string(i), [] {}, kLong, note);
  }
  CHECK(run_until(io, [&finished] { return finished == 5; }));
  gate.promise.set_value();
  CHECK(run_until(io, [&finished] { return finished == 7; }));
}

TEST_CASE("worker pool: blocked threads are replaced, up to a bound, then calls time out") {
  boost::asio::io_context io;
  Gate gate;
  {
    WorkerPool pool(io.get_executor(), {.threads = 1, .abandoned_threads = 2});
    int timed_out = 0;
    const auto block = [&](const std::string& key) {
      const int before = timed_out;
      const int entered = gate.entered;
      pool.submit_job(key, gate.job(), milliseconds(300), [&](JobEnd end) {
        if (end == JobEnd::timed_out) ++timed_out;
      });
      REQUIRE(run_until(io, [&] { return timed_out == before + 1; }));
      return gate.entered > entered;
    };
    CHECK(block("/a"));
    CHECK(block("/b"));
    CHECK(block("/c"));
    CHECK(pool.abandoned() == 3);
    CHECK_FALSE(block("/d"));  // no thread is left; it never started
    CHECK(pool.abandoned() == 3);
    gate.promise.set_value();
    REQUIRE(run_until(io, [&pool] { return pool.abandoned() == 0; }));
    bool works_again = false;
    pool.submit_job(
        "/e", [] {}, kLong, [&](JobEnd end) { works_again = end == JobEnd::finished; });
    CHECK(run_until(io, [&works_again] { return works_again; }));
  }
}

TEST_CASE("worker pool: a hung call neither delays the pool's end nor is answered after it") {
  boost::asio::io_context io;
  auto gate = std::make_shared<Gate>();
  int answers = 0;
  {
    WorkerPool pool(io.get_executor(), {});
    const std::function<void()> job = [gate, inner = gate->job()] { inner(); };
    pool.submit_job("/hung", job, kLong, [&](JobEnd) { ++answers; });
    while (gate->entered == 0) std::this_thread::yield();
  }
  gate->promise.set_value();
  testing::run_ready(io);
  CHECK(answers == 0);
}
