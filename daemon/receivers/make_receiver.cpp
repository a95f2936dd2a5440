#include <unistd.h>

#include "receivers/console.hpp"
#include "receivers/email.hpp"
#include "receivers/own_words.hpp"
#include "receivers/pagerduty.hpp"
#include "receivers/receiver.hpp"
#include "receivers/slack.hpp"
#include "receivers/slack_bot.hpp"
#include "receivers/webhook.hpp"

namespace tocsin::receivers {
namespace {

struct Maker {
  loop::HttpClient& http;
  Duration timeout;
  const std::string& program;

  std::unique_ptr<Receiver> operator()(const config::ConsoleReceiver&) const {
    return std::make_unique<Console>(http.loop(), timeout, STDOUT_FILENO, program);
  }
  std::unique_ptr<Receiver> operator()(const config::SlackReceiver& definition) const {
    if (!definition.token.empty()) {
      return std::make_unique<SlackBot>(http, definition, timeout, program);
    }
    return std::make_unique<Slack>(http, definition, timeout, program);
  }
  std::unique_ptr<Receiver> operator()(const config::PagerDutyReceiver& definition) const {
    return std::make_unique<PagerDuty>(http, definition, timeout, program);
  }
  std::unique_ptr<Receiver> operator()(const config::WebhookReceiver& definition) const {
    return std::make_unique<Webhook>(http, definition, timeout, program);
  }
  std::unique_ptr<Receiver> operator()(const config::EmailReceiver& definition) const {
    return std::make_unique<Email>(http, definition, timeout, program);
  }
};

}  // namespace

// By value for the sake of those who override it.
// NOLINTBEGIN(performance-unnecessary-value-param)
void Receiver::poll(std::vector<std::string>,
                    std::function<void(std::vector<AcknowledgedKey>)> done) {
  done({});
}
// NOLINTEND(performance-unnecessary-value-param)

std::unique_ptr<Receiver> make_receiver(const config::ReceiverDefinition& definition,
                                        loop::HttpClient& http, const std::string& program) {
  return with_own_words(
      definition, std::visit(Maker{http, definition.timeout, program}, definition.kind), program);
}

}  // namespace tocsin::receivers
