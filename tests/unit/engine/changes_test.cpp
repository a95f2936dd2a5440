// Risk covered: the deployment that broke it is not shown to who is woken, or wakes somebody
// itself.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/engine_bench.hpp"

using namespace tocsin;
using namespace tocsin::testing;
using namespace std::chrono_literals;

namespace {

using Words = std::vector<std::string>;

config::EngineConfig with_a_rule() {
  auto config = usual_config();
  config.rules.push_back(gauge_rule("High", "x", 10));
  config.rules.back().labels = Labels{{"component", "api"}};
  return config;
}

/// What the first notice of an incident that opens now says of changes.
std::string shown_when_it_breaks(Bench& bench) {
  const auto before = bench.sent.size();
  bench.bodies["app"] = "x 20\n";
  bench.run(1min);
  REQUIRE(bench.sent.size() > before);
  return bench.sent[before].notice.last_change;
}

}  // namespace

TEST_CASE("changes: whoever is to know of them is told, once, and nobody is rung") {
  auto config = with_a_rule();
  config.receivers[1].changes = true;
  Bench bench(config);
  bench.command(ChangeCommand{"shop 2.3.1 deployed", "https://ci.example.com/7", ""}, "grace");
  bench.run(30min);
  REQUIRE(bench.sent.size() == 1);
  const Delivery& told = bench.sent[0];
  CHECK(told.receiver == "pager");
  CHECK(told.notice.kind == NoticeKind::change);
  CHECK(told.notice.title == "shop 2.3.1 deployed");
  CHECK(told.notice.link == "https://ci.example.com/7");
  CHECK(told.notice.reason == "announced by grace");
  CHECK_FALSE(told.wakes);
  CHECK(bench.engine().incidents().empty());
  REQUIRE(bench.replies.size() == 1);
  CHECK(bench.replies[0].accepted);
  CHECK(bench.replies[0].recorded);
  CHECK(bench.replies[0].text.find("on its way to pager") != std::string::npos);
}

TEST_CASE("changes: a receiver that cannot be reached has nobody rung in its place") {
  auto config = with_a_rule();
  config.receivers[0].changes = true;
  config.receivers[0].fallback = {"pager"};
  Bench bench(config);
  bench.answer = [](const Delivery&) {
    DeliveryOutcome no;
    no.result = DeliveryResult::permanent;
    return no;
  };
  bench.command(ChangeCommand{"shop 2.3.1 deployed", "", ""});
  bench.run(30min);
  CHECK(bench.told("chat") == Words{"open 1"});
  CHECK(bench.told("pager").empty());
}

TEST_CASE("changes: an incident that opens within the hour shows the latest, and its story does") {
  Bench bench(with_a_rule());
  bench.command(ChangeCommand{"shop 2.3.0 deployed", "", ""});
  bench.run(10min);
  bench.command(ChangeCommand{"shop 2.3.1 deployed", "", ""}, "grace");
  bench.run(20min);
  const std::string shown = shown_when_it_breaks(bench);
  CHECK(shown.starts_with("shop 2.3.1 deployed (by grace, 2"));
  CHECK(shown.ends_with("min before it opened)"));
  CHECK(bench.story().find("the last change: " + shown) != std::string::npos);
  bench.run(2min);
  bench.command(ChangeCommand{"shop 2.3.0 again", "", ""}, "grace");
  bench.run(5min);
  CHECK(bench.sent.back().notice.last_change ==
        shown + "; since then shop 2.3.0 again (by grace, 2 min after it opened)");
  CHECK(bench.story().find("grace announces a change: shop 2.3.0 again") != std::string::npos);
}

TEST_CASE("changes: one of more than an hour before explains nothing") {
  Bench bench(with_a_rule());
  bench.command(ChangeCommand{"shop 2.3.1 deployed", "", ""});
  bench.run(61min);
  CHECK(shown_when_it_breaks(bench).empty());
  CHECK(bench.engine().changes().size() == 1);
  bench.run(23h);
  CHECK(bench.engine().changes().empty());
}

