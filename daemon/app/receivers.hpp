// The receivers that are configured, and those that a reload removed and that something is still
// owed to. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "receivers/receiver.hpp"
#include "tocsin/config/config.hpp"
#include "tocsin/engine/engine.hpp"

namespace tocsin::app {

class Receivers {
 public:
  struct Maker {
    std::function<std::unique_ptr<receivers::Receiver>(const config::ReceiverDefinition&)> receiver;
    /// From the text that is kept of a removed receiver.
    std::function<Result<config::ReceiverDefinition>(const RetiredReceiver&)> definition;
  };
  explicit Receivers(Maker make) : make_(std::move(make)) {}

  /// One whose definition is equal is kept; one that is gone stays until retire() lets it go.
  void configure(const std::vector<config::ReceiverDefinition>& definitions);
  /// Of the removed ones exactly these are still needed. One that this process has never known (it
  /// was removed before a restart) is made from its definition.
  void retire(const std::vector<RetiredReceiver>& needed);

  /// Why the receiver cannot be told anything at all, as far as it shows without asking it: a
  /// secret that cannot be read. "" where nothing is wrong, or where there is no such receiver.
  /// Reads the secrets anew.
  [[nodiscard]] std::string trouble(const std::string& name) const;
  /// The same; what was readable when it was last looked at counts as readable still.
  [[nodiscard]] std::string known_trouble(const std::string& name) const;

  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done);
  void poll(const engine::AckPoll& asked, std::function<void(std::vector<Command>)> done);

 private:
  struct Slot {
    std::string definition;
    Duration timeout{};
    std::unique_ptr<receivers::Receiver> receiver;
    std::vector<config::Secret> secrets;
    mutable std::string trouble;  ///< when its secrets were last read
    bool configured = false;
    std::size_t awaited = 0;  ///< answers that are still to come
  };
  static void look_at_secrets(const Slot& slot);
  void let_go(std::shared_ptr<Slot> slot);

  Maker make_;
  std::map<std::string, std::shared_ptr<Slot>> slots_;
  /// Replaced or no longer needed; each stays until its last answer has come, because a receiver
  /// answers nothing after its end.
  std::vector<std::shared_ptr<Slot>> leaving_;
};

}  // namespace tocsin::app
