#include "receivers/slack.hpp"

#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "receivers/answer.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {

Slack::Slack(loop::HttpClient& http, config::SlackReceiver definition, Duration timeout,
             std::string program)
    : definition_(std::move(definition)),
      sender_(http, definition_.http, timeout),
      program_(std::move(program)) {}

void Slack::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  const Result<std::string> webhook = loop::read_secret(definition_.webhook);
  Result<loop::HttpRequest> request =
      webhook ? sender_.request("POST", *webhook)
              : Result<loop::HttpRequest>(tl::unexpected(webhook.error()));
  if (!request) {
    sender_.later([tell = std::move(done), out = outcome_of(request.error())] { tell(out); });
    return;
  }
  request->headers.emplace_back("Content-Type", "application/json; charset=utf-8");
  request->body = slack_message(delivery, program_);
  sender_.send(std::move(*request),
               [tell = std::move(done), secret = *webhook](const loop::HttpClient::Answer& answer) {
                 if (!answer) {
                   tell(outcome_of(answer.error()));
                   return;
                 }
                 const std::string words = shown(answer->body, secret);
                 // The body decides: a proxy or a login page also says 200.
                 if (answer->status == 200 && trim(answer->body) == "ok") {
                   tell(delivered(*answer, words));
                 } else {
                   tell(outcome_of(*answer, words, loop::now().wall));
                 }
               });
}

}  // namespace tocsin::receivers
