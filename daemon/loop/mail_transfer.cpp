#include "loop/mail_transfer.hpp"

#include <fmt/format.h>

#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::loop {
namespace {

using config::MailSecurity;

constexpr std::size_t kReplyMost = 500;

void add_form(curl_mime* body, const std::string& content, const char* type) {
  curl_mimepart* part = curl().mime_addpart(body);
  curl().mime_data(part, content.data(), content.size());
  curl().mime_type(part, type);
  curl().mime_encoder(part, "base64");
}

}  // namespace

MailTransfer::MailTransfer(Mail mail, MailCallback done)
    : mail_(std::move(mail)), done_(std::move(done)) {}

Result<void> MailTransfer::prepare() {
  if (Result<void> ok = usable(); !ok) return ok;
  if (breaks_line(mail_.from) || breaks_line(mail_.to)) {
    return fail(ErrorCode::invalid, "an address holds a line break");
  }
  if (Result<void> ok = set_common(mail_.ca_file); !ok) return ok;
  if (Result<void> ok = set_headers(); !ok) return ok;
  const bool tls_first = mail_.security == MailSecurity::tls;
  const std::string url = (tls_first ? "smtps://" : "smtp://") + mail_.server;
  curl().easy_setopt(easy(), CURLOPT_URL, url.c_str());
  curl().easy_setopt(easy(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl().easy_setopt(easy(), CURLOPT_PROXY, "");
  curl().easy_setopt(easy(), CURLOPT_USE_SSL,
                     mail_.security == MailSecurity::none ? CURLUSESSL_NONE : CURLUSESSL_ALL);
  curl().easy_setopt(easy(), CURLOPT_ERRORBUFFER, words_.data());
  curl().easy_setopt(easy(), CURLOPT_HEADERFUNCTION, &MailTransfer::on_reply);
  curl().easy_setopt(easy(), CURLOPT_HEADERDATA, this);
  curl().easy_setopt(easy(), CURLOPT_FRESH_CONNECT, 1L);
  curl().easy_setopt(easy(), CURLOPT_FORBID_REUSE, 1L);
  if (!mail_.username.empty()) {
    curl().easy_setopt(easy(), CURLOPT_USERNAME, mail_.username.c_str());
    curl().easy_setopt(easy(), CURLOPT_PASSWORD, mail_.password.c_str());
  }
  append(recipient_, "<" + mail_.to + ">");
  curl().easy_setopt(easy(), CURLOPT_MAIL_FROM, ("<" + mail_.from + ">").c_str());
  curl().easy_setopt(easy(), CURLOPT_MAIL_RCPT, recipient_.get());
  set_timeout(mail_.timeout);
  set_body();
  return {};
}

Result<void> MailTransfer::set_headers() {
  for (const auto& [name, value] : mail_.headers) {
    if (breaks_line(name)) return fail(ErrorCode::invalid, "a header holds a line break");
    append(header_list_, fmt::format("{}: {}", name, value));
  }
  append(header_list_, "Content-Type: multipart/alternative");
  curl().easy_setopt(easy(), CURLOPT_HTTPHEADER, header_list_.get());
  return {};
}

void MailTransfer::set_body() {
  body_.reset(curl().mime_init(easy()));
  add_form(body_.get(), mail_.text, "text/plain; charset=utf-8");
  add_form(body_.get(), mail_.html, "text/html; charset=utf-8");
  curl().easy_setopt(easy(), CURLOPT_MIMEPOST, body_.get());
}

std::size_t MailTransfer::on_reply(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<MailTransfer*>(self);
  const std::string_view line = trim(std::string_view(data, size));
  if (line.starts_with("354")) transfer.body_asked_for_ = true;
  transfer.last_reply_ = line.substr(0, kReplyMost);
  return size;
}

std::function<void()> MailTransfer::ended(CURLcode code) {
  return [done = std::move(done_), kept = answer(code)] { done(kept); };
}

std::function<void()> MailTransfer::failed(std::string detail) {
  MailError error;
  error.detail = std::move(detail);
  return [done = std::move(done_), kept = std::move(error)] { done(tl::unexpected(kept)); };
}

MailAnswer MailTransfer::answer(CURLcode code) const {
  if (code == CURLE_OK) return MailAccepted{last_reply_};
  MailError error;
  long status = 0;
  curl().easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
  error.status = status >= 400 && status < 600 ? static_cast<int>(status) : 0;
  error.detail = described(code);
  error.may_have_arrived = body_asked_for_ && error.status == 0;
  return tl::unexpected(std::move(error));
}

std::string MailTransfer::described(CURLcode code) const {
  const std::string& server = mail_.server;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "the name of " + server + " does not resolve";
    case CURLE_COULDNT_CONNECT:
      return "could not connect to " + server;
    case CURLE_OPERATION_TIMEDOUT:
      return fmt::format("{} {} within {}", server,
                         last_reply_.empty() ? "could not be reached" : "did not answer",
                         format_duration(mail_.timeout));
    case CURLE_USE_SSL_FAILED:
      return server + " offers no STARTTLS; `tls = \"none\"` would send without";
    case CURLE_LOGIN_DENIED:
      return fmt::format("{} does not let {} in: {}", server, mail_.username, last_reply_);
    default:
      break;
  }
  const bool refused = last_reply_.starts_with('4') || last_reply_.starts_with('5');
  if (refused) return fmt::format("{} said {}", server, last_reply_);
  return fmt::format("{}: {}", server,
                     words_[0] != '\0' ? words_.data() : curl().easy_strerror(code));
}

}  // namespace tocsin::loop
