// Slack through an incoming webhook: Block Kit, within Slack's limits whatever the notice holds.
// The service answers "ok"; it never says which message that became, so nothing can be edited.
#pragma once

#include <string>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"

namespace tocsin::receivers {

/// The message's JSON. Pure.
[[nodiscard]] std::string slack_message(const Delivery& delivery);

class Slack : public Receiver {
 public:
  Slack(loop::HttpClient& http, config::SlackReceiver definition, Duration timeout);
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  config::SlackReceiver definition_;
  Sender sender_;
};

}  // namespace tocsin::receivers
