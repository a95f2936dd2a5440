// Slack through an incoming webhook. The service answers "ok"; it never says which message that
// became, so nothing can be edited: see slack_bot.hpp for what can.
#pragma once

#include <string>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/slack_message.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

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
