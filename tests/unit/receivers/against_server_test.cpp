// The receivers against tests/support/receiver_server.py, which refuses what Slack, PagerDuty and a
// verifier of Standard Webhooks refuse. Risk: our own peers in the other tests believe what we do.
#include <doctest/doctest.h>

#include <optional>

#include "unit/receivers/receiver_world.hpp"

using namespace tocsin;
using testing::kSigningSecret;
using testing::sample_delivery;
using testing::ServerWorld;

TEST_CASE("against the server: Slack takes every notice and nobody is pinged") {
  ServerWorld world;
  world.slack();
  for (int kind = 0; kind < kNoticeKinds; ++kind) {
    for (Delivery delivery :
         {sample_delivery(), testing::hostile_delivery(), testing::huge_delivery(), Delivery{}}) {
      delivery.notice.kind = static_cast<NoticeKind>(kind);
      const DeliveryOutcome outcome = world.deliver(delivery);
      CAPTURE(outcome.detail);
      CHECK(outcome.result == DeliveryResult::delivered);
      CHECK(world.effect().find("<!") == std::string::npos);
      CHECK(world.effect().find("<@") == std::string::npos);
    }
  }
}

TEST_CASE("against the server: a page is opened, acknowledged there, seen, and resolved") {
  ServerWorld world;
  world.pagerduty();
  for (const Delivery& given :
       {sample_delivery(), testing::hostile_delivery(), testing::huge_delivery()}) {
    Delivery delivery = given;
    delivery.dedup_key += std::to_string(given.notice.alerts.size() + given.notice.lines.size());
    CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
    CHECK(world.effect() == "opened, somebody notified");
    delivery.action = DeliveryAction::update;
    CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
    CHECK(world.effect() == "appended to the triggered alert, nobody notified");
    world.tell("/_acknowledge", R"({"dedup_key": ")" + delivery.dedup_key + R"(", "by": "Anna"})");

    const std::unique_ptr<receivers::Receiver> receiver =
        receivers::make_receiver(world.definition, world.http);
    std::optional<std::vector<receivers::AcknowledgedKey>> keys;
    receiver->poll({"another", delivery.dedup_key},
                   [&keys](std::vector<receivers::AcknowledgedKey> got) { keys = std::move(got); });
    REQUIRE(testing::run_until(world.io, [&keys] { return keys.has_value(); }));
    REQUIRE(keys->size() == 1);
    CHECK(keys->front().dedup_key == delivery.dedup_key);
    CHECK(keys->front().by == "Anna");

    delivery.action = DeliveryAction::close;
    CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
    CHECK(world.effect() == "resolved");
    CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
    CHECK(world.effect().starts_with("dropped"));
  }
}

TEST_CASE("against the server: an acknowledgement of ours is nobody's") {
  ServerWorld world;
  world.pagerduty();
  Delivery delivery = sample_delivery();
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  delivery.action = DeliveryAction::acknowledge;
  CHECK(world.deliver(delivery).result == DeliveryResult::delivered);
  CHECK(world.effect() == "acknowledged");
  const std::unique_ptr<receivers::Receiver> receiver =
      receivers::make_receiver(world.definition, world.http);
  std::optional<std::size_t> found;
  receiver->poll(
      {delivery.dedup_key},
      [&found](const std::vector<receivers::AcknowledgedKey>& got) { found = got.size(); });
  REQUIRE(testing::run_until(world.io, [&found] { return found.has_value(); }));
  CHECK(found == 0);
}

TEST_CASE("against the server: a signed webhook is verified, a retry known by its id") {
  ServerWorld world;
  world.webhook(kSigningSecret);
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  CHECK(world.effect() == "taken");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
  CHECK(world.effect() == "taken again");
  world.webhook("whsec_AAAA");
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::permanent);
}

TEST_CASE("against the server: every way to misbehave has its outcome") {
  ServerWorld world;
  world.definition.timeout = milliseconds(300);
  struct Row {
    const char* mode;
    DeliveryResult result;
    bool may_have_arrived;
  };
  for (const Row& row :
       {Row{"400", DeliveryResult::permanent, false}, Row{"429", DeliveryResult::retryable, false},
        Row{"429-date", DeliveryResult::retryable, false},
        Row{"500", DeliveryResult::retryable, false},
        Row{"timeout", DeliveryResult::retryable, true},
        Row{"reset", DeliveryResult::retryable, true},
        Row{"redirect", DeliveryResult::retryable, false}}) {
    for (int kind = 0; kind < 3; ++kind) {
      CAPTURE(row.mode);
      CAPTURE(kind);
      if (kind == 0) world.slack();
      if (kind == 1) world.pagerduty();
      if (kind == 2) world.webhook(kSigningSecret);
      world.tell("/_control",
                 std::string(R"({"mode": ")") + row.mode + R"(", "count": 1, "retry_after": 20})");
      const DeliveryOutcome outcome = world.deliver(sample_delivery());
      CAPTURE(outcome.detail);
      CHECK(outcome.result == row.result);
      CHECK(outcome.may_have_arrived == row.may_have_arrived);
      CHECK(world.server.last_request().at("mode").as_string() == row.mode);
      if (std::string(row.mode) == "429") CHECK(outcome.retry_after == seconds(20));
      if (std::string(row.mode) == "429-date") {
        REQUIRE(outcome.retry_after.has_value());
        CHECK(*outcome.retry_after > seconds(10));
        CHECK(*outcome.retry_after <= seconds(20));
      }
    }
  }
  world.slack();
  for (const char* mode : {"drip", "ok-false"}) {
    world.tell("/_control", std::string(R"({"mode": ")") + mode + R"(", "count": 1})");
    const DeliveryOutcome outcome = world.deliver(sample_delivery());
    CHECK(outcome.result == DeliveryResult::retryable);
    CHECK(outcome.may_have_arrived);
  }
  CHECK(world.deliver(sample_delivery()).result == DeliveryResult::delivered);
}
