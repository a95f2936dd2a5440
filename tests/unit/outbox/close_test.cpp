// Risk: a close that is owed and does not come, an open that comes after its close, a key that
// stays open for ever at a pager.
#include <doctest/doctest.h>

#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using Do = tocsin::DeliveryAction;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;

TEST_CASE("outbox: open and close meet in the queue: a pager gets nothing") {
  Script s({pager("pager")});
  const auto open = s.ring("pager");
  const auto ack = s.add(Do::acknowledge, "pager");
  const auto close = s.add(Do::close, "pager");
  CHECK(s.state(open) == DeliveryState::withdrawn);
  CHECK(s.state(ack) == DeliveryState::withdrawn);
  CHECK(s.state(close) == DeliveryState::withdrawn);
  CHECK(s.has_changed(open));
  CHECK(s.has_changed(close));
  CHECK(!s.outbox.may_have_got("pager", "k"));
  s.release(open);
  s.release(close);
  s.run(hours(2));
  CHECK(s.attempts.empty());
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: open and close meet in the queue: a channel gets one line") {
  Script s({channel("chat")});
  const auto open = s.add(Do::open, "chat", "a");
  const auto more = s.add(Do::update, "chat", "a");
  const auto close = s.push(Do::close, "chat", "a");
  CHECK(s.state(open) == DeliveryState::withdrawn);
  CHECK(s.state(more) == DeliveryState::withdrawn);
  CHECK(s.sent(close));
}

TEST_CASE("outbox: an open under way is followed by its close, whatever becomes of it") {
  Script s({pager("pager")});
  const auto open = s.push_ring("pager");
  const auto close = s.push(Do::close, "pager");
  CHECK(s.state(close) == DeliveryState::queued);
  CHECK(s.outbox.may_have_got("pager", "k"));
  SUBCASE("it arrives") {
    s.yes(open);
    CHECK(s.sent(close));
  }
  SUBCASE("it may have arrived") {
    s.lost(open);
    CHECK(s.state(open) == DeliveryState::expired);
    CHECK(s.sent(close));
    CHECK(s.outbox.may_have_got("pager", "k"));
  }
  SUBCASE("it has certainly not arrived: then there is nothing to close") {
    s.no(open);
    CHECK(s.state(open) == DeliveryState::withdrawn);
    CHECK(s.state(close) == DeliveryState::withdrawn);
    CHECK(!s.outbox.may_have_got("pager", "k"));
  }
  SUBCASE("it is refused: then there is nothing to close") {
    s.never(open);
    CHECK(s.state(close) == DeliveryState::withdrawn);
  }
}

TEST_CASE("outbox: an open that may have arrived is not tried again once its close is queued") {
  Script s({pager("pager")});
  const auto open = s.push_ring("pager");
  s.lost(open);
  CHECK(s.outbox.find(open)->may_have_arrived);
  const auto close = s.push(Do::close, "pager");
  CHECK(s.state(open) == DeliveryState::expired);
  CHECK(s.sent(close));
}

TEST_CASE(
    "outbox: an open refused after an attempt that may have arrived is still owed its close") {
  Script s({pager("pager")});
  const auto open = s.push_ring("pager");
  s.lost(open);
  s.run(seconds(2));
  s.never(open);
  CHECK(s.state(open) == DeliveryState::refused);
  CHECK(s.outbox.may_have_got("pager", "k"));
  const auto close = s.push(Do::close, "pager");
  CHECK(s.sent(close));
}

TEST_CASE("outbox: a close is retried after its incident has closed") {
  Script s({pager("pager")});
  const auto open = s.push_ring("pager");
  s.yes(open);
  const auto close = s.push(Do::close, "pager");
  s.close();
  s.no(close);
  s.run(seconds(2));
  CHECK(s.state(close) == DeliveryState::sending);
  CHECK(s.outbox.find(close)->attempts == 2);
}

TEST_CASE("outbox: an incident that has closed ends its opens and updates that wait") {
  Script s({pager("pager"), channel("chat")});
  const auto never_left = s.add(Do::open, "chat", "a");
  const auto lost = s.push_ring("pager", "b");
  s.lost(lost);
  const auto sending = s.push_ring("pager", "c");
  const auto other = s.push_ring("pager", "d", 2);
  s.close();
  CHECK(s.state(never_left) == DeliveryState::withdrawn);
  CHECK(s.state(lost) == DeliveryState::expired);
  CHECK(s.state(sending) == DeliveryState::sending);
  CHECK(s.state(other) == DeliveryState::sending);
  s.no(sending);
  CHECK(s.state(sending) == DeliveryState::withdrawn);
}

