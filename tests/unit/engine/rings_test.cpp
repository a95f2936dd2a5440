// Risk covered: an incident that rings for days grows without bound, or stops ringing.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

/// Where the chat fails, mail tells in its place.
void let_mail_stand_in(config::EngineConfig& config) {
  config.receivers[0].fallback = {"mail"};
  outbox::Receiver mail;
  mail.name = "mail";
  config.receivers.push_back(mail);
}

}  // namespace

TEST_CASE("engine: a week of repeats keeps few rings, and every key gets its one close") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(7 * 24h);
  CHECK(bench.only_incident().rings.size() < 60);
  bench.bodies["app"] = "x 2\n";
  bench.run(1min);
  std::set<std::string> opened;
  std::multiset<std::string> closed;
  std::size_t chat_closes = 0;
  for (const auto& delivery : bench.sent) {
    const bool close = delivery.action == DeliveryAction::close;
    if (delivery.receiver == "chat") {
      chat_closes += close ? 1 : 0;
    } else if (close) {
      closed.insert(delivery.dedup_key);
    } else {
      opened.insert(delivery.dedup_key);
    }
  }
  CHECK(opened.size() > 600);
  CHECK(std::vector(opened.begin(), opened.end()) == std::vector(closed.begin(), closed.end()));
  CHECK(chat_closes == 1);
}

TEST_CASE("engine: an expired acknowledgement rings what is left of the policy's levels") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  const auto without = config;
  config.policies[0].entries.push_back(entry(4, 15min, {"chat"}));
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(16min);
  REQUIRE(bench.only_incident().level == 4);
  bench.command(AcknowledgeCommand{IncidentId(bench.only_incident().id), 30min, "on it"});
  bench.reload(without);
  const auto rung = bench.told("pager").size();
  SUBCASE("at its end") {
    bench.run(31min);
  }
  SUBCASE("when it is taken back") {
    bench.command(UnacknowledgeCommand{bench.only_incident().id});
  }
  REQUIRE(bench.told("pager").size() == rung + 1);
  CHECK(bench.told("pager").back() == "open 3");
}

TEST_CASE(
    "engine: nobody stands in for a ring that has had its close, though the incident goes on") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  let_mail_stand_in(config);
  Bench bench(config);
  bench.command(SilenceCommand{"{i=\"b\"}", 1h, "known"});
  bench.bodies["app"] = "x{i=\"a\"} 20\nx{i=\"b\"} 20\n";
  bench.receivers = false;  // the chat takes its time
  while (bench.sent.empty()) bench.run(1s);
  REQUIRE(bench.told("chat") == std::vector<std::string>{"open 1"});
  SUBCASE("while it stands, somebody does") {
    bench.run(3min);
    CHECK(bench.told("mail") == std::vector<std::string>{"open 1"});
  }
  SUBCASE("what is left of it is silenced") {
    bench.bodies["app"] = "x{i=\"a\"} 2\nx{i=\"b\"} 20\n";
    bench.run(3min);
    CHECK(bench.told("mail").empty());
  }
  CHECK(bench.only_incident().open());
}

TEST_CASE("engine: who was to stand in, and was not needed, is still told what is meant for him") {
  auto config = usual_config();
  auto rule = gauge_rule("High", "x", 10);
  rule.threshold->warning = 10;
  rule.threshold->critical = 50;
  config.rules.push_back(rule);
  let_mail_stand_in(config);
  config.policies[0].entries = {entry(1, Duration::zero(), {"chat"}),
                                entry(1, Duration::zero(), {"mail"}, "{severity=\"critical\"}")};
  Bench bench(config);
  bench.answer = [](const Delivery&) {
    DeliveryOutcome later;
    later.result = DeliveryResult::retryable;
    later.detail = "connection refused";
    return later;
  };
  bench.bodies["app"] = "x 20\n";
  while (bench.story().find("mail is told in place of chat") == std::string::npos) bench.run(1s);
  bench.answer = [](const Delivery& delivery) {
    DeliveryOutcome outcome;
    if (delivery.receiver == "mail") outcome.result = DeliveryResult::retryable;
    return outcome;
  };
  while (bench.story().find("mail: withdrawn") == std::string::npos) bench.run(1s);
  bench.answer = [](const Delivery&) { return DeliveryOutcome{}; };
  bench.sent.clear();
  SUBCASE("it stays a warning") {
    bench.run(5min);
    CHECK(bench.told("mail").empty());
  }
  SUBCASE("it becomes critical") {
    bench.bodies["app"] = "x 60\n";
    bench.run(2min);
    CHECK(bench.told("mail") == std::vector<std::string>{"open 1"});
  }
}

