// Where notices go: one file a kind. A receiver renders a delivery into its service's protocol,
// sends it, and says what the service answered. It never retries: that is the outbox's decision.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tocsin/config/config.hpp"
#include "tocsin/model/delivery.hpp"

namespace tocsin::loop {
class HttpClient;
}

namespace tocsin::receivers {

/// A key that somebody acknowledged at the service.
struct AcknowledgedKey {
  std::string dedup_key;
  std::string by;
};

class Receiver {
 public:
  virtual ~Receiver() = default;
  /// Loop thread only. `done` runs once, on the loop; not after the receiver's end.
  virtual void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) = 0;
  /// Which of these keys were acknowledged there; a failure is an empty answer.
  virtual void poll(std::vector<std::string> dedup_keys,
                    std::function<void(std::vector<AcknowledgedKey>)> done);
};

/// `program`: how tocsin is called so that it reaches this daemon, for the commands in notices.
[[nodiscard]] std::unique_ptr<Receiver> make_receiver(const config::ReceiverDefinition& definition,
                                                      loop::HttpClient& http,
                                                      const std::string& program = "tocsin");

}  // namespace tocsin::receivers
