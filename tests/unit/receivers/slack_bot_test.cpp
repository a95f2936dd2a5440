// One thread for each incident. Risk: a notice that nobody gets because its message is gone or
// malformed, a thread that is lost, a no that is taken for a yes because it came with HTTP 200.
#include "receivers/slack_bot.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tocsin/base/text.hpp"
#include "unit/receivers/receiver_world.hpp"

using namespace tocsin;
namespace json = boost::json;
using testing::sample_delivery;
using testing::ServerWorld;

namespace {

struct BotWorld : ServerWorld {
  BotWorld() { slack_bot(); }

  /// The message of this thread, as the channel shows it now.
  json::object message(const std::string& thread) {
    const std::string ts = receivers::slack_place(thread).ts;
    return state().at("messages").at(ts).as_object();
  }
  std::size_t messages() { return state().at("messages").as_object().size(); }
  std::string header(const std::string& thread) {
    return std::string(message(thread).at("blocks").at(0).at("text").at("text").as_string());
  }
  void next_time(const std::string& mode, const std::string& method) {
    tell("/_control", R"({"mode": ")" + mode + R"(", "count": 1, "retry_after": 7, "service": ")" +
                          method + R"("})");
  }
};

Delivery later(const std::string& thread, DeliveryAction action, NoticeKind kind) {
  Delivery delivery = sample_delivery();
  delivery.thread = thread;
  delivery.action = action;
  delivery.notice.kind = kind;
  delivery.notice.lasted = minutes(41);
  if (kind == NoticeKind::acknowledged) delivery.notice.acknowledged_by = "ada";
  return delivery;
}

}  // namespace

TEST_CASE("slack bot: an incident is one message, kept up to date, and a thread") {
  BotWorld world;
  const DeliveryOutcome opened = world.deliver(sample_delivery());
  REQUIRE(opened.result == DeliveryResult::delivered);
  REQUIRE(opened.thread == "C0ALERTS 1405894322.002768");
  const std::string thread = opened.thread;
  CHECK(world.header(thread) == "🔴 OPEN #17, LEVEL 1 · critical: CPU busy on web-1");
  CHECK(world.messages() == 1);

  Delivery climbs = later(thread, DeliveryAction::open, NoticeKind::opened);
  climbs.notice.level = 2;
  CHECK(world.deliver(climbs).thread == thread);
  CHECK(world.header(thread) == "🔴 OPEN #17, LEVEL 2 · critical: CPU busy on web-1");
  CHECK(world.server.last_request().at("body").at("reply_broadcast").as_bool());

  CHECK(
      world.deliver(later(thread, DeliveryAction::acknowledge, NoticeKind::acknowledged)).thread ==
      thread);
  CHECK(world.header(thread) == "🙋 IN HAND #17 (ada), LEVEL 1 · critical: CPU busy on web-1");
  CHECK_FALSE(world.server.last_request().at("body").at("reply_broadcast").as_bool());

  CHECK(world.deliver(later(thread, DeliveryAction::close, NoticeKind::closed)).thread == thread);
  CHECK(world.header(thread) == "✅ CLOSED #17 after 41 min · was critical: CPU busy on web-1");
  CHECK(world.message(thread).at("attachments").at(0).at("color").as_string() == "#2eb67d");
  CHECK(world.message(thread).at("updates").as_int64() == 3);
  CHECK(world.messages() == 4);
}

TEST_CASE("slack bot: what Slack refuses with HTTP 200 is a no, and not for ever where it passes") {
  BotWorld world;
  for (const char* word : {"invalid_auth", "not_in_channel", "restricted_action", "no_text"}) {
    world.next_time(std::string("ok-false:") + word, "chat.postMessage");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    CHECK(outcome.result == DeliveryResult::permanent);
    CHECK(outcome.detail == std::string("HTTP 200: ") + word);
    CHECK_FALSE(outcome.may_have_arrived);
    CHECK(outcome.thread.empty());
  }
  for (const char* word : {"ratelimited", "rate_limited", "internal_error", "fatal_error"}) {
    world.next_time(std::string("ok-false:") + word, "chat.postMessage");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    CHECK(outcome.result == DeliveryResult::retryable);
    CHECK(outcome.may_have_arrived == std::string_view(word).ends_with("l_error"));
  }
  world.next_time("429", "chat.postMessage");
  const DeliveryOutcome limited = world.deliver(sample_delivery());
  CHECK(limited.result == DeliveryResult::retryable);
  CHECK(limited.retry_after == seconds(7));
  world.slack_bot("#no-such");
  CHECK(world.deliver(sample_delivery()).detail == "HTTP 200: channel_not_found");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::permanent);
}

