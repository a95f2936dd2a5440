// What storage keeps over restarts, of well disks.
#include "storage/storage.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "loop/clock.hpp"
#include "unit/storage/fixture.hpp"

using namespace tocsin;
using namespace tocsin::storage_test;
using storage::Storage;

TEST_CASE("a first start knows nothing, and says so") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.warnings.empty());
  CHECK(loaded.records.incidents.empty());
  CHECK(loaded.records.engine.next_id == 1);
  CHECK(loaded.records.may_lack_tail);
}

TEST_CASE("what was committed is there after a restart") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    Silence silence;
    silence.id = SilenceId(9);
    silence.created = loop::now();
    silence.lasts = hours(2);
    silence.author = "ada";
    test.write(
        storage, 3,
        {engine(3), alert("R"), incident(1, "production"), line(1, 1, "opened"),
         delivery(5, 1, DeliveryState::queued), silence, RetiredReceiver{"old", "def", false}});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.warnings.empty());
  const Records& records = loaded.records;
  CHECK_FALSE(records.may_lack_tail);
  CHECK(records.engine.step == StepNumber(3));
  CHECK(records.engine.next_id == 100);
  CHECK(records.engine.next_ring == 50);
  REQUIRE(records.alerts.size() == 1);
  CHECK(records.alerts[0].key.rule == "R");
  CHECK(records.alerts[0].state == AlertState::firing);
  REQUIRE(records.incidents.size() == 1);
  CHECK(records.incidents[0].policy == "production");
  REQUIRE(records.deliveries.size() == 1);
  CHECK(records.deliveries[0].id == DeliveryId(5));
  REQUIRE(records.silences.size() == 1);
  CHECK(records.silences[0].author == "ada");
  REQUIRE(records.retired_receivers.size() == 1);
  CHECK(records.retired_receivers[0].definition == "def");
  REQUIRE(test.timeline(storage, 1).size() == 1);
  CHECK(test.timeline(storage, 1)[0].text == "opened");
}

TEST_CASE("the last one written counts, an older step does not, and twice is as once") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    test.write(storage, 5, {engine(5), incident(1, "five"), line(1, 1, "first")});
    test.write(storage, 6, {incident(1, "six"), line(1, 2, "second")});
    test.write(storage, 6, {incident(1, "six"), line(1, 2, "second")});
    test.write(storage, 4, {engine(4), incident(1, "four"), alert("R")});
    test.write(storage, 3,
               {Erased{Erased::Kind::incident, {}, 1, ""},
                Erased{Erased::Kind::alert, alert("R").key, 0, ""}});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  REQUIRE(loaded.records.incidents.size() == 1);
  CHECK(loaded.records.incidents[0].policy == "six");
  CHECK(loaded.records.alerts.size() == 1);
  CHECK(loaded.records.engine.step == StepNumber(6));
  const auto story = test.timeline(storage, 1);
  REQUIRE(story.size() == 2);
  CHECK(story[0].text == "first");
  CHECK(story[1].text == "second");
}

TEST_CASE("what is erased is gone, but an incident's story stays for people") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    test.write(storage, 1,
               {engine(1), alert("R"), incident(1), line(1, 1, "opened"),
                delivery(5, 1, DeliveryState::delivered), RetiredReceiver{"old", "", false}});
    test.write(
        storage, 2,
        {Erased{Erased::Kind::alert, alert("R").key, 0, ""},
         Erased{Erased::Kind::incident, {}, 1, ""}, Erased{Erased::Kind::delivery, {}, 5, ""},
         Erased{Erased::Kind::retired_receiver, {}, 0, "old"}});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.records.alerts.empty());
  CHECK(loaded.records.incidents.empty());
  CHECK(loaded.records.deliveries.empty());
  CHECK(loaded.records.retired_receivers.empty());
  CHECK(test.timeline(storage, 1).size() == 1);
}

