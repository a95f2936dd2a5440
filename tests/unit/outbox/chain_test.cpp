// Risk: a page that nobody gets while everybody thinks that somebody has it.
#include <doctest/doctest.h>

#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using Do = tocsin::DeliveryAction;
using Kind = tocsin::outbox::Event::Kind;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;
using Names = std::vector<std::string>;

TEST_CASE("outbox: after two minutes without a yes the stand-in is named, once") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  const auto ring = s.push_ring("pager");
  s.run(minutes(2) - milliseconds(1));
  CHECK(s.stand_ins().empty());
  s.run(milliseconds(1));
  CHECK(s.stand_ins() == Names{"chat"});
  CHECK(s.outbox.find(ring)->fallbacks_used == 1);
  CHECK(s.has_changed(ring));
  s.run(hours(1));
  CHECK(s.stand_ins() == Names{"chat"});
}

TEST_CASE("outbox: a yes in time calls no stand-in") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  s.yes(s.push_ring("pager"));
  s.run(hours(1));
  CHECK(s.stand_ins().empty());
  CHECK(s.said(Kind::not_heard, DeliveryId(1)) == 0);
  CHECK(!s.outbox.next_due());
}

TEST_CASE("outbox: a permanent no calls the stand-in at once") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  s.never(s.push_ring("pager"));
  CHECK(s.stand_ins() == Names{"chat"});
}

TEST_CASE("outbox: a receiver that is not configured is stood in for at once") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  const auto ring = s.ring("pager");
  s.take(s.outbox.configure({channel("chat")}, s.tuning, s.now));
  CHECK(s.state(ring) == DeliveryState::undeliverable);
  CHECK(s.stand_ins() == Names{"chat"});
}

TEST_CASE("outbox: the chain goes depth first, nobody twice") {
  Script s({pager("pager", {"a", "b"}), pager("a", {"c", "pager"}), pager("b", {"c"}), pager("c")});
  const auto ring = s.push_ring("pager");
  for (int i = 0; i < 20; ++i) s.run(minutes(2));
  CHECK(s.stand_ins() == Names{"a", "c", "b"});
  CHECK(s.state(ring) == DeliveryState::sending);
}

TEST_CASE(
    "outbox: the next of the chain follows two minutes after the stand-in, or at its refusal") {
  Script s({pager("pager", {"a", "b", "c"}), pager("a"), pager("b"), pager("c")});
  const auto ring = s.push_ring("pager");
  s.run(minutes(2));
  const auto a = s.stand_in("a", ring, true);
  s.run(minutes(1));
  s.never(a);
  CHECK(s.stand_ins() == Names{"a", "b"});
  const auto b = s.stand_in("b", ring, true);
  s.run(minutes(2));
  CHECK(s.stand_ins() == Names{"a", "b", "c"});
  s.yes(b);
  s.run(hours(1));
  CHECK(s.stand_ins() == Names{"a", "b", "c"});
}

TEST_CASE("outbox: a stand-in's yes ends the chain; the first receiver is still retried") {
  Script s({pager("pager", {"a", "b"}), pager("a"), pager("b")});
  const auto ring = s.push_ring("pager");
  s.lost(ring);
  s.pass(seconds(2));
  s.wake();
  s.no(ring);
  s.run(minutes(2));
  const auto a = s.stand_in("a", ring, true);
  s.yes(a);
  s.run(minutes(30));
  CHECK(s.stand_ins() == Names{"a"});
  CHECK(s.state(ring) == DeliveryState::sending);
  CHECK(s.outbox.find(ring)->attempts > 2);
}

TEST_CASE("outbox: a stand-in that has not left is withdrawn when the first receiver says yes") {
  Script s({pager("pager", {"a"}), pager("a")});
  const auto ring = s.push_ring("pager");
  const auto busy = s.push_ring("a", "other", 2);
  s.hold(busy, minutes(30));
  s.run(minutes(2));
  const auto a = s.stand_in("a", ring, true);
  CHECK(s.state(a) == DeliveryState::queued);
  s.yes(ring);
  CHECK(s.state(a) == DeliveryState::withdrawn);
}

TEST_CASE("outbox: nobody who wakes has said yes: said once, after two minutes") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  const auto ring = s.push_ring("pager");
  s.no(ring);
  s.run(minutes(2));
  CHECK(s.said(Kind::not_heard, ring) == 1);
  const auto chat = s.stand_in("chat", ring, false);
  s.yes(chat);
  s.run(hours(2));
  CHECK(s.said(Kind::not_heard, ring) == 1);
}

