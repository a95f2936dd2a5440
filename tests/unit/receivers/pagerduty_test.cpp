// Risk: a page that PagerDuty drops in silence, or that the daemon believes delivered; an
// acknowledgement that is not seen, or one that nobody made.
#include "receivers/pagerduty.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "receivers/sample_notice.hpp"
#include "support/http_peer.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
namespace json = boost::json;
using receivers::pagerduty_acknowledger;
using receivers::pagerduty_event;
using testing::HttpPeer;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;
using testing::sample_delivery;

namespace {

struct PagerDutyWorld {
  boost::asio::io_context io;
  PeerReply said = reply(202, R"({"status":"success","message":"Event processed"})");
  HttpPeer peer{io, [this](const PeerRequest& request) { return answer(request); }};
  std::function<PeerReply(const PeerRequest&)> answer = [this](const PeerRequest&) { return said; };
  loop::HttpClient http{io.get_executor()};
  config::PagerDutyReceiver definition;

  PagerDutyWorld() {
    definition.routing_key.reference = "value:R0UT1NGK3Y";
    definition.url = peer.url("/");
    definition.api_url = peer.url("");
    definition.api_token.reference = "value:t0ken";
  }

  DeliveryOutcome deliver(const Delivery& delivery) {
    receivers::PagerDuty pagerduty(http, definition, seconds(10));
    std::optional<DeliveryOutcome> got;
    pagerduty.deliver(delivery, [&got](const DeliveryOutcome& outcome) { got = outcome; });
    REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
    return *got;
  }

  std::vector<receivers::AcknowledgedKey> poll(const std::vector<std::string>& keys) {
    receivers::PagerDuty pagerduty(http, definition, seconds(10));
    std::optional<std::vector<receivers::AcknowledgedKey>> got;
    pagerduty.poll(keys, [&got](std::vector<receivers::AcknowledgedKey> keys_acknowledged) {
      got = std::move(keys_acknowledged);
    });
    CHECK_FALSE(got.has_value());
    REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
    return *got;
  }
};

const char* const kAcknowledged = R"({"incidents": [{"id": "PT4KHLK", "incident_key": null,
  "status": "acknowledged", "acknowledgements": [{"at": "2025-12-31T09:16:00Z",
  "acknowledger": {"id": "PXPGF42", "type": "user_reference", "summary": "Earline Greenholt"}}]}]})";

}  // namespace

TEST_CASE("pagerduty: a ring is a trigger with all that a phone shows") {
  Delivery delivery = sample_delivery();
  Notice& notice = delivery.notice;
  notice.level = 2;
  notice.next->again = true;
  notice.conference = "https://meet.example.com/a";
  CHECK(json::parse(pagerduty_event(delivery, "R0UT1NGK3Y")) == json::parse(R"json({
    "routing_key": "R0UT1NGK3Y",
    "event_action": "trigger",
    "dedup_key": "0123456789abcdef0123456789abcdef",
    "client": "tocsin",
    "links": [{"href": "https://meet.example.com/a", "text": "Join the call"},
              {"href": "https://runbooks.example.com/cpu", "text": "Runbook"}],
    "payload": {
      "summary": "LEVEL 2 #17 · critical: CPU busy on web-1: 93 % (above 80 %), since 09:10 UTC",
      "source": "web-1", "severity": "critical", "timestamp": "2025-12-31T09:15:00Z",
      "component": "api", "group": "production", "class": "CpuBusy",
      "custom_details": {
        "Conference": "https://meet.example.com/a",
        "Runbook": "https://runbooks.example.com/cpu",
        "What happens next": "rings again in 5 min (09:20 UTC) for on-call, database-lead, unless somebody acknowledges.",
        "Acknowledge, in a shell on web-1": "tocsin ack 17",
        "Acknowledging in PagerDuty": "is not seen by tocsin: the climb goes on",
        "Silence all of it, in a shell on web-1": "tocsin silence 17 --for 1h --reason 'WHY'",
        "Host": "web-1 (env=production)",
        "Severity": "critical, impact high",
        "Opened": "09:15:00 UTC (just now)",
        "Incident": "17, level 2, policy production",
        "Why this notice": "the threshold was crossed",
        "Alerts": ["CPU 93 % busy (above 80 %), since 09:10 UTC (5 min) | CpuBusy {component=api, instance=web-1}  ▁▂██"]}
}
})json"));
}

