// Slack through an incoming webhook: Block Kit, within Slack's limits whatever the notice holds.
// The service answers "ok"; it never says which message that became, so nothing can be edited.
#pragma once

#include <string>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

/// The message's JSON. Pure.
[[nodiscard]] std::string slack_message(const Delivery& delivery,
                                        std::string_view program = kProgram);

class Slack : public Receiver {
 public:
  Slack(loop::HttpClient& http, config::SlackReceiver definition, Duration timeout,
        std::string program = std::string(kProgram));
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  config::SlackReceiver definition_;
  Sender sender_;
  std::string program_;
};

}  // namespace tocsin::receivers