TEST_CASE("outbox: a chat that says yes wakes nobody") {
  Script s({pager("pager", {"chat"}), channel("chat"), pager("b")});
  const auto ring = s.push_ring("pager");
  s.never(ring);
  CHECK(s.said(Kind::not_heard, ring) == 1);  // at once: the pager was the only one who wakes
}

TEST_CASE("outbox: a chat's yes ends the chain, but nobody has been woken") {
  Script s({pager("pager", {"chat", "b"}), channel("chat"), pager("b")});
  const auto ring = s.push_ring("pager");
  s.never(ring);
  s.yes(s.stand_in("chat", ring, false));
  CHECK(s.said(Kind::not_heard, ring) == 0);
  s.run(minutes(2));
  CHECK(s.said(Kind::not_heard, ring) == 1);
  CHECK(s.stand_ins() == Names{"chat"});
}

TEST_CASE("outbox: a chat's yes does not call off a stand-in who is to be woken") {
  Script s({pager("pager", {"a", "chat"}), pager("a"), channel("chat")});
  const auto ring = s.push_ring("pager");
  s.hold(s.push_ring("a", "other", 2), minutes(30));
  s.run(minutes(2));
  const auto a = s.stand_in("a", ring, true);
  s.run(minutes(2));
  s.yes(s.stand_in("chat", ring, false));
  CHECK(s.state(a) == DeliveryState::queued);
}

TEST_CASE("outbox: only the latest stand-in's refusal calls the next") {
  Script s({pager("pager", {"a", "b", "c"}), pager("a"), pager("b"), pager("c")});
  const auto ring = s.push_ring("pager");
  s.run(minutes(2));
  const auto a = s.stand_in("a", ring, true);
  s.run(minutes(2));
  s.stand_in("b", ring, true);
  s.never(a);
  CHECK(s.stand_ins() == Names{"a", "b"});
  s.run(minutes(2));
  CHECK(s.stand_ins() == Names{"a", "b", "c"});
}

TEST_CASE("outbox: not heard waits for a stand-in that wakes") {
  Script s({pager("pager", {"b"}), pager("b")});
  const auto ring = s.push_ring("pager");
  s.never(ring);
  CHECK(s.said(Kind::not_heard, ring) == 0);
  const auto b = s.stand_in("b", ring, true);
  SUBCASE("who says yes") {
    s.yes(b);
    s.run(hours(1));
    CHECK(s.said(Kind::not_heard, ring) == 0);
  }
  SUBCASE("who refuses") {
    s.never(b);
    CHECK(s.said(Kind::not_heard, ring) == 1);
    s.run(hours(1));
    CHECK(s.said(Kind::not_heard, ring) == 1);
  }
  SUBCASE("who says nothing") {
    s.run(minutes(2));
    CHECK(s.said(Kind::not_heard, ring) == 1);
  }
}

TEST_CASE("outbox: a ring that wakes nobody is never said to be unheard") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  s.run(hours(1));
  CHECK(s.said(Kind::not_heard, id) == 0);
}

TEST_CASE("outbox: once acknowledged nobody is woken as a stand-in") {
  Script s({channel("chat", {"pager", "log"}), pager("pager"), channel("log")});
  const auto open = s.push(Do::open, "chat");
  s.no(open);
  s.acknowledge();
  s.run(minutes(2));
  CHECK(s.stand_ins() == Names{"log"});
}

TEST_CASE("outbox: once acknowledged a page has neither stand-ins nor is it unheard") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  const auto ring = s.push_ring("pager");
  s.acknowledge();
  s.no(ring);
  s.run(hours(1));
  CHECK(s.stand_ins().empty());
  CHECK(s.said(Kind::not_heard, ring) == 0);
  CHECK(s.state(ring) == DeliveryState::withdrawn);
}

TEST_CASE("outbox: a closed incident needs no stand-in") {
  Script s({pager("pager", {"chat"}), channel("chat")});
  const auto ring = s.push_ring("pager");
  s.never(ring);
  Script t({pager("pager", {"a", "b"}), pager("a"), pager("b")});
  const auto other = t.push_ring("pager");
  t.never(other);
  t.close();
  t.run(hours(1));
  CHECK(t.stand_ins() == Names{"a"});
  CHECK(t.said(Kind::not_heard, other) == 0);
  CHECK(t.outbox.forget_finished(t.now, hours(0)).size() == 1);
}