TEST_CASE("the past is told to people, long closed incidents too") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  const WallTime day(std::chrono::hours(24 * 20'000));
  for (std::uint64_t id = 1; id <= 130; ++id) {
    Incident one = incident(id);
    one.opened.wall = day + std::chrono::minutes(id);
    if (id != 7) one.closed = Stamp{{}, one.opened.wall + std::chrono::seconds(1)};
    TimelineEntry told = line(id, 2, "level 1: somebody, whoever");
    told.kind = TimelineKind::level_told;
    told.told = {"chat"};
    test.write(storage, 2 * id, {one, line(id, 1), told});
    if (id % 10 == 0) test.write(storage, 2 * id + 1, {Erased{Erased::Kind::incident, {}, id, ""}});
  }
  const auto past = test.past(storage, day + std::chrono::minutes(6));
  REQUIRE(past);
  CHECK_FALSE(past->cut);
  CHECK_FALSE(past->unwritten);
  const auto& stories = past->stories;
  REQUIRE(stories.size() == 125);
  CHECK(stories.front().incident.id == IncidentId(6));
  CHECK_FALSE(stories.at(1).incident.closed);
  CHECK(stories.back().incident.id == IncidentId(130));
  for (const PastStory& story : stories) {
    REQUIRE(story.lines.size() == 1);
    CHECK(story.lines[0].told == std::vector<std::string>{"chat"});
  }
}

TEST_CASE("whom a line rang that an earlier version wrote is read out of its text") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  const auto told = [](std::uint32_t number, TimelineKind kind, const char* text) {
    TimelineEntry made = line(1, number, text);
    made.kind = kind;
    return made;
  };
  // Some other line may look like one.
  test.write(storage, 1,
             {incident(1), told(1, TimelineKind::level_told, "level 1: chat"),
              told(2, TimelineKind::level_told, "level 2: nobody new"),
              told(3, TimelineKind::repeated, "level 2 again: on-call, chat"),
              told(4, TimelineKind::delivery, "chat: told (opened, level 1)")});
  const auto past = test.past(storage, {});
  REQUIRE(past);
  REQUIRE(past->stories.size() == 1);
  const auto& lines = past->stories[0].lines;
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].told == std::vector<std::string>{"chat"});
  CHECK(lines[1].told == std::vector<std::string>{"on-call", "chat"});
}

TEST_CASE("only what the engine needs is loaded") {
  Fixture test;
  const Now now = loop::now();
  const auto ago = [&](Duration age) { return Stamp{now.boot - age, now.wall - age}; };
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    Incident open = incident(1);
    open.opened = ago(hours(1000));
    Incident recent = incident(2);
    recent.closed = ago(hours(23));
    Incident just_closed = incident(3);
    just_closed.closed = ago(minutes(5));
    Incident old = incident(4);
    old.closed = ago(hours(25));
    Silence over;
    over.id = SilenceId(1);
    over.created = ago(hours(50));
    over.lasts = hours(1);
    Silence ended;
    ended.id = SilenceId(2);
    ended.created = ago(minutes(1));
    ended.lasts = hours(1);
    ended.ended_early = true;
    test.write(
        storage, 1,
        {engine(1), open, recent, just_closed, old, over, ended, line(4, 1, "closed"),
         delivery(11, 1, DeliveryState::delivered), delivery(12, 2, DeliveryState::delivered),
         delivery(13, 3, DeliveryState::delivered), delivery(14, 4, DeliveryState::queued)});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  const Records& records = loaded.records;
  std::vector<std::uint64_t> incidents;
  for (const Incident& each : records.incidents) incidents.push_back(each.id.value);
  CHECK(incidents == std::vector<std::uint64_t>{1, 2, 3});
  std::vector<std::uint64_t> deliveries;
  for (const Delivery& each : records.deliveries) deliveries.push_back(each.id.value);
  CHECK(deliveries == std::vector<std::uint64_t>{11, 13, 14});
  CHECK(records.silences.empty());
  CHECK(test.timeline(storage, 4).size() == 1);
}

