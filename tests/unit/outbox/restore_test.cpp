// Risk: a restart that loses a page, repeats one under another key, or sets a clock back.
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

namespace {

std::vector<Receiver> receivers() {
  return {pager("pager", {"b", "chat"}), pager("b"), channel("chat")};
}

/// The same world after a crash and a start, `later`.
void restart(Script& s, Duration later) {
  s.events.clear();
  s.attempts.clear();
  s.restart(receivers(), later);
}

}  // namespace

TEST_CASE("outbox: after a restart what was under way leaves at once, under its own id and key") {
  Script s(receivers());
  const auto sending = s.push_ring("pager", "a");
  const auto recording = s.ring("pager", "b");
  const auto waiting = s.push(Do::acknowledge, "pager", "a");
  restart(s, seconds(5));
  CHECK(s.sent(sending));
  CHECK(s.sent(recording));
  CHECK(!s.sent(waiting));
  CHECK(s.outbox.find(sending)->dedup_key == "a");
  CHECK(s.outbox.find(sending)->attempts == 2);
  CHECK(s.outbox.find(recording)->may_have_arrived);
  CHECK(s.outbox.may_have_got("pager", "a"));
  CHECK(s.has_changed(sending));
  s.yes(sending);
  CHECK(s.sent(waiting));
}

TEST_CASE("outbox: after a restart a retry keeps its time") {
  Script s(receivers());
  const auto id = s.push_ring("pager");
  s.hold(id, minutes(10));
  restart(s, minutes(1));
  CHECK(s.state(id) == DeliveryState::queued);
  s.run(minutes(9));
  CHECK(s.state(id) == DeliveryState::sending);
}

TEST_CASE("outbox: a stand-in's time runs on through a restart, and is made up for once") {
  Script s(receivers());
  const auto ring = s.push_ring("pager");
  SUBCASE("not yet due") {
    restart(s, minutes(1));
    CHECK(s.stand_ins().empty());
    s.run(minutes(1));
    CHECK(s.stand_ins() == Names{"b"});
  }
  SUBCASE("long due") {
    restart(s, hours(5));
    CHECK(s.stand_ins() == Names{"b"});
    CHECK(s.said(Kind::not_heard, ring) == 1);
    s.run(minutes(2));
    CHECK(s.stand_ins() == Names{"b", "chat"});
  }
}

TEST_CASE("outbox: a restart remembers who was told in the chain, and what they said") {
  Script s(receivers());
  const auto ring = s.push_ring("pager");
  s.no(ring);
  s.run(minutes(2));
  if (s.state(ring) == DeliveryState::sending) s.no(ring);
  const auto b = s.stand_in("b", ring, true);
  SUBCASE("nothing yet") {
    restart(s, minutes(1));
    CHECK(s.stand_ins().empty());
    s.run(minutes(1));
    CHECK(s.stand_ins() == Names{"chat"});
  }
  SUBCASE("yes") {
    s.yes(b);
    s.run(hours(2));
    CHECK(s.outbox.forget_finished(s.now, hours(1)).empty());
    restart(s, minutes(1));
    s.run(hours(2));
    CHECK(s.stand_ins().empty());
    CHECK(s.said(Kind::not_heard, ring) == 0);
  }
  SUBCASE("never") {
    s.never(b);
    CHECK(s.stand_ins() == Names{"b", "chat"});
    restart(s, minutes(1));
    CHECK(s.stand_ins().empty());
  }
}

TEST_CASE("outbox: a refusal before a restart is not followed by the same stand-in again") {
  Script s(receivers());
  const auto ring = s.push_ring("pager");
  s.never(ring);
  CHECK(s.stand_ins() == Names{"b"});
  const auto b = s.stand_in("b", ring, true);
  restart(s, seconds(1));
  CHECK(s.sent(b));
  CHECK(s.stand_ins().empty());
  s.never(b);
  CHECK(s.stand_ins() == Names{"chat"});
  CHECK(s.said(Kind::not_heard, ring) == 1);
}

TEST_CASE("outbox: what was finished stays so, and its close is still owed") {
  Script s(receivers());
  const auto told = s.push_ring("pager", "a");
  s.yes(told);
  const auto refused = s.push(Do::open, "chat", "c");
  s.never(refused);
  restart(s, hours(30));
  CHECK(s.attempts.empty());
  CHECK(s.outbox.may_have_got("pager", "a"));
  CHECK(!s.outbox.may_have_got("chat", "c"));
  CHECK(s.outbox.forget_finished(s.now, hours(0)) == std::vector<DeliveryId>{refused});
  const auto close = s.push(Do::close, "pager", "a");
  s.yes(close);
  restart(s, hours(1));
  CHECK(s.outbox.forget_finished(s.now, hours(0)) == std::vector<DeliveryId>{told, close});
}

