// Slack through a bot's token: one message for each incident, kept up to date, and a thread below
// it with every notice. Where that message stands goes back with the answer, is recorded with the
// incident, and comes again with its next notice.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "receivers/receiver.hpp"
#include "receivers/sender.hpp"
#include "receivers/slack_message.hpp"

namespace tocsin::receivers {

/// An answer of Slack's Web API, which is HTTP 200 also where it says no.
struct SlackAnswer {
  bool ok = false;
  std::string error;  ///< its word, "" where it has none
  SlackPlace place;   ///< of the message, with ok
};
/// None where it is no answer of the Web API.
[[nodiscard]] std::optional<SlackAnswer> read_slack_answer(const std::string& body);

/// As a delivery's thread holds it: "C0123 1405894322.002768".
[[nodiscard]] std::string to_text(const SlackPlace& place);
/// Nowhere, where it is no such text.
[[nodiscard]] SlackPlace slack_place(std::string_view text);

class SlackBot : public Receiver {
 public:
  SlackBot(loop::HttpClient& http, config::SlackReceiver definition, Duration timeout,
           std::string program = std::string(kProgram));
  void deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) override;

 private:
  struct Telling;
  using Shared = std::shared_ptr<Telling>;
  void begin_story(const Shared& telling);
  void go_on(const Shared& telling);
  void reply(const Shared& telling);
  void bring_up_to_date(const Shared& telling, std::size_t at, const DeliveryOutcome& out);
  void call(const Shared& telling, std::string_view method, SlackPart part,
            std::function<void(DeliveryOutcome, SlackAnswer)> answered);
  [[nodiscard]] DeliveryOutcome judged(const loop::HttpClient::Answer& answer,
                                       const std::string& token, SlackAnswer& said) const;

  config::SlackReceiver definition_;
  Sender sender_;
  std::string program_;
};

}  // namespace tocsin::receivers