TEST_CASE("slack bot: where the message is gone a new one takes its place") {
  BotWorld world;
  const std::string first = world.deliver(sample_delivery()).thread;
  world.tell("/_delete", R"({"ts": ")" + receivers::slack_place(first).ts + R"("})");
  const Delivery close = later(first, DeliveryAction::close, NoticeKind::closed);
  const DeliveryOutcome outcome = world.deliver(close);
  CHECK(outcome.result == DeliveryResult::delivered);
  REQUIRE(!outcome.thread.empty());
  CHECK(outcome.thread != first);
  CHECK(world.header(outcome.thread) ==
        "✅ CLOSED #17 after 41 min · was critical: CPU busy on web-1");

  for (const char* word : {"cant_update_message", "edit_window_closed", "channel_not_found"}) {
    world.next_time(std::string("ok-false:") + word, "chat.update");
    Delivery again = close;
    again.thread = outcome.thread;
    const DeliveryOutcome anew = world.deliver(again);
    CHECK(anew.result == DeliveryResult::delivered);
    CHECK(anew.thread != outcome.thread);
  }
}

TEST_CASE("slack bot: what Slack calls malformed is sent once more as plain text") {
  BotWorld world;
  for (const char* word : {"invalid_blocks", "msg_blocks_too_long", "invalid_attachments"}) {
    world.next_time(std::string("ok-false:") + word, "chat.postMessage");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    REQUIRE(outcome.result == DeliveryResult::delivered);
    const json::object message = world.message(outcome.thread);
    CHECK(message.at("blocks").as_array().empty());
    CHECK(message.at("text").as_string().starts_with("OPEN #17, LEVEL 1 · critical: CPU busy"));
  }
  world.tell("/_control", R"({"mode": "ok-false:invalid_blocks", "service": "chat.postMessage"})");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::permanent);
}

TEST_CASE("slack bot: a ring does not wait for the looks of an older message, a close does") {
  BotWorld world;
  const std::string thread = world.deliver(sample_delivery()).thread;
  world.next_time("429", "chat.update");
  CHECK(world.deliver(later(thread, DeliveryAction::open, NoticeKind::repeated)).result ==
        DeliveryResult::delivered);
  CHECK(world.messages() == 2);
  world.next_time("429", "chat.update");
  const DeliveryOutcome close =
      world.deliver(later(thread, DeliveryAction::close, NoticeKind::closed));
  CHECK(close.result == DeliveryResult::retryable);
  CHECK(close.retry_after == seconds(7));
  CHECK(world.messages() == 2);
}

TEST_CASE("slack bot: a lost answer may have arrived, and a test or a summary makes no thread") {
  BotWorld world;
  world.definition.timeout = milliseconds(300);
  for (const char* mode : {"timeout", "reset", "drip"}) {
    world.next_time(mode, "chat.postMessage");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    CHECK(outcome.result == DeliveryResult::retryable);
    CHECK(outcome.may_have_arrived);
    CHECK(outcome.thread.empty());
    CHECK(outcome.detail.find("xoxb") == std::string::npos);
  }
  Delivery test = sample_delivery();
  test.incident = {};
  test.notice.kind = NoticeKind::test;
  const DeliveryOutcome outcome = world.deliver(test);
  CHECK(outcome.result == DeliveryResult::delivered);
  CHECK(outcome.thread.empty());
}

