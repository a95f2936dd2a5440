// Risk: a receiver that is hammered, one that is forgotten, a notice that is tried for ever.
#include <doctest/doctest.h>

#include "tocsin/outbox/backoff.hpp"
#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using Do = tocsin::DeliveryAction;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;

TEST_CASE("backoff: doubles from the first, is spread, and stays within its bounds") {
  const Tuning tuning;
  Random random(7);
  Duration before{};
  for (std::uint32_t failures = 1; failures <= 40; ++failures) {
    const Duration wait = backoff(tuning, failures, random);
    CHECK(wait >= tuning.retry_first);
    CHECK(wait <= tuning.retry_most);
    if (failures <= 8) CHECK(wait > before);
    before = wait;
  }
  CHECK(before >= tuning.retry_most * 2 / 3);
  Duration least = tuning.retry_most;
  for (int i = 0; i < 50; ++i) least = std::min(least, backoff(tuning, 40, random));
  CHECK(least < tuning.retry_most);  // spread even at its longest
  Tuning odd;
  odd.retry_first = seconds(10);
  odd.retry_most = seconds(3);
  CHECK(backoff(odd, 5, random) == seconds(10));
}

TEST_CASE("outbox: a failed attempt is made again when its time has come, not before") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  s.no(id);
  CHECK(s.said(Event::Kind::retrying, id) == 1);
  CHECK(s.outbox.find(id)->last_error == "as the script says");
  const auto due = s.outbox.find(id)->next_attempt;
  REQUIRE(due);
  CHECK(due->boot - s.now.boot >= seconds(1));
  CHECK(s.outbox.next_due() == due->boot);
  s.pass(due->boot - s.now.boot - milliseconds(1));
  s.wake();
  CHECK(s.state(id) == DeliveryState::queued);
  s.pass(milliseconds(1));
  s.wake();
  CHECK(s.state(id) == DeliveryState::sending);
  CHECK(s.outbox.find(id)->attempts == 2);
  CHECK(!s.outbox.find(id)->next_attempt);
}

TEST_CASE("outbox: a receiver's own waiting time holds all that is for it") {
  Script s({pager("pager"), channel("chat")});
  const auto a = s.push(Do::open, "pager", "a");
  s.hold(a, seconds(30));
  const auto b = s.push(Do::open, "pager", "b");
  CHECK(s.state(b) == DeliveryState::queued);
  const auto other = s.push(Do::open, "chat", "c", 2);
  CHECK(s.state(other) == DeliveryState::sending);
  s.run(seconds(29));
  CHECK(s.state(b) == DeliveryState::queued);
  s.run(seconds(1));
  CHECK(s.state(b) == DeliveryState::sending);
  CHECK(s.state(a) == DeliveryState::sending);
}

TEST_CASE("outbox: a waiting time beyond an hour is not believed") {
  Script s({pager("pager")});
  const auto a = s.push(Do::open, "pager", "a");
  s.hold(a, hours(1000));
  s.run(hours(1));
  CHECK(s.state(a) == DeliveryState::sending);
}

TEST_CASE("outbox: the backoff goes on where it is longer than the receiver's waiting time") {
  Script s({pager("pager")});
  const auto a = s.push(Do::open, "pager", "a");
  for (int i = 0; i < 9; ++i) {
    s.no(a);
    s.pass(s.outbox.find(a)->next_attempt->boot - s.now.boot);
    s.wake();
  }
  s.hold(a, milliseconds(10));
  CHECK(s.outbox.find(a)->next_attempt->boot - s.now.boot > minutes(3));
}

TEST_CASE("outbox: after a day it is given up") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  for (int hour = 0; hour < 30 && !is_final(s.state(id)); ++hour) {
    if (s.state(id) == DeliveryState::sending) s.no(id);
    s.run(hours(1));
  }
  CHECK(s.state(id) != DeliveryState::queued);
  if (s.state(id) == DeliveryState::sending) s.no(id);
  CHECK(s.state(id) == DeliveryState::expired);
  CHECK(s.said(Event::Kind::expired, id) == 1);
  CHECK(s.outbox.waiting() == 0);
  CHECK(!s.outbox.next_due());
}