TEST_CASE("outbox: an open that was under way with its close behind it is not told again") {
  Script s(receivers());
  const auto open = s.push_ring("pager", "a");
  const auto close = s.push(Do::close, "pager", "a");
  restart(s, seconds(1));
  CHECK(s.state(open) == DeliveryState::expired);
  CHECK(s.sent(close));
}

TEST_CASE(
    "outbox: a page that was under way when it was acknowledged does not ring after a restart") {
  Script s(receivers());
  const auto ring = s.push_ring("pager");
  const auto chat = s.push(Do::open, "chat", "c");
  const auto other = s.push_ring("pager", "other", 2);
  s.acknowledge();
  const std::vector<Delivery> records = s.records();
  s.outbox = Outbox(s.tuning, 2);
  s.events.clear();
  s.take(s.outbox.configure(receivers(), s.tuning, s.now));
  s.take(s.outbox.restore(records, s.now, {IncidentId(1)}));
  CHECK(s.state(ring) == DeliveryState::expired);
  CHECK(s.outbox.may_have_got("pager", "k"));
  CHECK(s.last.send == std::vector<DeliveryId>{chat, other});
  s.run(hours(1));
  CHECK(s.said(Kind::not_heard, ring) == 0);
  for (const Event& event : s.events) {
    CHECK((event.kind != Kind::fallback_due || event.delivery == other));
  }
}

TEST_CASE("outbox: a close from before a restart is not the close of what opened after it") {
  Script s(receivers());
  s.yes(s.push(Do::open, "chat", "one"));
  const auto close = s.push(Do::close, "chat", "one");
  const auto again = s.push(Do::open, "chat", "two");
  restart(s, seconds(1));
  s.yes(close);
  s.yes(again);
  CHECK(s.outbox.forget_finished(s.now, hours(0)).size() == 2);
  CHECK(s.outbox.may_have_got("chat", "two"));
}

TEST_CASE("outbox: a summary comes back with all that it tells") {
  Script s(receivers());
  s.no(s.push(Do::open, "chat", "a", 1));
  s.no(s.push(Do::open, "chat", "b", 2));
  s.push(Do::open, "chat", "c", 3);
  s.no(s.last.send.front());
  const auto d = s.push(Do::open, "chat", "d", 4);
  const DeliveryId summary = s.last.send.front();
  restart(s, seconds(1));
  CHECK(s.sent(summary));
  CHECK(s.outbox.folded_in(summary).size() == 4);
  CHECK(s.outbox.may_have_got("chat", "d"));
  s.no(summary);
  const auto e = s.push(Do::open, "chat", "e", 5);
  const DeliveryId larger = s.last.send.front();
  CHECK(s.outbox.folded_in(larger).size() == 5);
  s.yes(larger);
  CHECK(s.said(Kind::delivered, d) == 1);
  CHECK(s.said(Kind::delivered, e) == 1);
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: what piled up before a restart is summed up after it") {
  Script s(receivers());
  s.no(s.push(Do::open, "chat", "a", 1));
  s.add(Do::open, "chat", "b", 2);
  s.add(Do::open, "chat", "c", 3);
  restart(s, seconds(1));
  REQUIRE(s.last.send.size() == 1);
  CHECK(s.outbox.folded_in(s.last.send.front()).size() == 3);
}

TEST_CASE("outbox: a receiver that is gone after a restart leaves undeliverables, loudly") {
  Script s(receivers());
  const auto id = s.push(Do::open, "chat", "c");
  const std::vector<Delivery> records = s.records();
  Outbox fresh(s.tuning, 1);
  s.take(fresh.configure({pager("pager")}, s.tuning, s.now));
  s.take(fresh.restore(records, s.now));
  CHECK(fresh.find(id)->state == DeliveryState::undeliverable);
  CHECK(s.said(Kind::undeliverable, id) == 1);
  CHECK(s.has_changed(id));
}

TEST_CASE("outbox: records that arrive late do not touch what is already under way") {
  Script s(receivers());
  const auto id = s.push_ring("pager");
  Delivery stale = *s.outbox.find(id);
  stale.state = DeliveryState::recording;
  s.take(s.outbox.restore({stale}, s.now));
  CHECK(s.state(id) == DeliveryState::sending);
  CHECK(s.attempts.size() == 1);
}
