// Risk: a label that wakes a whole channel, a message that Slack refuses on the worst day, an
// answer misread.
#include "receivers/slack.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <optional>

#include "support/http_peer.hpp"
#include "tocsin/base/text.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
namespace json = boost::json;
using receivers::slack_message;
using testing::HttpPeer;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;
using testing::sample_delivery;

namespace {

struct Seen {
  std::size_t total = 0;
  std::vector<std::string> plain;
  std::vector<std::string> markup;
};

void see_text(const json::value& value, std::size_t most, Seen& seen) {
  const json::object& text = value.as_object();
  const std::string content(text.at("text").as_string());
  CHECK(!content.empty());
  CHECK(content.size() <= most);
  CHECK(content == valid_utf8(content));
  seen.total += content.size();
  (text.at("type").as_string() == "plain_text" ? seen.plain : seen.markup).push_back(content);
}

/// Walks a message the way Slack does, holding it to Slack's limits.
Seen walk(const std::string& message) {
  Seen seen;
  const json::object whole = json::parse(message).as_object();
  CHECK(whole.at("text").as_string().size() <= 4000);
  seen.plain.emplace_back(whole.at("text").as_string());
  json::array blocks = whole.at("blocks").as_array();
  for (const json::value& attachment : whole.at("attachments").as_array()) {
    CHECK(attachment.at("color").as_string().starts_with('#'));
    for (const json::value& block : attachment.at("blocks").as_array()) blocks.push_back(block);
  }
  CHECK(blocks.size() <= 50);
  for (const json::value& block : blocks) {
    const json::object& fields = block.as_object();
    const json::string& type = fields.at("type").as_string();
    if (type == "header") {
      CHECK(fields.at("text").as_object().at("type").as_string() == "plain_text");
      see_text(fields.at("text"), 150, seen);
    } else if (type == "section") {
      if (fields.contains("text")) see_text(fields.at("text"), 3000, seen);
      if (fields.contains("fields")) {
        CHECK(fields.at("fields").as_array().size() <= 10);
        for (const json::value& field : fields.at("fields").as_array()) see_text(field, 2000, seen);
      }
    } else {
      REQUIRE(type == "context");
      CHECK(fields.at("elements").as_array().size() <= 10);
      for (const json::value& element : fields.at("elements").as_array()) {
        see_text(element, 3000, seen);
      }
    }
  }
  CHECK(seen.total <= 13'000);
  return seen;
}

std::string without_links(std::string text) {
  for (std::size_t at = text.find("<http"); at != std::string::npos; at = text.find("<http")) {
    const std::size_t end = text.find('>', at);
    REQUIRE(end != std::string::npos);
    text.erase(at, end - at + 1);
  }
  return text;
}

DeliveryOutcome deliver(boost::asio::io_context& io, receivers::Receiver& receiver,
                        const Delivery& delivery) {
  std::optional<DeliveryOutcome> got;
  receiver.deliver(delivery, [&got](const DeliveryOutcome& outcome) { got = outcome; });
  CHECK_FALSE(got.has_value());
  REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
  return *got;
}

DeliveryOutcome answered(PeerReply said, Duration timeout = seconds(10)) {
  boost::asio::io_context io;
  HttpPeer peer(io, [&said](const PeerRequest&) { return said; });
  loop::HttpClient http(io.get_executor());
  config::SlackReceiver definition;
  definition.webhook.reference = "value:" + peer.url("/services/T0/B0/hunter2");
  receivers::Slack slack(http, definition, timeout);
  return deliver(io, slack, sample_delivery());
}

}  // namespace

TEST_CASE("slack: the message as a whole") {
  CHECK(json::parse(slack_message(sample_delivery())) == json::parse(R"json({
    "text": "OPENED #17 · critical: CPU busy on web-1 - CPU 93 % busy (above 80 %), since 09:10 UTC (5 min)",
    "mrkdwn": false, "unfurl_links": false, "unfurl_media": false,
    "blocks": [
      {"type": "header", "text": {"type": "plain_text", "emoji": false,
        "text": "🔴 OPENED #17 · critical: CPU busy on web-1"}},
      {"type": "section", "text": {"type": "plain_text", "emoji": false,
        "text": "CPU 93 % busy (above 80 %), since 09:10 UTC (5 min)\nCpuBusy {component=api, instance=web-1}  ▁▂██"}},
      {"type": "section", "text": {"type": "plain_text", "emoji": false,
        "text": "Next: level 2 in 5 min (09:20 UTC) tells on-call, database-lead, unless somebody acknowledges."}},
      {"type": "section", "text": {"type": "mrkdwn", "verbatim": true,
        "text": "Runbook: <https://runbooks.example.com/cpu|open>"}},
      {"type": "context", "elements": [
        {"type": "mrkdwn", "verbatim": true, "text": "Acknowledge, in a shell on `web-1`: `tocsin ack 17`"},
        {"type": "mrkdwn", "verbatim": true,
          "text": "Silence all of it, in a shell on `web-1`: `tocsin silence 17 --for 1h --reason 'WHY'`"}]}],
    "attachments": [{"color": "#d92d20", "blocks": [
      {"type": "section", "fields": [
        {"type": "mrkdwn", "verbatim": true, "text": "*Host*\n`web-1 (env=production)`"},
        {"type": "mrkdwn", "verbatim": true, "text": "*Severity*\n`critical, impact high`"},
        {"type": "mrkdwn", "verbatim": true, "text": "*Opened*\n`09:15:00 UTC (just now)`"},
        {"type": "mrkdwn", "verbatim": true,
          "text": "*Incident*\n`17, level 1, policy production`"}]},
      {"type": "context", "elements": [
        {"type": "plain_text", "emoji": false, "text": "the threshold was crossed"}]}]}]})json"));
}

TEST_CASE("slack: no value becomes markup or a mention") {
  const Seen seen = walk(slack_message(testing::hostile_delivery()));
  for (const std::string& text : seen.plain) {
    CHECK(text.find('<') == std::string::npos);
    CHECK(text.find('>') == std::string::npos);
  }
  for (const std::string& text : seen.markup) {
    const std::string rest = without_links(text);
    CHECK(rest.find('<') == std::string::npos);
    CHECK(rest.find('>') == std::string::npos);
    // Outside of code spans stand only our own words.
    std::string outside;
    bool inside = false;
    for (const char c : rest) {
      if (c == '`') {
        inside = !inside;
      } else if (!inside) {
        outside += c;
      }
    }
    CHECK_FALSE(inside);
    CHECK(outside.find("channel") == std::string::npos);
    CHECK(outside.find("*b*") == std::string::npos);
  }
}

TEST_CASE("slack: an ampersand is escaped once, and an entity is never cut in two") {
  Delivery delivery = sample_delivery();
  for (std::size_t length = 1; length < 200; ++length) {
    delivery.notice.title = std::string(length, '&');
    const json::value message = json::parse(slack_message(delivery));
    std::string title(message.at("blocks").at(0).at("text").at("text").as_string());
    CHECK(title.size() <= 150);
    for (std::size_t at = title.find('&'); at != std::string::npos; at = title.find('&', at + 1)) {
      REQUIRE(title.substr(at, 5) == "&amp;");
    }
  }
}

TEST_CASE("slack: five hundred alerts with values of ten kilobytes stay within every limit") {
  const std::string message = slack_message(testing::huge_delivery());
  const Seen seen = walk(message);
  CHECK(message.find("and 492 more") != std::string::npos);
  CHECK(seen.total > 3000);
}

TEST_CASE("slack: every kind of notice keeps the limits, also when it says almost nothing") {
  for (int kind = 0; kind < kNoticeKinds; ++kind) {
    Delivery delivery;
    delivery.notice.kind = static_cast<NoticeKind>(kind);
    walk(slack_message(delivery));
    delivery = testing::huge_delivery();
    delivery.notice.kind = static_cast<NoticeKind>(kind);
    delivery.notice.acknowledged_by = std::string(10'000, '<');
    walk(slack_message(delivery));
  }
}

TEST_CASE("slack: the body says ok or it was not delivered") {
  CHECK(answered(reply(200, "ok")).result == DeliveryResult::delivered);
  CHECK(answered(reply(200, "ok\n")).result == DeliveryResult::delivered);
  const DeliveryOutcome login_page = answered(reply(200, "<html>please log in</html>"));
  CHECK(login_page.result == DeliveryResult::retryable);
  CHECK(login_page.detail == "HTTP 200: <html>please log in</html>");
  CHECK(answered(reply(201, "ok")).result == DeliveryResult::retryable);
}

TEST_CASE("slack: its words decide between never and not now") {
  for (const auto& [status, words] :
       {std::pair{400, "invalid_payload"}, std::pair{403, "action_prohibited"},
        std::pair{404, "channel_not_found"}, std::pair{410, "channel_is_archived"}}) {
    const DeliveryOutcome outcome = answered(reply(status, words));
    CHECK(outcome.result == DeliveryResult::permanent);
    CHECK(outcome.detail == "HTTP " + std::to_string(status) + ": " + words);
    CHECK_FALSE(outcome.may_have_arrived);
  }
  CHECK(answered(reply(500, "rollup_error")).result == DeliveryResult::retryable);
  const DeliveryOutcome limited = answered(
      reply(429, R"({"retry_after":7,"ok":false,"error":"rate_limited"})", {"Retry-After: 7"}));
  CHECK(limited.result == DeliveryResult::retryable);
  CHECK(limited.retry_after == seconds(7));
}

TEST_CASE("slack: without an answer it may have arrived") {
  const DeliveryOutcome hung = answered(PeerReply{"", PeerReply::Then::hang}, milliseconds(80));
  CHECK(hung.result == DeliveryResult::retryable);
  CHECK(hung.may_have_arrived);
  CHECK(hung.detail.find("hunter2") == std::string::npos);
  const DeliveryOutcome reset = answered(PeerReply{"", PeerReply::Then::reset});
  CHECK(reset.result == DeliveryResult::retryable);
  CHECK(reset.may_have_arrived);
}

TEST_CASE("slack: a redirect is not followed") {
  const DeliveryOutcome outcome =
      answered(reply(302, "", {"Location: http://127.0.0.1:1/elsewhere"}));
  CHECK(outcome.result == DeliveryResult::retryable);
  CHECK_FALSE(outcome.may_have_arrived);
}

TEST_CASE("slack: a webhook that cannot be read is a failure for ever, said by reference") {
  boost::asio::io_context io;
  loop::HttpClient http(io.get_executor());
  config::SlackReceiver definition;
  definition.webhook.reference = "env:TOCSIN_NOT_SET";
  receivers::Slack slack(http, definition, seconds(10));
  const DeliveryOutcome outcome = deliver(io, slack, sample_delivery());
  CHECK(outcome.result == DeliveryResult::permanent);
  CHECK(outcome.detail == "the secret env:TOCSIN_NOT_SET is not in the environment");
}

TEST_CASE("slack: nothing is answered after the receiver's end") {
  boost::asio::io_context io;
  HttpPeer peer(io, [](const PeerRequest&) { return reply(200, "ok"); });
  loop::HttpClient http(io.get_executor());
  int answers = 0;
  {
    config::SlackReceiver definition;
    definition.webhook.reference = "value:" + peer.url("/");
    receivers::Slack slack(http, definition, seconds(10));
    slack.deliver(sample_delivery(), [&answers](const DeliveryOutcome&) { ++answers; });
    definition.webhook.reference = "env:TOCSIN_NOT_SET";
    receivers::Slack broken(http, definition, seconds(10));
    broken.deliver(sample_delivery(), [&answers](const DeliveryOutcome&) { ++answers; });
    REQUIRE(testing::run_until(io, [&peer] { return peer.requests().size() == 1; }));
    answers = 0;
  }
  testing::run_ready(io);
  CHECK(answers == 0);
  CHECK(http.in_flight() == 0);
}
