#include "receivers/pagerduty.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>

#include "loop/clock.hpp"
#include "loop/secrets.hpp"
#include "receivers/answer.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

constexpr std::size_t kPollsAtOnce = 4;

struct Said {
  bool success = false;  ///< "status": "success"
  std::string words;     ///< message and errors, or the body where it is none of theirs
};

Said read_answer(const std::string& body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  if (error || !answer.is_object()) return {false, body};
  const json::object& fields = answer.get_object();
  Said said;
  const auto text = [&fields](std::string_view name) -> std::string {
    const json::value* value = fields.if_contains(name);
    if (value == nullptr || !value->is_string()) return "";
    return std::string(value->get_string());
  };
  said.success = text("status") == "success";
  said.words = text("message");
  const json::value* errors = fields.if_contains("errors");
  if (errors != nullptr && errors->is_array()) {
    for (const json::value& one : errors->get_array()) {
      if (one.is_string()) {
        said.words += (said.words.empty() ? "" : "; ") + std::string(one.get_string());
      }
    }
  }
  return said;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

std::string query_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

struct PagerDuty::Poll {
  std::vector<std::string> keys;
  std::size_t next = 0;
  std::size_t answered = 0;
  std::string token;
  std::vector<AcknowledgedKey> acknowledged;
  std::function<void(std::vector<AcknowledgedKey>)> done;
};

PagerDuty::PagerDuty(loop::HttpClient& http, config::PagerDutyReceiver definition, Duration timeout,
                     std::string program)
    : definition_(std::move(definition)),
      sender_(http, definition_.http, timeout),
      program_(std::move(program)) {}

void PagerDuty::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  const std::string path =
      delivery.notice.kind == NoticeKind::change ? "/v2/change/enqueue" : "/v2/enqueue";
  const Result<std::string> key = loop::read_secret(definition_.routing_key);
  Result<loop::HttpRequest> request =
      key ? sender_.request("POST", without_slash(definition_.url) + path)
          : Result<loop::HttpRequest>(tl::unexpected(key.error()));
  if (!request) {
    sender_.later([tell = std::move(done), out = outcome_of(request.error())] { tell(out); });
    return;
  }
  request->headers.emplace_back("Content-Type", "application/json");
  request->body =
      pagerduty_event(delivery, valid_utf8(*key), program_, !definition_.api_token.empty());
  sender_.send(std::move(*request), [tell = std::move(done),
                                     secret = *key](const loop::HttpClient::Answer& answer) {
    if (!answer) {
      tell(outcome_of(answer.error()));
      return;
    }
    const Said said = read_answer(answer->body);
    const std::string words = shown(said.words, secret);
    const bool yes =
        answer->status == 202 || (answer->status >= 200 && answer->status < 300 && said.success);
    tell(yes ? delivered(*answer, words) : outcome_of(*answer, words, loop::now().wall));
  });
}

void PagerDuty::poll(std::vector<std::string> dedup_keys,
                     std::function<void(std::vector<AcknowledgedKey>)> done) {
  Result<std::string> token = loop::read_secret(definition_.api_token);
  if (!token || token->empty() || dedup_keys.empty()) {
    sender_.later([tell = std::move(done)] { tell({}); });
    return;
  }
  const auto poll = std::make_shared<Poll>();
  poll->keys = std::move(dedup_keys);
  poll->token = std::move(*token);
  poll->done = std::move(done);
  for (std::size_t i = 0; i < kPollsAtOnce; ++i) ask_next(poll);
}

/// One key a question: an incident of several alerts names no key of its own in the answer, but is
/// found by the key of each.
void PagerDuty::ask_next(const std::shared_ptr<Poll>& poll) {
  if (poll->next == poll->keys.size()) return;
  const std::string key = poll->keys[poll->next++];
  Result<loop::HttpRequest> request =
      sender_.request("GET", without_slash(definition_.api_url) +
                                 "/incidents?statuses%5B%5D=acknowledged&date_range=all&"
                                 "incident_key=" +
                                 query_escaped(key));
  const auto finish = [this, poll, key](const std::string& by) {
    if (!by.empty()) poll->acknowledged.push_back({key, by});
    if (++poll->answered == poll->keys.size()) {
      poll->done(std::move(poll->acknowledged));
    } else {
      ask_next(poll);
    }
  };
  if (!request) {
    sender_.later([finish] { finish(""); });
    return;
  }
  request->headers.emplace_back("Accept", "application/vnd.pagerduty+json;version=2");
  request->headers.emplace_back("Authorization", "Token token=" + poll->token);
  sender_.send(std::move(*request), [finish](const loop::HttpClient::Answer& answer) {
    finish(answer && answer->status == 200 ? pagerduty_acknowledger(answer->body) : "");
  });
}

}  // namespace tocsin::receivers