TEST_CASE("slack bot: a close that a summary tells of shows in the incident's own message") {
  BotWorld world;
  const std::string one = world.deliver(sample_delivery()).thread;
  const std::string other = world.deliver(sample_delivery()).thread;
  REQUIRE(world.messages() == 2);
  Delivery summary = sample_delivery();
  summary.incident = {};
  summary.notice.kind = NoticeKind::summary;
  summary.notice.incident = {};
  for (const std::string& thread : {one, std::string("C0ALERTS 1.000001"), other}) {
    summary.stories.push_back(
        {thread, later(thread, DeliveryAction::close, NoticeKind::closed).notice});
  }
  SUBCASE("also past one that is gone") {
    CHECK(world.deliver(summary).result == DeliveryResult::delivered);
    CHECK(world.header(one).find("CLOSED #17 after 41 min") != std::string::npos);
    CHECK(world.header(other).find("CLOSED #17 after 41 min") != std::string::npos);
    CHECK(world.messages() == 3);
  }
  SUBCASE("while Slack has enough for now, the summary is told all the same") {
    world.next_time("429", "chat.update");
    CHECK(world.deliver(summary).result == DeliveryResult::delivered);
    CHECK(world.header(one).find("OPEN #17, LEVEL 1") != std::string::npos);
    CHECK(world.messages() == 3);
  }
  SUBCASE("not before the summary is taken") {
    world.next_time("503", "chat.postMessage");
    CHECK(world.deliver(summary).result == DeliveryResult::retryable);
    CHECK(world.header(one).find("OPEN #17, LEVEL 1") != std::string::npos);
  }
}

TEST_CASE("slack bot: every notice is taken as first message and as reply, and pings nobody") {
  BotWorld world;
  const std::string thread = world.deliver(sample_delivery()).thread;
  for (int kind = 0; kind < kNoticeKinds; ++kind) {
    for (Delivery delivery :
         {sample_delivery(), testing::hostile_delivery(), testing::huge_delivery(), Delivery{}}) {
      delivery.notice.kind = static_cast<NoticeKind>(kind);
      for (const std::string& where : {std::string(), thread}) {
        delivery.thread = where;
        const DeliveryOutcome outcome = world.deliver(delivery);
        CAPTURE(outcome.detail);
        CHECK(outcome.result == DeliveryResult::delivered);
        CHECK(world.effect() == "posted");
        CHECK_FALSE(world.server.last_request().at("body").at("blocks").as_array().empty());
      }
    }
  }
}

TEST_CASE("slack bot: a place is two words and nothing else") {
  CHECK(receivers::slack_place("C1 1405894322.002768").channel == "C1");
  CHECK(receivers::slack_place("C1 1405894322.002768").ts == "1405894322.002768");
  for (const char* text : {"", "C1", "C1 ", " 1.2", "C1 1.2 3", "C1 1.\n"}) {
    CHECK(receivers::slack_place(text).ts.empty());
    CHECK(receivers::slack_place(text).channel.empty());
  }
  CHECK(receivers::to_text({"C 1", "1.2"}).empty());
  CHECK_FALSE(receivers::read_slack_answer("<html>").has_value());
  CHECK_FALSE(receivers::read_slack_answer("{\"ok\": 1}").has_value());
  CHECK_FALSE(receivers::read_slack_answer("[]").has_value());
}

TEST_CASE("slack bot: a page that says 200 is no yes") {
  boost::asio::io_context io;
  testing::HttpPeer peer(io, [](const testing::PeerRequest&) {
    return testing::reply(200, "<html>please log in</html>");
  });
  loop::HttpClient http(io.get_executor());
  config::SlackReceiver definition;
  definition.token.reference = "value:xoxb-1";
  definition.channel = "#alerts";
  definition.api_url = peer.url("");
  receivers::SlackBot bot(http, definition, seconds(5));
  std::optional<DeliveryOutcome> got;
  bot.deliver(sample_delivery(), [&got](const DeliveryOutcome& outcome) { got = outcome; });
  REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
  CHECK(got->result == DeliveryResult::retryable);
}
