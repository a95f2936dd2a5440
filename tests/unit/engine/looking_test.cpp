// Risk covered: a question that changes what the engine does next.
#include <doctest/doctest.h>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

TEST_CASE("engine: asking for the next step at another moment moves nothing") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(SilenceCommand{"{alertname=\"High\"}", 20min, "known"});
  auto later = bench.now();
  later.boot += 1h;
  later.wall += 1h;
  const auto& engine = bench.engine();
  REQUIRE(engine.next_step(bench.only_incident(), later));
  const std::string why = engine.withheld(*engine.alerts().front());
  CHECK(why.starts_with("silenced until "));
  CHECK(why.find("(S") != std::string::npos);
}

TEST_CASE("engine: what to do names what the alert is of") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().description = "look at {{labels.job}}: {{value}} is {{threshold}}";
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  REQUIRE_FALSE(bench.sent.empty());
  CHECK(bench.sent[0].notice.description == "look at app: 20 is above 10");
}

TEST_CASE("engine: a notice says what trouble the targets behind it told of") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.push_back(gauge_rule("Down", "1 - up", 0));
  auto other = config.targets[0];
  other.name = "other";
  other.labels = Labels{{"job", "other"}};
  config.targets.push_back(other);
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.details["app"] = "status 503, expected 2xx";
  bench.details["other"] = "could not connect to db:5432";
  bench.run(2min);
  const auto said = [&](std::string_view rule) {
    for (const Delivery& delivery : bench.sent) {
      const NoticeAlert& alert = delivery.notice.alerts.at(0);
      if (alert.rule == rule) return alert.targets_say;
    }
    return std::string("not told at all");
  };
  CHECK(said("High") == "app: status 503, expected 2xx");
  CHECK(said("Down") == "other: could not connect to db:5432");
  const auto targets = bench.engine().status(bench.now()).targets;
  CHECK(targets.at(0).answered);
  CHECK(targets.at(0).last_detail == "status 503, expected 2xx");
}

TEST_CASE("engine: an incident as a notice would tell of it now") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  CHECK_FALSE(bench.engine().notice(IncidentId(1), bench.now()));
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  const IncidentId id = bench.only_incident().id;
  auto later = bench.now();
  later.boot += 30s;
  later.wall += 30s;
  const auto open = bench.engine().notice(id, later);
  REQUIRE(open);
  CHECK(open->kind == NoticeKind::opened);
  CHECK(open->incident == id);
  CHECK(open->at == later.wall);
  CHECK(open->alerts.size() == 1);
  REQUIRE(open->next);
  CHECK(open->next->at > later.wall);
  bench.command(AcknowledgeCommand{id, std::nullopt, ""});
  const auto in_hand = bench.engine().notice(id, bench.now());
  CHECK(in_hand->kind == NoticeKind::acknowledged);
  CHECK_FALSE(in_hand->acknowledged_by.empty());
  bench.bodies["app"] = "x 2\n";
  bench.run(2min);
  const auto closed = bench.engine().notice(id, bench.now());
  REQUIRE(closed);
  CHECK(closed->kind == NoticeKind::closed);
  CHECK_FALSE(closed->next);
  CHECK(closed->at <= bench.now().wall);
  CHECK(closed->lasted == closed->at - closed->opened);
}

TEST_CASE("engine: what level 3 decides is told until it is over, and not with the close") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.policies[0].conference = "https://meet.example.com/incident";
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(20min);
  bench.bodies["app"] = "x 2\n";
  bench.run(2min);
  bool decided = false;
  for (const Delivery& delivery : bench.sent) {
    const Notice& notice = delivery.notice;
    const bool wanted = notice.level >= 3 && notice.kind != NoticeKind::closed;
    CHECK(notice.verdict.empty() != wanted);
    CHECK(notice.conference.empty() != wanted);
    decided = decided || wanted;
  }
  CHECK(decided);
  CHECK(bench.sent.back().notice.kind == NoticeKind::closed);
}

TEST_CASE("engine: degraded storage says why, where whoever writes told") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.commits = false;
  bench.bodies["app"] = "x 20\n";
  bench.run(0s);
  for (std::uint64_t number = 1; number < 10; ++number) {
    static_cast<void>(bench.engine().committed(StepNumber(number), engine::CommitOutcome::failed,
                                               bench.now(), "Read-only file system"));
  }
  const auto status = bench.engine().status(bench.now());
  CHECK(status.storage_degraded);
  CHECK(status.storage_error == "storage could not write: Read-only file system");
}