TEST_CASE("outbox: acknowledging withdraws what would wake someone and has not left") {
  Tuning tuning;
  tuning.in_flight_by_key = 1;
  Script s({pager("pager"), channel("chat")}, tuning);
  const auto under_way = s.push_ring("pager", "a");
  const auto queued = s.push_ring("pager", "b");
  const auto told = s.push(Do::open, "chat", "c");
  const auto other = s.push_ring("pager", "d", 2);
  const auto ack_of_queued = s.add(Do::acknowledge, "pager", "b");
  s.acknowledge();
  CHECK(s.state(queued) == DeliveryState::withdrawn);
  CHECK(s.state(ack_of_queued) == DeliveryState::withdrawn);
  CHECK(s.state(under_way) == DeliveryState::sending);
  CHECK(s.state(told) == DeliveryState::sending);
  CHECK(s.state(other) == DeliveryState::queued);
  const auto late_ack = s.add(Do::acknowledge, "pager", "b");
  CHECK(s.state(late_ack) == DeliveryState::withdrawn);
  s.no(under_way);
  CHECK(s.state(under_way) == DeliveryState::withdrawn);
  CHECK(s.sent(other));
}

TEST_CASE("outbox: a page that may have arrived is not tried again once acknowledged, but owed") {
  Script s({pager("pager")});
  const auto ring = s.push_ring("pager");
  s.lost(ring);
  s.acknowledge();
  CHECK(s.state(ring) == DeliveryState::expired);
  CHECK(s.outbox.may_have_got("pager", "k"));
  const auto ack = s.push(Do::acknowledge, "pager");
  CHECK(s.sent(ack));
}

TEST_CASE("outbox: a key whose story is not known gets its close") {
  Script s({pager("pager")});
  const auto close = s.push(Do::close, "pager", "from-long-ago");
  CHECK(s.sent(close));
}

TEST_CASE("outbox: an incident that reopens gets a new open after the close, under a new key") {
  Script s({pager("pager")});
  const auto first = s.push_ring("pager", "one");
  s.yes(first);
  const auto close = s.push(Do::close, "pager", "one");
  s.close();
  s.yes(close);
  const auto second = s.push_ring("pager", "two");
  CHECK(s.sent(second));
  CHECK(!s.outbox.find(second)->may_have_arrived);
}

TEST_CASE("outbox: finished deliveries are forgotten, but not those that a close is owed for") {
  Script s({pager("pager"), channel("chat")});
  const auto open = s.push_ring("pager");
  s.yes(open);
  const auto chat = s.push(Do::open, "chat", "c");
  s.yes(chat);
  const auto news = s.push(Do::update, "chat", "c");
  s.yes(news);
  s.run(hours(48));
  auto gone = s.outbox.forget_finished(s.now, hours(1));
  CHECK(gone == std::vector<DeliveryId>{news});
  CHECK(s.outbox.may_have_got("pager", "k"));
  CHECK(s.outbox.may_have_got("chat", "c"));
  const auto close = s.push(Do::close, "pager");
  const auto last = s.push(Do::close, "chat", "c");
  s.close();
  s.yes(last);
  CHECK(s.outbox.forget_finished(s.now, hours(0)) == std::vector<DeliveryId>{chat, last});
  s.yes(close);
  CHECK(s.outbox.forget_finished(s.now, hours(1)) == std::vector<DeliveryId>{open});
  s.pass(hours(1));
  CHECK(s.outbox.forget_finished(s.now, hours(1)) == std::vector<DeliveryId>{close});
  CHECK(s.outbox.find(open) == nullptr);
  CHECK(!s.outbox.may_have_got("pager", "k"));
}

TEST_CASE("outbox: a closed incident that is owed nothing keeps nothing") {
  Script s({channel("chat")});
  const auto open = s.push(Do::open, "chat", "c");
  s.yes(open);
  s.close();
  CHECK(s.outbox.forget_finished(s.now, hours(0)) == std::vector<DeliveryId>{open});
}