TEST_CASE("history is dropped after ninety days, and never because the calendar jumped") {
  Fixture test;
  const WallTime now = loop::now().wall;
  const auto closed_incident = [&](std::uint64_t id, Duration age) {
    Incident made = incident(id);
    made.closed = Stamp{{}, now - age};
    return made;
  };
  const auto closing_line = [&](std::uint64_t of, Duration age) {
    TimelineEntry made = line(of, 1, "closed");
    made.at = Stamp{{}, now - age};
    return made;
  };
  const auto days = [](int count) { return hours(24 * count); };
  SUBCASE("with a recent line") {
    {
      Storage storage(test.options(), test.loop.poster());
      test.load(storage);
      test.write(storage, 1,
                 {engine(1), closed_incident(1, days(100)), closing_line(1, days(100)),
                  closed_incident(2, days(80)), closing_line(2, days(80)), incident(3),
                  closing_line(3, days(100)), closing_line(3, Duration::zero())});
    }
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    CHECK(test.timeline(storage, 1).empty());
    CHECK(test.timeline(storage, 2).size() == 1);
    CHECK(test.timeline(storage, 3).size() == 1);
  }
  SUBCASE("with nothing written lately") {
    {
      Storage storage(test.options(), test.loop.poster());
      test.load(storage);
      test.write(storage, 1,
                 {engine(1), closed_incident(1, days(100)), closing_line(1, days(100))});
    }
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    CHECK(test.timeline(storage, 1).size() == 1);
  }
}

TEST_CASE("numbers in use are never given again, whatever the counters say") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    Incident ringing = incident(200);
    ringing.rings.push_back(Ring{});
    ringing.rings.back().number = 77;
    test.write(storage, 40, {engine(3), ringing});
  }
  {
    Storage storage(test.options(), test.loop.poster());
    const auto loaded = test.load(storage);
    CHECK(loaded.records.engine.next_id == 201);
    CHECK(loaded.records.engine.next_delivery == 1);
    CHECK(loaded.records.engine.next_ring == 78);
    CHECK(loaded.records.engine.step == StepNumber(40));
    Delivery ring = delivery(300, 200, DeliveryState::queued);
    ring.ring = 90;
    test.write(storage, 41, {ring});
  }
  Storage storage(test.options(), test.loop.poster());
  const auto loaded = test.load(storage);
  CHECK(loaded.records.engine.next_delivery == 301);
  CHECK(loaded.records.engine.next_ring == 91);
}

TEST_CASE("another boot may lack the tail") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    test.write(storage, 1, {engine(1, "boot-1")});
  }
  Storage storage(test.options("boot-2"), test.loop.poster());
  CHECK(test.load(storage).records.may_lack_tail);
}

TEST_CASE("the state folder is nobody else's to read") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  struct stat folder {};
  REQUIRE(::stat(test.options().folder.c_str(), &folder) == 0);
  CHECK((folder.st_mode & 0777U) == 0700U);
}

TEST_CASE("a story holds what is not written yet") {
  Fixture test;
  Storage storage(test.options(), test.loop.poster());
  test.load(storage);
  test.write(storage, 1, {line(1, 1, "one")});
  storage.commit(StepNumber(2), {line(1, 2, "two")}, [](bool, const std::string&) {});
  const auto story = test.timeline(storage, 1);
  REQUIRE(story.size() == 2);
  CHECK(story[1].text == "two");
  CHECK(test.timeline(storage, 99).empty());
}

TEST_CASE("what is queued at the end is still written") {
  Fixture test;
  {
    Storage storage(test.options(), test.loop.poster());
    test.load(storage);
    for (std::uint64_t step = 1; step <= 50; ++step) {
      storage.commit(StepNumber(step),
                     {engine(step), line(1, static_cast<std::uint32_t>(step), "")},
                     [](bool, const std::string&) {});
    }
  }
  Storage storage(test.options(), test.loop.poster());
  CHECK(test.load(storage).records.engine.step == StepNumber(50));
  CHECK(test.timeline(storage, 1).size() == 50);
}