TEST_CASE("changes: one that concerns others explains nothing") {
  Bench bench(with_a_rule());
  bench.command(ChangeCommand{"the API", "", "{component=\"api\"}"});
  bench.command(ChangeCommand{"the database", "", "{component=\"database\"}"});
  bench.run(5min);
  CHECK(shown_when_it_breaks(bench).starts_with("the API ("));
}

TEST_CASE("changes: a restart knows them") {
  Bench bench(with_a_rule());
  bench.command(ChangeCommand{"shop 2.3.1 deployed", "", ""}, "grace");
  bench.run(1s);
  bench.restart(5s);
  bench.run(3min);
  CHECK(shown_when_it_breaks(bench).starts_with("shop 2.3.1 deployed (by grace, "));
}

TEST_CASE("changes: the last twenty are kept, and no more are taken within ten minutes") {
  Bench bench(with_a_rule());
  for (int i = 0; i < 25; ++i) {
    bench.command(ChangeCommand{"release " + std::to_string(i), "", ""});
    bench.run(1min);
  }
  const auto kept = bench.engine().changes();
  REQUIRE(kept.size() == 20);
  CHECK(kept.front().text == "release 5");
  CHECK(kept.back().text == "release 24");
  for (int i = 0; i < 21; ++i) bench.command(ChangeCommand{"again", "", ""});
  CHECK_FALSE(bench.replies.back().accepted);
  CHECK(bench.replies.back().text == "too many changes are announced: 20 within 10 min");
}

TEST_CASE("changes: how one is answered says nothing of how the receiver takes notices") {
  auto config = with_a_rule();
  config.receivers[0].changes = true;
  config.receivers[1].changes = true;
  Bench bench(config);
  bench.answer = [](const Delivery& delivery) {
    DeliveryOutcome answer;
    if (delivery.notice.kind != NoticeKind::change) return answer;
    answer.result =
        delivery.receiver == "chat" ? DeliveryResult::retryable : DeliveryResult::permanent;
    answer.retry_after = 50min;
    return answer;
  };
  for (int i = 0; i < 4; ++i) bench.command(ChangeCommand{"release", "", ""});
  bench.run(1min);
  bench.bodies["app"] = "x 20\n";
  bench.run(1min);
  REQUIRE_FALSE(bench.told("chat").empty());
  const auto opened = std::find_if(bench.sent.begin(), bench.sent.end(), [](const Delivery& one) {
    return one.notice.kind == NoticeKind::opened && one.receiver == "chat";
  });
  CHECK_MESSAGE(opened != bench.sent.end(), "an open does not wait for what was asked of a change");
  for (const auto& receiver : bench.engine().status(bench.now()).receivers)
    CHECK_FALSE(receiver.refuses);
  bench.run(2h);
  for (const Delivery& one : bench.sent) CHECK(one.notice.kind != NoticeKind::summary);
}

TEST_CASE("changes: what cannot be announced is refused with the reason") {
  Bench bench(with_a_rule());
  bench.command(ChangeCommand{"", "", ""});
  bench.command(ChangeCommand{std::string(501, 'x'), "", ""});
  bench.command(ChangeCommand{"a", "javascript:alert(1)", ""});
  bench.command(ChangeCommand{"a", "https://x/ y", ""});
  bench.command(ChangeCommand{"a", "", "{component="});
  bench.command(ChangeCommand{"two\nlines", "", ""});
  REQUIRE(bench.replies.size() == 6);
  for (const Reply& reply : bench.replies) {
    CHECK_FALSE(reply.accepted);
    CHECK_FALSE(reply.text.empty());
  }
  CHECK(bench.replies[2].text.find("https://") != std::string::npos);
  CHECK(bench.engine().changes().empty());
}

TEST_CASE("changes: a story names a few of them, and keeps its room for the incident") {
  Bench bench(with_a_rule());
  bench.bodies["app"] = "x 20\n";
  bench.run(2min);
  for (int i = 0; i < 9; ++i) {
    bench.command(ChangeCommand{"release " + std::to_string(i), "", ""}, "grace");
    bench.run(2min);
  }
  const std::string story = bench.story();
  CHECK(story.find("a change: release 0") != std::string::npos);
  CHECK(story.find("a change: release 4 (`tocsin changes`") != std::string::npos);
  CHECK(story.find("release 5") == std::string::npos);
}
