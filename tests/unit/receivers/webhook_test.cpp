// Risk: a signature that no verifier accepts, an id that changes between tries or is used twice, a
// body whose shape drifts.
#include "receivers/webhook.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <optional>

#include "loop/clock.hpp"
#include "support/http_peer.hpp"
#include "unit/receivers/sample_delivery.hpp"

using namespace tocsin;
namespace json = boost::json;
using receivers::webhook_body;
using receivers::webhook_id;
using receivers::webhook_signature;
using testing::HttpPeer;
using testing::kSigningSecret;
using testing::PeerReply;
using testing::PeerRequest;
using testing::reply;
using testing::sample_delivery;

namespace {

struct WebhookWorld {
  boost::asio::io_context io;
  PeerReply said = reply(200, "");
  HttpPeer peer{io, [this](const PeerRequest&) { return said; }};
  loop::HttpClient http{io.get_executor()};
  config::WebhookReceiver definition;

  WebhookWorld() { definition.url.reference = "value:" + peer.url("/hook?key=hunter2"); }

  DeliveryOutcome deliver(const Delivery& delivery) {
    receivers::Webhook webhook(http, definition, seconds(10));
    std::optional<DeliveryOutcome> got;
    webhook.deliver(delivery, [&got](const DeliveryOutcome& outcome) { got = outcome; });
    REQUIRE(testing::run_until(io, [&got] { return got.has_value(); }));
    return *got;
  }
};

}  // namespace

TEST_CASE("webhook: the body as a whole") {
  CHECK(json::parse(webhook_body(sample_delivery())) == json::parse(R"json({
    "type": "incident.opened",
    "timestamp": "2025-12-31T09:15:00Z",
    "data": {
      "version": 1, "action": "open", "dedup_key": "0123456789abcdef0123456789abcdef",
      "incident": 17, "host": "web-1", "host_labels": {"env": "production"},
      "title": "CPU busy", "level": 1, "severity": "critical", "impact": "high",
      "policy": "production", "opened": "2025-12-31T09:15:00Z", "lasted_seconds": 0,
      "alerts": [{"rule": "CpuBusy", "labels": {"component": "api", "instance": "web-1"},
        "summary": "CPU 93 % busy", "value": "93 %", "threshold": "above 80 %",
        "severity": "critical", "since": "2025-12-31T09:10:00Z", "firing": true,
        "no_data": false, "targets_say": "", "recent": [0.2, 0.3, 0.9, 0.93]}],
      "alerts_total": 1, "lines": [], "description": "",
      "runbook": "https://runbooks.example.com/cpu", "verdict": "", "conference": "",
      "next": {"level": 2, "at": "2025-12-31T09:20:00Z",
        "receivers": ["on-call", "database-lead"]},
      "acknowledged_by": "", "acknowledged_until": null, "acknowledge_url": "",
      "last_change": "", "also_open": [], "link": "",
      "reason": "the threshold was crossed", "recorded": true, "drill": false}})json"));
}

TEST_CASE("webhook: every kind has its type") {
  Delivery delivery = sample_delivery();
  const auto type = [&delivery](NoticeKind kind, int level = 1) {
    delivery.notice.kind = kind;
    delivery.notice.level = level;
    return std::string(json::parse(webhook_body(delivery)).at("type").as_string());
  };
  CHECK(type(NoticeKind::opened) == "incident.opened");
  CHECK(type(NoticeKind::opened, 3) == "incident.escalated");
  CHECK(type(NoticeKind::repeated) == "incident.repeated");
  CHECK(type(NoticeKind::told_again) == "incident.told_again");
  CHECK(type(NoticeKind::updated) == "incident.updated");
  CHECK(type(NoticeKind::severity_rose) == "incident.severity_rose");
  CHECK(type(NoticeKind::flapping) == "incident.flapping");
  CHECK(type(NoticeKind::acknowledged) == "incident.acknowledged");
  CHECK(type(NoticeKind::closed) == "incident.closed");
  CHECK(type(NoticeKind::summary) == "incident.summary");
  CHECK(type(NoticeKind::test) == "test");
}

TEST_CASE("webhook: values are exact, and what is no number is null") {
  Delivery delivery = testing::hostile_delivery();
  delivery.notice.alerts[0].recent = {1.5, std::nan(""), HUGE_VAL};
  const json::value body = json::parse(webhook_body(delivery));
  CHECK(body.at("data").at("runbook").as_string() == "javascript:alert(1)//<!channel>");
  CHECK(body.at("data").at("alerts").at(0).at("recent") == json::parse("[1.5, null, null]"));
}

