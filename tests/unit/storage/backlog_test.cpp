#include "storage/backlog.hpp"

#include <doctest/doctest.h>

#include "unit/storage/records.hpp"

using namespace tocsin;
using storage::Backlog;
using storage_test::incident;
using storage_test::line;

namespace {

const Incident& only(const Backlog& backlog) {
  REQUIRE(backlog.objects().size() == 1);
  return std::get<Incident>(backlog.objects().begin()->second.record);
}

}  // namespace

TEST_CASE("of an object the latest waits, of the story every line") {
  Backlog backlog(1 << 20);
  CHECK(backlog.empty());
  backlog.add(StepNumber(1), {incident(1, "a"), line(1, 1)});
  backlog.add(StepNumber(2), {incident(1, "b"), line(1, 2)});
  CHECK(only(backlog).policy == "b");
  CHECK(backlog.objects().begin()->second.step == StepNumber(2));
  CHECK(backlog.lines().size() == 2);
}

TEST_CASE("kinds and numbers are told apart") {
  Backlog backlog(1 << 20);
  Delivery delivery;
  delivery.id = DeliveryId(1);
  Alert a;
  a.key = AlertKey{"R", Labels{{"x", "1"}}};
  Alert b;
  b.key = AlertKey{"R", Labels{{"x", "2"}}};
  backlog.add(StepNumber(1), {incident(1, "a"), incident(2, "a"), delivery, a, b, EngineState{}});
  CHECK(backlog.objects().size() == 6);
}

TEST_CASE("an erasure takes the place of what it erases, and is undone by a new object") {
  Backlog backlog(1 << 20);
  Alert alert;
  alert.key = AlertKey{"R", Labels{{"x", "1"}}};
  backlog.add(StepNumber(1), {alert});
  backlog.add(StepNumber(2), {Erased{Erased::Kind::alert, alert.key, 0, ""}});
  REQUIRE(backlog.objects().size() == 1);
  CHECK(std::holds_alternative<Erased>(backlog.objects().begin()->second.record));
  backlog.add(StepNumber(3), {alert});
  REQUIRE(backlog.objects().size() == 1);
  CHECK(std::holds_alternative<Alert>(backlog.objects().begin()->second.record));
  backlog.add(StepNumber(4), {RetiredReceiver{"r", "d", false}});
  backlog.add(StepNumber(5), {Erased{Erased::Kind::retired_receiver, {}, 0, "r"}});
  CHECK(backlog.objects().size() == 2);
}

TEST_CASE("what is put back does not overwrite what is newer") {
  Backlog backlog(1 << 20);
  backlog.add(StepNumber(1), {incident(1, "old"), incident(2, "old"), line(1, 1)});
  Backlog taken = backlog.take();
  CHECK(backlog.empty());
  CHECK(backlog.bytes() == 0);
  backlog.add(StepNumber(2), {incident(1, "new"), line(1, 2)});
  backlog.put_back(std::move(taken));
  REQUIRE(backlog.objects().size() == 2);
  CHECK(std::get<Incident>(backlog.objects().at("incident 1").record).policy == "new");
  CHECK(std::get<Incident>(backlog.objects().at("incident 2").record).policy == "old");
  REQUIRE(backlog.lines().size() == 2);
  CHECK(std::get<TimelineEntry>(backlog.lines()[0].record).number == 1);
  CHECK(std::get<TimelineEntry>(backlog.lines()[1].record).number == 2);
}

TEST_CASE("beyond the bound the oldest lines go, counted; objects stay") {
  Backlog backlog(100'000);
  backlog.add(StepNumber(1), {incident(1, "a")});
  for (std::uint32_t i = 1; i <= 1000; ++i) {
    backlog.add(StepNumber(i), {line(1, i, std::string(1000, 'x'))});
  }
  CHECK(backlog.bytes() <= 100'000);
  CHECK(backlog.objects().size() == 1);
  REQUIRE_FALSE(backlog.lines().empty());
  CHECK(std::get<TimelineEntry>(backlog.lines().back().record).number == 1000);
  CHECK(backlog.dropped() == 1000 - backlog.lines().size());
}

TEST_CASE("the account of bytes comes out even") {
  Backlog backlog(1 << 20);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    backlog.add(StepNumber(i), {incident(1, std::string(i, 'p'))});
  }
  const std::size_t one = backlog.bytes();
  CHECK(one < 10'000);
  Backlog taken = backlog.take();
  backlog.put_back(std::move(taken));
  CHECK(backlog.bytes() == one);
}