TEST_CASE("pagerduty: it says whether acknowledging there is enough") {
  const auto here = [](bool polled) {
    const json::value event =
        json::parse(pagerduty_event(sample_delivery(), "k", receivers::kProgram, polled));
    return std::string(
        event.at("payload").at("custom_details").at("Acknowledging in PagerDuty").as_string());
  };
  CHECK(here(true) == "is seen by tocsin: the climb stops");
  CHECK(here(false) == "is not seen by tocsin: the climb goes on");
}

TEST_CASE("pagerduty: each action has its event, all under the delivery's key") {
  Delivery delivery = sample_delivery();
  const auto action = [&delivery] {
    const json::value event = json::parse(pagerduty_event(delivery, "k"));
    CHECK(event.at("dedup_key").as_string() == delivery.dedup_key);
    CHECK(event.at("routing_key").as_string() == "k");
    return std::string(event.at("event_action").as_string());
  };
  CHECK(action() == "trigger");
  delivery.action = DeliveryAction::update;
  CHECK(action() == "trigger");
  delivery.action = DeliveryAction::acknowledge;
  CHECK(action() == "acknowledge");
  delivery.action = DeliveryAction::close;
  CHECK(action() == "resolve");
}

TEST_CASE("pagerduty: severities are its own words") {
  Delivery delivery = sample_delivery();
  const auto severity = [&delivery](Severity given) {
    delivery.notice.severity = given;
    return std::string(
        json::parse(pagerduty_event(delivery, "k")).at("payload").at("severity").as_string());
  };
  CHECK(severity(Severity::critical) == "critical");
  CHECK(severity(Severity::warning) == "warning");
  CHECK(severity(Severity::info) == "info");
}

TEST_CASE("pagerduty: an event keeps its limits whatever the notice holds") {
  for (const Delivery& given : {testing::hostile_delivery(), testing::huge_delivery()}) {
    Delivery delivery = given;
    delivery.notice.alerts.resize(5000, delivery.notice.alerts[0]);
    const std::string event = pagerduty_event(delivery, "k");
    CHECK(event.size() <= 512'000);
    const json::value parsed = json::parse(event);
    CHECK(parsed.at("payload").at("summary").as_string().size() <= 1024);
    CHECK(parsed.at("payload").at("custom_details").at("Alerts").as_array().size() > 10);
    for (const json::value& link : parsed.at("links").as_array()) {
      CHECK(link.at("href").as_string().starts_with("https://"));
    }
  }
}

TEST_CASE("pagerduty: an empty notice still has what a trigger requires") {
  const json::value event = json::parse(pagerduty_event(Delivery{}, "k"));
  CHECK(event.at("payload").at("source").as_string() == "tocsin");
  CHECK(!event.at("payload").at("summary").as_string().empty());
}

TEST_CASE("pagerduty: 202 is a yes; what else says success is one too; a login page is not") {
  PagerDutyWorld world;
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  CHECK(world.peer.requests()[0].target == "/v2/enqueue");
  CHECK(world.peer.requests()[0].headers.at("content-type") == "application/json");
  world.said = reply(200, R"({"status":"success"})");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  world.said = reply(200, "<html>log in</html>");
  const DeliveryOutcome outcome = world.deliver(sample_delivery());
  CHECK(outcome.result == DeliveryResult::retryable);
  CHECK(outcome.may_have_arrived);
}

TEST_CASE("pagerduty: a change is an event of its own, under no key, that notifies nobody") {
  const Delivery delivery = receivers::sample_notice(NoticeKind::change);
  CHECK(json::parse(pagerduty_event(delivery, "R0UT1NGK3Y")) == json::parse(R"json({
    "routing_key": "R0UT1NGK3Y",
    "links": [{"href": "https://ci.example.com/shop/1207", "text": "More"}],
    "payload": {
      "summary": "shop 2.3.1 deployed on web-1", "source": "web-1",
      "timestamp": "2026-03-14T03:08:00Z",
      "custom_details": {"Host": "web-1 (env=production, role=api)",
                         "Why this notice": "announced by ada"}}
  })json"));
  PagerDutyWorld world;
  world.said = reply(202, R"({"status":"success","message":"Change event processed"})");
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  CHECK(world.peer.requests()[0].target == "/v2/change/enqueue");
}

TEST_CASE("pagerduty: 400 is for ever, with its words but not with the key") {
  PagerDutyWorld world;
  world.said = reply(400, R"({"status":"invalid event","message":"Event object is invalid",
    "errors":["Length of 'routing_key' R0UT1NGK3Y is incorrect"]})");
  const DeliveryOutcome outcome = world.deliver(sample_delivery());
  CHECK(outcome.result == DeliveryResult::permanent);
  CHECK(outcome.detail ==
        "HTTP 400: Event object is invalid; Length of 'routing_key' *** is incorrect");
}

