// Risk: a notice that overtakes another, is attempted twice at once, or waits without need.
#include <doctest/doctest.h>

#include "unit/outbox/script.hpp"

using namespace tocsin;
using namespace tocsin::outbox;
using tocsin::outbox::test::channel;
using tocsin::outbox::test::pager;
using tocsin::outbox::test::Script;

using Do = tocsin::DeliveryAction;

TEST_CASE("outbox: nothing leaves before it is released, and then at once") {
  Script s({channel("chat")});
  const auto id = s.add(Do::open, "chat");
  CHECK(s.state(id) == DeliveryState::recording);
  CHECK(s.attempts.empty());
  s.release(id);
  CHECK(s.state(id) == DeliveryState::sending);
  CHECK(s.sent(id));
  CHECK(s.has_changed(id));
  CHECK(s.outbox.find(id)->attempts == 1);
  s.yes(id);
  CHECK(s.state(id) == DeliveryState::delivered);
  CHECK(s.said(Event::Kind::delivered, id) == 1);
  CHECK(s.outbox.waiting() == 0);
}

TEST_CASE("outbox: at a receiver by key an open, its acknowledge and its close keep their order") {
  Script s({pager("pager")});
  const auto first = s.push(Do::open, "pager");
  const auto second = s.push(Do::acknowledge, "pager");
  CHECK(s.state(second) == DeliveryState::queued);
  s.yes(first);
  CHECK(s.sent(second));
  const auto third = s.push(Do::close, "pager");
  CHECK(s.state(third) == DeliveryState::queued);
  s.yes(second);
  CHECK(s.sent(third));
}

TEST_CASE("outbox: a later one that is released first still waits for the earlier") {
  Script s({pager("pager")});
  const auto first = s.add(Do::open, "pager");
  const auto second = s.add(Do::acknowledge, "pager");
  s.release(second);
  CHECK(s.state(second) == DeliveryState::queued);
  s.release(first);
  CHECK(s.sent(first));
  CHECK(!s.sent(second));
}

TEST_CASE("outbox: a receiver by key takes several keys at once, up to the limit") {
  Tuning tuning;
  tuning.in_flight_by_key = 2;
  Script s({pager("pager")}, tuning);
  const auto a = s.push(Do::open, "pager", "a");
  const auto b = s.push(Do::open, "pager", "b");
  const auto c = s.push(Do::open, "pager", "c");
  CHECK(s.state(a) == DeliveryState::sending);
  CHECK(s.state(b) == DeliveryState::sending);
  CHECK(s.state(c) == DeliveryState::queued);
  s.yes(b);
  CHECK(s.sent(c));
}

TEST_CASE("outbox: people's channels get one attempt at a time") {
  Script s({channel("chat")});
  const auto a = s.push(Do::open, "chat", "a", 1);
  const auto b = s.push(Do::open, "chat", "b", 2);
  CHECK(s.state(b) == DeliveryState::queued);
  s.yes(a);
  CHECK(s.sent(b));
}

TEST_CASE("outbox: while one incident's notice waits for its retry, another's goes") {
  Script s({channel("chat")});
  const auto a = s.push(Do::open, "chat", "a", 1);
  const auto more = s.push(Do::update, "chat", "a", 1);
  s.no(a);
  const auto b = s.push(Do::open, "chat", "b", 2);
  CHECK(s.state(a) == DeliveryState::folded);  // three wait, so they go as one
  CHECK(s.state(more) == DeliveryState::folded);
  CHECK(s.state(b) == DeliveryState::folded);
  Script t({channel("chat")});
  const auto c = t.push(Do::open, "chat", "a", 1);
  t.no(c);
  const auto d = t.push(Do::open, "chat", "b", 2);
  CHECK(t.sent(d));
  CHECK(t.state(c) == DeliveryState::queued);
}

TEST_CASE("outbox: an answer to an attempt that is not under way is ignored") {
  Script s({channel("chat")});
  const auto id = s.push(Do::open, "chat");
  s.no(id);
  s.yes(id);
  CHECK(s.state(id) == DeliveryState::queued);
  CHECK(s.last.changed.empty());
  s.yes(DeliveryId(77));
  CHECK(s.last.changed.empty());
}

TEST_CASE("outbox: a delivery for a receiver that is not configured is undeliverable") {
  Script s({channel("chat")});
  const auto id = s.add(Do::open, "nobody");
  CHECK(s.state(id) == DeliveryState::undeliverable);
  CHECK(s.said(Event::Kind::undeliverable, id) == 1);
}

TEST_CASE("outbox: what only informs goes beside a slow chat, one at a time, and holds nobody up") {
  Script s({channel("chat")});
  const auto inform = [&] {
    Delivery change = s.make(Do::open, "chat", "change", 0);
    change.notice.kind = NoticeKind::change;
    const DeliveryId id = s.add(std::move(change));
    s.release(id);
    return id;
  };
  const auto alarm = s.push(Do::open, "chat", "a", 1);
  const auto first = inform();
  const auto second = inform();
  CHECK(s.state(alarm) == DeliveryState::sending);
  CHECK(s.state(first) == DeliveryState::sending);
  CHECK(s.state(second) == DeliveryState::queued);
  s.yes(alarm);
  s.hold(first, minutes(50));
  CHECK(s.state(second) == DeliveryState::queued);
  const auto later = s.push(Do::open, "chat", "b", 2);
  CHECK(s.state(later) == DeliveryState::sending);
  CHECK(s.outbox.waiting_for("chat") == 3);
  s.run(minutes(51));
  CHECK(s.state(second) == DeliveryState::sending);
  s.yes(second);
  CHECK(s.state(first) == DeliveryState::sending);
}

TEST_CASE("outbox: what only informs is undeliverable once its receiver is gone") {
  Script s({channel("chat"), channel("mail")});
  Delivery change = s.make(Do::open, "chat", "change", 0);
  change.notice.kind = NoticeKind::change;
  const DeliveryId id = s.add(std::move(change));
  s.take(s.outbox.configure({channel("mail")}, s.tuning, s.now));
  CHECK(s.state(id) == DeliveryState::undeliverable);
}
