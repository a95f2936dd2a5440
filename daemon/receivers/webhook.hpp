// Any HTTP endpoint: the whole notice as JSON, or what templates make of it; signed as Standard
// Webhooks 1.0.0 where a secret is given.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/wording.hpp"
#include "tocsin/base/result.hpp"

namespace tocsin::receivers {

/// The body (version 1 of its shape is described in webhook_body.cpp). Pure.
[[nodiscard]] std::string webhook_body(const Delivery& delivery);
/// The same for all tries of one delivery, also after a restart; no other delivery's.
[[nodiscard]] std::string webhook_id(const Delivery& delivery);
/// The webhook-signature header: one signature for each secret ("whsec_" and base64, separated by
/// blanks, for rotation) over the exact bytes.
[[nodiscard]] Result<std::string> webhook_signature(std::string_view secrets, std::string_view id,
                                                    std::int64_t unix_seconds,
                                                    std::string_view body);

class Webhook : public Receiver {
 public:
  Webhook(loop::HttpClient& http, config::WebhookReceiver definition, Duration timeout,
          std::string program = std::string(kProgram));
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  [[nodiscard]] Result<loop::HttpRequest> request(const Delivery& delivery, const std::string& url,
                                                  std::string& fault) const;
  config::WebhookReceiver definition_;
  Sender sender_;
  std::string program_;
};

}  // namespace tocsin::receivers
