// Risk: a channel that comes back and is flooded, or a notice that is lost within a summary.
#include <doctest/doctest.h>

#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using Do = tocsin::DeliveryAction;
using Kind = tocsin::outbox::Event::Kind;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;
using Ids = std::vector<DeliveryId>;

namespace {

/// A channel that has failed once, with one notice waiting for its retry.
DeliveryId failing(Script& s) {
  const auto first = s.push(Do::open, "chat", "a", 1);
  s.no(first);
  return first;
}

}  // namespace

TEST_CASE("outbox: three that wait for a channel that failed are told as one summary") {
  Script s({channel("chat")});
  const auto a = failing(s);
  const auto b = s.push(Do::open, "chat", "b", 2);
  CHECK(s.sent(b));  // two are sent one by one
  const auto c = s.push(Do::open, "chat", "c", 3);
  s.no(b);
  REQUIRE(s.last.send.size() == 1);
  const DeliveryId summary = s.last.send.front();
  CHECK(s.outbox.folded_in(summary) == Ids{a, b, c});
  CHECK(s.outbox.find(summary)->notice.kind == NoticeKind::summary);
  CHECK(s.outbox.find(summary)->receiver == "chat");
  CHECK(!s.outbox.find(summary)->incident);
  CHECK(s.outbox.summary(summary) != nullptr);
  CHECK(s.outbox.summary(a) == nullptr);
  for (const auto id : {a, b, c}) {
    CHECK(s.state(id) == DeliveryState::folded);
    CHECK(s.outbox.find(id)->folded_into == summary);
    CHECK(s.said(Kind::folded, id) == 1);
  }
  CHECK(s.outbox.waiting() == 1);
  s.yes(summary);
  for (const auto id : {a, b, c}) CHECK(s.said(Kind::delivered, id) == 1);
  CHECK(s.outbox.folded_in(summary).empty());
  CHECK(s.outbox.may_have_got("chat", "a"));
}

TEST_CASE("outbox: a channel that works is not summed up, however much waits") {
  Script s({channel("chat")});
  for (std::uint64_t i = 1; i <= 9; ++i) s.push(Do::open, "chat", std::to_string(i), i);
  for (std::size_t i = 0; i < 9; ++i) s.yes(s.attempts[i]);
  CHECK(s.attempts.size() == 9);
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: a channel that works again is not summed up for having failed once") {
  Script s({channel("chat")});
  const auto a = failing(s);
  s.run(seconds(2));
  s.yes(a);
  for (std::uint64_t i = 2; i <= 6; ++i) s.push(Do::open, "chat", std::to_string(i), i);
  s.yes(s.attempts.back());
  CHECK(s.outbox.waiting() == 4);
  CHECK(s.events.back().kind == Kind::delivered);
  for (const Event& event : s.events) CHECK(event.kind != Kind::folded);
}

TEST_CASE("outbox: a pager is never told summaries") {
  Script s({pager("pager")});
  for (std::uint64_t i = 1; i <= 9; ++i) {
    const auto id = s.push_ring("pager", std::to_string(i), i);
    if (s.state(id) == DeliveryState::sending) s.no(id);
  }
  s.run(minutes(1));
  for (const Event& event : s.events) CHECK(event.kind != Kind::folded);
}

TEST_CASE("outbox: what comes while a summary waits is told in a new one, which replaces it") {
  Script s({channel("chat")});
  failing(s);
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::open, "chat", "c", 3);
  const DeliveryId first = s.last.send.front();
  s.no(first);
  const auto d = s.push(Do::open, "chat", "d", 4);
  const DeliveryId second = s.last.send.front();
  CHECK(second != first);
  CHECK(s.state(first) == DeliveryState::folded);
  CHECK(s.outbox.find(first)->folded_into == second);
  CHECK(s.outbox.folded_in(second).size() == 4);
  CHECK(s.outbox.folded_in(second).back() == d);
  s.yes(second);
  for (std::uint64_t id = 1; id <= 3; ++id) CHECK(s.said(Kind::delivered, DeliveryId(id)) == 1);
  CHECK(s.said(Kind::delivered, d) == 1);
  CHECK(s.said(Kind::delivered, first) == 0);
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: a summary that fails is retried, ever more slowly though it grows") {
  Script s({channel("chat")});
  failing(s);
  for (std::uint64_t i = 2; i <= 30; ++i) {
    s.push(Do::open, "chat", std::to_string(i), i);
    const Ids sent = s.last.send;
    for (const auto id : sent) s.no(id);
  }
  const auto due = s.outbox.next_due();
  REQUIRE(due);
  CHECK(*due - s.now.boot > minutes(3));
}

