// PagerDuty: Events API v2 for rings, acknowledgements and closes, all under the delivery's key,
// and for changes, which have none; its REST API, where a token is given, to learn who acknowledged
// there.
#pragma once

#include <string>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/wording.hpp"

namespace tocsin::receivers {

/// The event's JSON, at most 512,000 bytes; of a change a change event, which notifies nobody.
/// Pure.
[[nodiscard]] std::string pagerduty_event(const Delivery& delivery, const std::string& routing_key,
                                          std::string_view program = kProgram, bool polled = false);
/// The person who acknowledged, from an answer of GET /incidents; "" where nobody has.
[[nodiscard]] std::string pagerduty_acknowledger(const std::string& body);

class PagerDuty : public Receiver {
 public:
  PagerDuty(loop::HttpClient& http, config::PagerDutyReceiver definition, Duration timeout,
            std::string program = std::string(kProgram));
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;
  void poll(std::vector<std::string> dedup_keys,
            std::function<void(std::vector<AcknowledgedKey>)> done) override;

 private:
  struct Poll;
  void ask_next(const std::shared_ptr<Poll>& poll);

  config::PagerDutyReceiver definition_;
  Sender sender_;
  std::string program_;
};

}  // namespace tocsin::receivers
