// Risk: a configured receiver that becomes another kind, or none.
#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "loop/http_client.hpp"
#include "receivers/console.hpp"
#include "receivers/pagerduty.hpp"
#include "receivers/receiver.hpp"
#include "receivers/slack.hpp"
#include "receivers/webhook.hpp"

using namespace tocsin;
using namespace tocsin::receivers;

TEST_CASE("make_receiver: each kind becomes its receiver") {
  boost::asio::io_context io;
  loop::HttpClient http(io.get_executor());
  config::ReceiverDefinition definition;
  definition.kind = config::ConsoleReceiver{};
  CHECK(dynamic_cast<Console*>(make_receiver(definition, http).get()) != nullptr);
  definition.kind = config::SlackReceiver{};
  CHECK(dynamic_cast<Slack*>(make_receiver(definition, http).get()) != nullptr);
  definition.kind = config::PagerDutyReceiver{};
  CHECK(dynamic_cast<PagerDuty*>(make_receiver(definition, http).get()) != nullptr);
  definition.kind = config::WebhookReceiver{};
  CHECK(dynamic_cast<Webhook*>(make_receiver(definition, http).get()) != nullptr);
}

TEST_CASE("make_receiver: a receiver that cannot be asked knows of no acknowledgement") {
  boost::asio::io_context io;
  loop::HttpClient http(io.get_executor());
  config::ReceiverDefinition definition;
  definition.kind = config::ConsoleReceiver{};
  std::optional<std::size_t> got;
  make_receiver(definition, http)->poll({"k"}, [&got](const std::vector<AcknowledgedKey>& keys) {
    got = keys.size();
  });
  CHECK(got == 0);
}