TEST_CASE("outbox: one that waits unreleased for a day is given up too") {
  Script s({channel("chat")});
  const auto id = s.add(Do::open, "chat");
  s.run(hours(24));
  CHECK(s.state(id) == DeliveryState::expired);
}

TEST_CASE("outbox: a permanent no is not tried again") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  s.never(id);
  CHECK(s.state(id) == DeliveryState::refused);
  CHECK(s.said(Event::Kind::refused, id) == 1);
  CHECK(!s.outbox.next_due());
}

TEST_CASE("outbox: a refused update is only refused") {
  Script s({channel("chat"), channel("other")});
  Receiver with = channel("chat");
  with.fallback = {"other"};
  s.take(s.outbox.configure({with, channel("other")}, s.tuning, s.now));
  const auto id = s.push(Do::update, "chat");
  s.never(id);
  s.run(minutes(10));
  CHECK(s.stand_ins().empty());
}

TEST_CASE("outbox: the same events give the same attempts at the same times") {
  std::vector<BootTime> times[2];
  for (auto& all : times) {
    Script s({channel("chat")}, {}, 42);
    const auto id = s.push(Do::open, "chat");
    for (int i = 0; i < 12; ++i) {
      s.no(id);
      all.push_back(s.outbox.find(id)->next_attempt->boot);
      s.pass(all.back() - s.now.boot);
      s.wake();
    }
  }
  CHECK(times[0] == times[1]);
}

TEST_CASE("outbox: a reload that gives a receiver a new definition tries again at once") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  s.hold(id, minutes(30));
  Receiver repaired = channel("chat");
  repaired.definition = "another webhook";
  s.take(s.outbox.configure({repaired}, s.tuning, s.now));
  CHECK(s.sent(id));
}

TEST_CASE("outbox: what waits for a receiver that is gone is undeliverable") {
  Script s({channel("chat"), channel("other")});
  const auto sending = s.push(Do::open, "chat", "a", 1);
  const auto waiting = s.push(Do::open, "chat", "b", 2);
  s.take(s.outbox.configure({channel("other")}, s.tuning, s.now));
  CHECK(s.state(waiting) == DeliveryState::undeliverable);
  CHECK(s.state(sending) == DeliveryState::sending);
  SUBCASE("but the attempt under way may still succeed") {
    s.yes(sending);
    CHECK(s.state(sending) == DeliveryState::delivered);
  }
  SUBCASE("and is not tried again") {
    s.no(sending);
    CHECK(s.state(sending) == DeliveryState::undeliverable);
  }
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: twenty thousand waiting deliveries are no work while they wait") {
  Script s({pager("pager")});
  s.hold(s.push(Do::open, "pager", "first", 0), minutes(50));
  for (std::uint64_t i = 1; i <= 20'000; ++i) s.push(Do::open, "pager", std::to_string(i), i);
  CHECK(s.outbox.waiting() == 20'001);
  CHECK(s.outbox.waiting_for("pager") == 20'001);
  s.run(hours(1));
  std::size_t done = 0;
  while (done < s.attempts.size()) s.yes(s.attempts[done++]);
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: a change is given up after an hour, where a notice is tried for a day") {
  Script s({channel("chat"), channel("mail")});
  Delivery change = s.make(Do::open, "chat", "change", 0);
  change.notice.kind = NoticeKind::change;
  const DeliveryId informs = s.add(std::move(change));
  s.release(informs);
  const DeliveryId alarm = s.push(Do::open, "mail", "alarm");
  const BootTime began = s.now.boot;
  const auto refuse_for = [&](Duration span) {
    while (s.now.boot < began + span) {
      if (s.state(informs) == DeliveryState::sending) s.no(informs);
      if (s.state(alarm) == DeliveryState::sending) s.no(alarm);
      s.pass(seconds(1));
      s.wake();
    }
  };
  refuse_for(minutes(54));
  CHECK_FALSE(is_final(s.state(informs)));
  refuse_for(minutes(66));
  CHECK(s.state(informs) == DeliveryState::expired);
  CHECK(s.said(Event::Kind::expired, informs) == 1);
  CHECK_FALSE(is_final(s.state(alarm)));
}