TEST_CASE("webhook: a body stays below 20,000 bytes and tells how many alerts there are") {
  const std::string body = webhook_body(testing::huge_delivery());
  CHECK(body.size() < 20'000);
  CHECK(json::parse(body).at("data").at("alerts_total").as_int64() == 500);
  Delivery delivery = sample_delivery();
  delivery.notice.alerts[0].recent.assign(60, 0.123456789);
  delivery.notice.alerts.resize(20, delivery.notice.alerts[0]);
  CHECK(json::parse(webhook_body(delivery)).at("data").at("alerts").as_array().size() == 20);
}

TEST_CASE("webhook: the id is the same for every try, and another delivery's is another") {
  const Delivery delivery = sample_delivery();
  Delivery again = delivery;
  again.attempts = 7;
  again.may_have_arrived = true;
  again.state = DeliveryState::sending;
  CHECK(webhook_id(again) == webhook_id(delivery));
  CHECK(webhook_id(delivery).find('.') == std::string::npos);
  const auto differs = [&delivery](auto change) {
    Delivery other = delivery;
    change(other);
    return webhook_id(other) != webhook_id(delivery);
  };
  CHECK(differs([](Delivery& other) { other.id = DeliveryId(72); }));
  CHECK(differs([](Delivery& other) { other.dedup_key = "another ring"; }));
  CHECK(differs([](Delivery& other) { other.action = DeliveryAction::close; }));
  CHECK(differs([](Delivery& other) { other.receiver = "second"; }));
  CHECK(differs([](Delivery& other) { other.notice.host = "web-2"; }));
}

TEST_CASE("webhook: the signature is the one that the specification's example gives") {
  CHECK(webhook_signature(kSigningSecret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                          R"({"test": 2432232314})")
            .value() == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST_CASE("webhook: two secrets give two signatures; what is no secret is an error without it") {
  const std::string one = webhook_signature(kSigningSecret, "a", 1, "b").value();
  const std::string both =
      webhook_signature(std::string(kSigningSecret) + " whsec_AAAA\n", "a", 1, "b").value();
  CHECK(both.starts_with(one + " v1,"));
  for (const char* wrong :
       {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_A", "whsec_!!!!"}) {
    CAPTURE(wrong);
    const Result<std::string> signature = webhook_signature(wrong, "a", 1, "b");
    REQUIRE_FALSE(signature.has_value());
    CHECK(signature.error().code == ErrorCode::invalid);
    CHECK(signature.error().text.find("MfKQ9r8") == std::string::npos);
  }
}

TEST_CASE("webhook: a request carries id, time and a signature over its exact bytes") {
  WebhookWorld world;
  world.definition.signing_secret.reference = std::string("value:") + kSigningSecret;
  const WallTime before = loop::now().wall;
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  const PeerRequest& request = world.peer.requests()[0];
  CHECK(request.method == "POST");
  CHECK(request.headers.at("content-type") == "application/json");
  CHECK(request.headers.at("webhook-id") == webhook_id(sample_delivery()));
  const std::int64_t at = std::stoll(request.headers.at("webhook-timestamp"));
  CHECK(WallTime(seconds(at)) + seconds(1) > before);
  CHECK(WallTime(seconds(at)) <= loop::now().wall);
  CHECK(request.headers.at("webhook-signature") ==
        webhook_signature(kSigningSecret, request.headers.at("webhook-id"), at, request.body)
            .value());
}

TEST_CASE("webhook: without a secret there is no signature, with a wrong one no request") {
  WebhookWorld world;
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  CHECK(world.peer.requests()[0].headers.count("webhook-signature") == 0);
  world.definition.signing_secret.reference = "value:secret";
  const DeliveryOutcome outcome = world.deliver(sample_delivery());
  CHECK(outcome.result == DeliveryResult::permanent);
  CHECK(world.peer.requests().size() == 1);
}

TEST_CASE("webhook: 2xx alone is a yes, 410 is for ever, a redirect is a failure") {
  WebhookWorld world;
  world.said = reply(204, "");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  world.said = reply(410, "gone");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::permanent);
  world.said = reply(307, "", {"Location: /elsewhere"});
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::retryable);
  world.said = reply(503, "", {"Retry-After: 3"});
  CHECK(world.deliver(sample_delivery()).retry_after == seconds(3));
  CHECK(world.peer.requests().size() == 4);
}
