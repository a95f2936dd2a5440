// Risk: a label that drives the operator's terminal; a console that stops the daemon.
#include "receivers/console.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "support/http_peer.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
using loop::log::Style;
using receivers::console_text;
using testing::sample_delivery;

TEST_CASE("console: the whole notice as lines") {
  Delivery delivery = sample_delivery();
  Notice& notice = delivery.notice;
  notice.level = 3;
  notice.next->again = true;
  notice.next->at = testing::wall("2025-12-31T09:30:00Z");
  notice.verdict = "high impact: assess within five minutes: hotfix or rollback";
  notice.conference = "https://meet.example.com/a";
  notice.at = testing::wall("2025-12-31T09:25:00Z");
  notice.lasted = minutes(10);
  notice.recorded = false;
  notice.alerts_total = 4;
  CHECK(console_text(delivery, Style::terminal) ==
        R"(09:25:00 UTC LEVEL 3 #17 · critical: CPU busy on web-1 → alerts
    CPU 93 % busy (above 80 %), since 09:10 UTC (15 min)
    CpuBusy {component=api, instance=web-1}  ▁▂██
    - and 3 more
    Verdict: high impact: assess within five minutes: hotfix or rollback
    Next: rings again in 5 min (09:30 UTC) for on-call, database-lead, unless somebody acknowledges.
    Conference: https://meet.example.com/a
    Runbook: https://runbooks.example.com/cpu
    Acknowledge, in a shell on web-1: tocsin ack 17
    Silence all of it, in a shell on web-1: tocsin silence 17 --for 1h --reason 'WHY'
    Host: web-1 (env=production) · Severity: critical, impact high · Opened: 09:15 UTC (10 min) · Incident: 17, level 3, policy production
    the threshold was crossed · NOT RECORDED: storage did not take it in time; a restart may forget it
)");
}

TEST_CASE("console: colour on a terminal that wants it, priorities in the journal") {
  const Delivery delivery = sample_delivery();
  CHECK(
      console_text(delivery, Style::color_terminal)
          .starts_with(
              "09:15:00 UTC \x1b[1;31mOPENED #17\x1b[0m · critical: CPU busy on web-1 → alerts\n"));
  CHECK(
      console_text(delivery, Style::plain)
          .starts_with(
              "2025-12-31T09:15:00Z OPENED #17 · critical: CPU busy on web-1 → alerts\n    CPU "));
  const std::string journal = console_text(delivery, Style::journal);
  CHECK(journal.starts_with("<2>OPENED #17 · critical: CPU busy on web-1 → alerts\n<2>    CPU "));
  Delivery linked = delivery;
  linked.notice.acknowledge_url = "https://tocsin.example.com/ack/17.1.2.aGk";
  CHECK(console_text(linked, Style::terminal).find("/ack/17") != std::string::npos);
  CHECK(console_text(linked, Style::plain).find("/ack/") == std::string::npos);
  CHECK(console_text(linked, Style::journal).find("/ack/") == std::string::npos);
  Delivery of_console = delivery;
  of_console.receiver = "console";
  CHECK(
      console_text(of_console, Style::plain)
          .starts_with("2025-12-31T09:15:00Z OPENED #17 · critical: CPU busy on web-1\n    CPU "));
}

TEST_CASE("console: no label can write an escape or begin a line") {
  for (const Delivery& delivery : {testing::hostile_delivery(), testing::huge_delivery()}) {
    const std::string text = console_text(delivery, Style::terminal);
    CHECK(text.size() < 100'000);
    std::size_t at = 0;
    bool first = true;
    while (at < text.size()) {
      const std::size_t end = text.find('\n', at);
      REQUIRE(end != std::string::npos);
      if (!first) CHECK(text.compare(at, 4, "    ") == 0);
      first = false;
      at = end + 1;
    }
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      REQUIRE((byte >= 0x20 || c == '\n'));
      REQUIRE(byte != 0x7f);
    }
  }
}

TEST_CASE("console: a notice that was written is delivered, on the loop") {
  boost::asio::io_context io;
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  std::optional<DeliveryOutcome> got;
  {
    receivers::Console console(io.get_executor(), seconds(10), ends[1]);
    const Delivery delivery = sample_delivery();
    console.deliver(delivery, [&got](const DeliveryOutcome& outcome) { got = outcome; });
    CHECK_FALSE(got.has_value());
    REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
    CHECK(got->result == DeliveryResult::delivered);
    std::string text(10'000, '\0');
    const ssize_t size = ::read(ends[0], text.data(), text.size());
    REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    CHECK(text == console_text(delivery, Style::plain));
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("console: an output that takes nothing is a retryable failure, not a stopped daemon") {
  boost::asio::io_context io;
  std::array<int, 2> ends{};
  REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  fcntl(ends[1], F_SETFL, O_NONBLOCK);
  const std::string filling(4096, 'x');
  while (::write(ends[1], filling.data(), filling.size()) > 0) {
  }
  fcntl(ends[1], F_SETFL, 0);
  std::optional<DeliveryOutcome> got;
  std::optional<DeliveryOutcome> next;
  {
    receivers::Console console(io.get_executor(), milliseconds(50), ends[1]);
    console.deliver(sample_delivery(), [&got](const DeliveryOutcome& outcome) { got = outcome; });
    REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
    CHECK(got->result == DeliveryResult::retryable);
    CHECK(got->may_have_arrived);
    console.deliver(sample_delivery(), [&next](const DeliveryOutcome& outcome) { next = outcome; });
    REQUIRE(testing::run_until(io, [&next] { return next.has_value(); }));
    CHECK(next->result == DeliveryResult::retryable);
  }
  ::close(ends[0]);  // lets the blocked thread go
  ::close(ends[1]);
}

TEST_CASE("console: a closed output is a failure that says why") {
  boost::asio::io_context io;
  std::optional<DeliveryOutcome> got;
  receivers::Console console(io.get_executor(), seconds(10), -1);
  console.deliver(sample_delivery(), [&got](const DeliveryOutcome& outcome) { got = outcome; });
  REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
  CHECK(got->result == DeliveryResult::retryable);
  CHECK(got->detail == "cannot write: Bad file descriptor");
}