TEST_CASE("engine: the story names whom it rang, by levels, repeats and in another's place") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  let_mail_stand_in(config);
  config.policies[0].repeat = 20min;
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  const std::vector<std::string> climbed{"chat", "pager", "chat+pager"};
  SUBCASE("everybody answers") {
    bench.run(15min);
    CHECK(bench.rung() == climbed);
    bench.run(20min);
    REQUIRE(bench.rung().size() == 4);
    CHECK(bench.rung().back() == "chat+pager");
  }
  SUBCASE("the chat does not") {
    bench.answer = [](const Delivery& delivery) {
      DeliveryOutcome outcome;
      if (delivery.receiver == "chat") outcome.result = DeliveryResult::permanent;
      return outcome;
    };
    bench.run(4min);
    CHECK(bench.rung() == std::vector<std::string>{"chat", "mail"});
  }
  SUBCASE("at the limit of its story") {
    config.limits.timeline = 2;  // the open, and the first level
    bench.reload(config);
    bench.run(4min);
    CHECK(bench.rung() == std::vector<std::string>{"chat"});
  }
}

TEST_CASE("engine: one instance gets well as another breaks: the incident goes on, unclosed") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  Bench bench(config);
  for (const auto* bodies : {"x{i=\"a\"} 20\nx{i=\"b\"} 2\n", "x{i=\"a\"} 2\nx{i=\"b\"} 20\n",
                             "x{i=\"a\"} 20\nx{i=\"b\"} 2\n"}) {
    bench.bodies["app"] = bodies;
    bench.run(90s);
  }
  CHECK(bench.only_incident().open());
  CHECK(bench.only_incident().reopened == 0);
  CHECK(bench.told("chat") == std::vector<std::string>{"open 1", "update 1"});
  bench.bodies["app"] = "x{i=\"a\"} 2\nx{i=\"b\"} 2\n";
  bench.run(1min);
  CHECK(bench.only_incident().close_reason == "well again (now 2)");
  CHECK(bench.told("chat").back() == "close 1");
}

TEST_CASE("engine: a notice says why it is told, and a close speaks of the breach, not of now") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().summary = "x is {{value}} at {{labels.i}}";
  Bench bench(config);
  bench.bodies["app"] = "x{i=\"a\"} 20\nx{i=\"b\"} 30\n";
  bench.run(1min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 8min, ""});
  bench.run(1h);
  bench.bodies["app"] = "x{i=\"a\"} 2\nx{i=\"b\"} 3\n";
  bench.run(1min);
  std::map<NoticeKind, Notice> last;
  std::vector<std::string> climbed;
  for (const auto& delivery : bench.sent) {
    last[delivery.notice.kind] = delivery.notice;
    const bool level = delivery.notice.kind == NoticeKind::opened;
    if (level) climbed.push_back(delivery.notice.reason);
  }
  CHECK(last[NoticeKind::told_again].reason.starts_with("the acknowledgement of "));
  CHECK(last[NoticeKind::told_again].reason.ends_with(" has ended"));
  REQUIRE(climbed.size() >= 2);
  CHECK(climbed.front().empty());
  CHECK(climbed.back() == "nobody has acknowledged");
  CHECK(last[NoticeKind::closed].title == "x is 20 at a and 1 more");
  CHECK(last[NoticeKind::closed].reason.starts_with("well again (now "));
}

TEST_CASE("engine: a level that an acknowledgement's end brings does not say that nobody had it") {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().threshold->critical = 100;
  config.policies[0].entries.push_back(entry(2, 0s, {"chat"}));
  config.policies[0].entries.back().match = *Matchers::parse("{severity=\"critical\"}");
  Bench bench(config);
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  bench.command(AcknowledgeCommand{bench.only_incident().id, 1h, ""});
  const auto before = bench.sent.size();
  bench.bodies["app"] = "x 200\n";
  bench.run(2min);
  std::size_t rings = 0;
  for (std::size_t i = before; i < bench.sent.size(); ++i) {
    const auto& delivery = bench.sent[i];
    if (delivery.action != DeliveryAction::open) continue;
    ++rings;
    CHECK(delivery.notice.reason == "it has become critical");
  }
  CHECK(rings > 0);
}