TEST_CASE("pagerduty: a limit is waited for, a fault is tried again") {
  PagerDutyWorld world;
  world.said = reply(429, "", {"Retry-After: 60"});
  const DeliveryOutcome limited = world.deliver(sample_delivery());
  CHECK(limited.result == DeliveryResult::retryable);
  CHECK(limited.retry_after == seconds(60));
  world.said = reply(500, "");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::retryable);
  world.said = PeerReply{"", PeerReply::Then::reset};
  const DeliveryOutcome reset = world.deliver(sample_delivery());
  CHECK(reset.result == DeliveryResult::retryable);
  CHECK(reset.may_have_arrived);
}

TEST_CASE("pagerduty: a poll asks for each key and brings the person") {
  PagerDutyWorld world;
  world.answer = [](const PeerRequest& request) {
    const bool taken = request.target.find("incident_key=k3&") != std::string::npos ||
                       request.target.ends_with("incident_key=k3");
    return reply(200, taken ? kAcknowledged : R"({"incidents": []})");
  };
  const std::vector<receivers::AcknowledgedKey> keys =
      world.poll({"k1", "k2", "k3", "k4", "k5", "k6"});
  REQUIRE(keys.size() == 1);
  CHECK(keys[0].dedup_key == "k3");
  CHECK(keys[0].by == "Earline Greenholt");
  REQUIRE(world.peer.requests().size() == 6);
  const PeerRequest& request = world.peer.requests()[0];
  CHECK(request.method == "GET");
  CHECK(request.target.starts_with("/incidents?statuses%5B%5D=acknowledged"));
  CHECK(request.headers.at("authorization") == "Token token=t0ken");
  CHECK(request.headers.at("accept") == "application/vnd.pagerduty+json;version=2");
}

TEST_CASE("pagerduty: a poll that fails is an empty answer") {
  PagerDutyWorld world;
  CHECK(world.poll({}).empty());
  world.said = reply(401, R"({"error":{"message":"nope"}})");
  CHECK(world.poll({"k1", "k2"}).empty());
  world.said = PeerReply{"", PeerReply::Then::reset};
  CHECK(world.poll({"k1"}).empty());
  world.definition.api_token.reference = "env:TOCSIN_NOT_SET";
  CHECK(world.poll({"k1"}).empty());
}

TEST_CASE("pagerduty: only an acknowledgement by a person counts") {
  CHECK(pagerduty_acknowledger(kAcknowledged) == "Earline Greenholt");
  for (const char* body :
       {"", "[]", "{", R"({"incidents": 3})", R"({"incidents": [1, null, {}]})",
        R"({"incidents": [{"status": "acknowledged", "acknowledgements": [{}, 1]}]})",
        R"({"incidents": [{"status": "resolved", "acknowledgements": [{"acknowledger":
            {"type": "user_reference", "summary": "Earline"}}]}]})",
        R"({"incidents": [{"status": "acknowledged", "acknowledgements": [{"acknowledger":
            {"type": "service_reference", "summary": "tocsin"}}]}]})"}) {
    CAPTURE(body);
    CHECK(pagerduty_acknowledger(body).empty());
  }
}
