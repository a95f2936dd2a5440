#include "receivers/webhook.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <utility>
#include <vector>

#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "loop/secrets.hpp"
#include "loop/signing.hpp"
#include "receivers/answer.hpp"
#include "receivers/base64.hpp"
#include "receivers/webhook_request.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::receivers {
namespace {

namespace json = boost::json;

constexpr std::string_view kPrefix = "whsec_";

Result<std::string> decoded(std::string_view secret) {
  const tl::unexpected<Error> wrong =
      fail(ErrorCode::invalid, "the signing secret is not \"whsec_\" followed by base64");
  if (!secret.starts_with(kPrefix)) return wrong;
  std::string text(secret.substr(kPrefix.size()));
  while (text.ends_with('=')) text.pop_back();
  if (text.empty() || text.size() % 4 == 1) return wrong;
  const std::size_t bytes = text.size() * 3 / 4;
  text.resize((text.size() + 3) / 4 * 4, '=');
  std::vector<unsigned char> out(text.size() / 4 * 3);
  if (EVP_DecodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size())) < 0) {
    return wrong;
  }
  return std::string(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(bytes));
}

/// The waiting time where it stands in the body only: Telegram's way, and Discord's finer one.
std::optional<Duration> retry_after_in(const std::string& body) {
  json::error_code error;
  const json::value answer = json::parse(body, error);
  const json::object* fields = error ? nullptr : answer.if_object();
  if (fields == nullptr) return std::nullopt;
  const json::value* inner = fields->if_contains("parameters");
  if (inner != nullptr && inner->is_object()) fields = &inner->get_object();
  const json::value* wait = fields->if_contains("retry_after");
  if (wait == nullptr || !wait->is_number()) return std::nullopt;
  const double seconds_long = wait->to_number<double>();
  if (!(seconds_long >= 0 && seconds_long <= 86'400)) return std::nullopt;
  return std::chrono::ceil<Duration>(std::chrono::duration<double>(seconds_long));
}

DeliveryOutcome judged(const loop::HttpClient::Answer& answer, std::string_view secret) {
  if (!answer) return outcome_of(answer.error());
  const std::string words = shown(answer->body, secret);
  if (answer->status >= 200 && answer->status < 300) return delivered(*answer, words);
  DeliveryOutcome out = outcome_of(*answer, words, loop::now().wall);
  if (answer->status == 429 && !out.retry_after) out.retry_after = retry_after_in(answer->body);
  return out;
}

}  // namespace

Result<std::string> webhook_signature(std::string_view secrets, std::string_view id,
                                      std::int64_t unix_seconds, std::string_view body) {
  const std::string text = fmt::format("{}.{}.{}", id, unix_seconds, body);
  std::string out;
  std::string_view rest = trim(secrets);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    const Result<std::string> key = decoded(rest.substr(0, end));
    if (!key) return tl::unexpected(key.error());
    const Result<std::string> digest = loop::hmac_sha256(*key, text);
    if (!digest) return tl::unexpected(digest.error());
    out += (out.empty() ? "" : " ") + ("v1," + base64(*digest));
    rest = trim(rest.substr(end));
  }
  return out;
}

Webhook::Webhook(loop::HttpClient& http, config::WebhookReceiver definition, Duration timeout,
                 std::string program)
    : definition_(std::move(definition)),
      sender_(http, definition_.http, timeout),
      program_(std::move(program)) {}

Result<loop::HttpRequest> Webhook::request(const Delivery& delivery, const std::string& url,
                                           std::string& fault) const {
  WebhookContent content = webhook_content(definition_, delivery, program_);
  fault = std::move(content.fault);
  Result<loop::HttpRequest> out = sender_.request("POST", url + content.path);
  if (!out) return out;
  const std::string id = webhook_id(delivery);
  const std::int64_t now = std::chrono::floor<seconds>(loop::now().wall).time_since_epoch().count();
  out->body = std::move(content.body);
  out->headers = std::move(content.headers);
  for (const config::HttpHeader& header : definition_.headers) {
    if (header.value.reference.starts_with("value:")) continue;
    Result<std::string> secret = loop::read_secret(header.value);
    if (!secret) return tl::unexpected(secret.error());
    out->headers.emplace_back(header.name, std::move(*secret));
  }
  out->headers.emplace_back("Content-Type", content.content_type);
  out->headers.emplace_back("webhook-id", id);
  out->headers.emplace_back("webhook-timestamp", std::to_string(now));
  const Result<std::string> secret = loop::read_secret(definition_.signing_secret);
  if (!secret) return tl::unexpected(secret.error());
  if (secret->empty()) return out;
  Result<std::string> signature = webhook_signature(*secret, id, now, out->body);
  if (!signature) return tl::unexpected(signature.error());
  out->headers.emplace_back("webhook-signature", std::move(*signature));
  return out;
}

void Webhook::deliver(const Delivery& delivery, std::function<void(DeliveryOutcome)> done) {
  const Result<std::string> url = loop::read_secret(definition_.url);
  std::string fault;
  Result<loop::HttpRequest> to_send =
      url ? request(delivery, *url, fault) : Result<loop::HttpRequest>(tl::unexpected(url.error()));
  if (!to_send) {
    sender_.later([tell = std::move(done), out = outcome_of(to_send.error())] { tell(out); });
    return;
  }
  if (!fault.empty()) {
    loop::log::error("receiver " + one_line(delivery.receiver, 100) + ": " + fault +
                     "; the notice goes in tocsin's own text");
  }
  sender_.send(std::move(*to_send),
               [tell = std::move(done), secret = *url](const loop::HttpClient::Answer& answer) {
                 tell(judged(answer, secret));
               });
}

}  // namespace tocsin::receivers