TEST_CASE("outbox: a close that follows a summary waits for it") {
  Script s({channel("chat")});
  failing(s);
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::open, "chat", "c", 3);
  const DeliveryId summary = s.last.send.front();
  const auto close = s.push(Do::close, "chat", "c", 3);
  CHECK(s.state(close) == DeliveryState::queued);
  s.yes(summary);
  CHECK(s.sent(close));
}

TEST_CASE("outbox: what is not released, and what stands behind it, is not told in a summary") {
  Script s({channel("chat")});
  failing(s);
  const auto unreleased = s.add(Do::open, "chat", "b", 2);
  const auto behind = s.push(Do::update, "chat", "b", 2);
  const auto c = s.push(Do::open, "chat", "c", 3);
  CHECK(s.state(unreleased) == DeliveryState::recording);
  CHECK(s.state(behind) == DeliveryState::queued);
  CHECK(s.state(c) == DeliveryState::sending);
}

TEST_CASE("outbox: a refused summary refuses all that it tells, and their stand-ins are called") {
  Script s({channel("chat", {"other"}), channel("other")});
  const auto a = failing(s);
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::update, "chat", "c", 3);
  s.never(s.last.send.front());
  CHECK(s.said(Kind::refused, a) == 1);
  CHECK(s.stand_ins() == std::vector<std::string>{"other", "other"});
  CHECK(!s.outbox.may_have_got("chat", "a"));
}

TEST_CASE("outbox: two minutes pass for those within a summary as for any other") {
  Script s({channel("chat", {"other"}), channel("other")});
  const auto a = failing(s);
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::open, "chat", "c", 3);
  s.run(minutes(2));
  CHECK(s.stand_ins().size() == 3);
  CHECK(s.outbox.find(a)->fallbacks_used == 1);
}

TEST_CASE("outbox: a summary wakes for as long as one that it tells is to wake someone") {
  Receiver horn = channel("horn");
  horn.wakes = true;
  Script s({horn});
  const auto a = s.push_ring("horn", "a", 1);
  s.no(a);
  s.no(s.push(Do::open, "horn", "b", 2));
  const auto c = s.push_ring("horn", "c", 3);
  const DeliveryId summary = s.last.send.front();
  CHECK(s.outbox.find(summary)->wakes);
  s.no(summary);
  s.acknowledge(1);
  CHECK(s.state(a) == DeliveryState::withdrawn);
  CHECK(s.outbox.find(summary)->wakes);
  s.acknowledge(3);
  CHECK(s.state(c) == DeliveryState::withdrawn);
  CHECK(!s.outbox.find(summary)->wakes);
  CHECK(s.outbox.folded_in(summary).size() == 1);
  CHECK(s.state(summary) == DeliveryState::queued);
}

TEST_CASE("outbox: a summary of which nothing is left is withdrawn") {
  Receiver horn = channel("horn");
  horn.wakes = true;
  Script s({horn});
  s.no(s.push_ring("horn", "a", 1));
  s.no(s.push_ring("horn", "b", 1));
  s.push_ring("horn", "c", 1);
  REQUIRE(s.last.send.empty());  // one line, in order: its head waits for its retry
  s.run(minutes(1));
  const DeliveryId summary = s.attempts.back();
  REQUIRE(s.outbox.folded_in(summary).size() == 3);
  s.no(summary);
  s.acknowledge(1);
  CHECK(s.state(summary) == DeliveryState::withdrawn);
  CHECK(s.outbox.waiting() == 0);
  CHECK(!s.outbox.may_have_got("horn", "a"));
}

TEST_CASE("outbox: whoever may have got a summary may have got all that it tells") {
  Script s({channel("chat")});
  failing(s);
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::open, "chat", "c", 3);
  const DeliveryId summary = s.last.send.front();
  CHECK(s.outbox.may_have_got("chat", "a"));  // it is on its way
  s.no(summary);
  CHECK(!s.outbox.may_have_got("chat", "a"));
  s.run(seconds(8));
  s.lost(s.attempts.back());
  CHECK(s.outbox.may_have_got("chat", "a"));
  s.run(hours(25));
  if (s.outbox.waiting() > 0) s.no(s.attempts.back());
  CHECK(s.said(Kind::expired, DeliveryId(1)) == 1);
  CHECK(s.outbox.may_have_got("chat", "a"));
}

TEST_CASE("outbox: what a summary told is forgotten with it") {
  Script s({channel("chat")});
  for (std::uint64_t i = 1; i <= 3; ++i) s.push(Do::update, "chat", std::to_string(i), i);
  s.no(s.attempts.back());
  const DeliveryId summary = s.attempts.back();
  CHECK(s.outbox.forget_finished(s.now, hours(0)).empty());
  s.yes(summary);
  for (std::uint64_t i = 1; i <= 3; ++i) s.close(i);
  CHECK(s.outbox.forget_finished(s.now, hours(0)).size() == 4);
}
