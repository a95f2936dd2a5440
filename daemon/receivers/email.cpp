#include "receivers/email.hpp"

#include <fmt/format.h>

#include <utility>

#include "loop/secrets.hpp"
#include "receivers/answer.hpp"

namespace tocsin::receivers {
namespace {

constexpr std::size_t kRememberedMost = 1000;

bool is_permanent(const loop::MailError& error) {
  return error.status >= 500;
}

}  // namespace

/// One attempt, at all recipients who do not have it yet.
struct Email::Round {
  DeliveryId delivery;
  loop::Mail mail;
  std::size_t left = 0;
  std::set<std::string> taken;
  std::string accepted;  ///< the relay's words for the last that was taken
  std::string refused;   ///< its words for the last that was not
  bool later = false;    ///< somebody is to be tried again
  bool may_have_arrived = false;
  std::function<void(DeliveryOutcome)> done;
};

Email::Email(loop::HttpClient& http, config::EmailReceiver definition, Duration timeout,
             std::string program)
    : definition_(std::move(definition)),
      timeout_(timeout),
      sender_(http, {}, timeout),
      program_(std::move(program)) {}

void Email::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  Result<std::string> password = loop::read_secret(definition_.password);
  if (!password) {
    sender_.later([tell = std::move(done), out = outcome_of(password.error())] { tell(out); });
    return;
  }
  EmailMessage message = email_message(delivery, definition_, program_);
  const auto round = std::make_shared<Round>();
  round->delivery = delivery.id;
  round->done = std::move(done);
  round->mail = {.server = definition_.server,
                 .security = definition_.security,
                 .username = definition_.username,
                 .password = std::move(*password),
                 .ca_file = definition_.ca_file,
                 .from = definition_.from,
                 .to = {},
                 .headers = std::move(message.headers),
                 .text = std::move(message.text),
                 .html = std::move(message.html),
                 .timeout = timeout_};
  if (const auto found = taken_.find(delivery.id); found != taken_.end())
    round->taken = found->second;
  std::vector<std::string> recipients;
  for (const std::string& each : definition_.to) {
    if (!round->taken.contains(each)) recipients.push_back(each);
  }
  round->left = recipients.size();
  for (const std::string& each : recipients) send_to(each, round);
  if (recipients.empty()) sender_.later([this, round] { finish(*round); });
}

void Email::send_to(const std::string& recipient, const std::shared_ptr<Round>& round) {
  loop::Mail mail = round->mail;
  mail.to = recipient;
  sender_.send(std::move(mail), [this, recipient, round](const loop::MailAnswer& answer) {
    if (answer) {
      round->taken.insert(recipient);
      round->accepted = shown(answer->words, round->mail.password);
    } else {
      round->refused = recipient + ": " + shown(answer.error().detail, round->mail.password);
      round->later |= !is_permanent(answer.error());
      round->may_have_arrived |= answer.error().may_have_arrived;
    }
    if (--round->left == 0) finish(*round);
  });
}

void Email::finish(const Round& round) {
  DeliveryOutcome out;
  if (round.later) {
    out.result = DeliveryResult::retryable;
    out.may_have_arrived = round.may_have_arrived || !round.taken.empty();
    if (taken_.size() >= kRememberedMost) taken_.erase(taken_.begin());
    taken_[round.delivery] = round.taken;
  } else {
    taken_.erase(round.delivery);
    if (round.taken.empty()) out.result = DeliveryResult::permanent;
  }
  out.detail = round.refused.empty() ? round.accepted : round.refused;
  if (!round.taken.empty() && !round.refused.empty()) {
    out.in_part = out.result == DeliveryResult::delivered;
    out.detail = fmt::format("{} of {} have it; {}", round.taken.size(), definition_.to.size(),
                             round.refused);
  }
  round.done(out);
}

}  // namespace tocsin::receivers
