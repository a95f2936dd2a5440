#include "loop/http_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::loop {
namespace {

constexpr int kRedirectsMost = 3;
constexpr std::size_t kHeaderBytesMost = 64U << 10U;

UrlPointer parse_url(const std::string& url) {
  UrlPointer parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return nullptr;
  }
  return parsed;
}

std::string url_part(const UrlPointer& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return "";
  std::string out(text);
  curl_free(text);
  return out;
}

std::string origin(const std::string& url) {
  const UrlPointer parsed = parse_url(url);
  if (!parsed) return "";
  return lowercase(url_part(parsed, CURLUPART_SCHEME)) + "://" +
         lowercase(url_part(parsed, CURLUPART_HOST)) + ":" + url_part(parsed, CURLUPART_PORT);
}

template <class T>
T info(CURL* easy, CURLINFO what) {
  T value{};
  curl_easy_getinfo(easy, what, &value);
  return value;
}

HttpFailure kind_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return HttpFailure::unresolved;
    case CURLE_COULDNT_CONNECT:
      return HttpFailure::refused;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::timed_out;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return HttpFailure::tls;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
      return HttpFailure::reset;
    default:
      return HttpFailure::other;
  }
}

}  // namespace

HttpTransfer::HttpTransfer(HttpRequest request, std::string no_proxy, HttpClient::Callback done)
    : request_(std::move(request)),
      no_proxy_(std::move(no_proxy)),
      done_(std::move(done)),
      began_(std::chrono::steady_clock::now()) {}

Result<void> HttpTransfer::prepare() {
  if (easy() == nullptr) return fail(ErrorCode::exhausted, "no memory for a request");
  const UrlPointer url = parse_url(request_.url);
  const std::string scheme = url ? lowercase(url_part(url, CURLUPART_SCHEME)) : "";
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::invalid, "the URL is no http:// or https:// address");
  }
  if (Result<void> ok = set_common(request_.ca_file); !ok) return ok;
  if (Result<void> ok = set_headers(); !ok) return ok;
  curl_easy_setopt(easy(), CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy(), CURLOPT_ERRORBUFFER, words_.data());
  curl_easy_setopt(easy(), CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl_easy_setopt(easy(), CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy(), CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  curl_easy_setopt(easy(), CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy(), CURLOPT_PREREQFUNCTION, &HttpTransfer::on_connected);
  curl_easy_setopt(easy(), CURLOPT_PREREQDATA, this);
  set_limits();
  set_security();
  set_method();
  set_time_left();
  return {};
}

Result<void> HttpTransfer::set_headers() {
  bool has_type = false;
  // An empty "Expect:" spares the second of waiting for "100 Continue" on large bodies.
  append(header_list_, "Expect:");
  if (!request_.bearer.empty()) {
    request_.headers.emplace_back("Authorization", "Bearer " + request_.bearer);
  }
  for (const auto& [name, value] : request_.headers) {
    if (breaks_line(name) || breaks_line(value)) {
      return fail(ErrorCode::invalid, "a header holds a line break");
    }
    has_type = has_type || lowercase(name) == "content-type";
    // curl's way to send a header without a value.
    append(header_list_,
           value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
  }
  if (!has_type) append(header_list_, "Content-Type:");
  curl_easy_setopt(easy(), CURLOPT_HTTPHEADER, header_list_.get());
  curl_easy_setopt(easy(), CURLOPT_USERAGENT, "tocsin");
  return {};
}

void HttpTransfer::set_limits() {
  curl_easy_setopt(easy(), CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy(), CURLOPT_FOLLOWLOCATION, 0L);  // follow() does it, within one origin
  curl_easy_setopt(easy(), CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (request_.accept_gzip) curl_easy_setopt(easy(), CURLOPT_ACCEPT_ENCODING, "gzip");
}

void HttpTransfer::set_security() {
  if (!request_.username.empty()) {
    curl_easy_setopt(easy(), CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy(), CURLOPT_USERNAME, request_.username.c_str());
    curl_easy_setopt(easy(), CURLOPT_PASSWORD, request_.password.c_str());
  }
  if (request_.proxy.empty()) {
    curl_easy_setopt(easy(), CURLOPT_NOPROXY, no_proxy_.c_str());
  } else {
    curl_easy_setopt(easy(), CURLOPT_PROXY, request_.proxy.c_str());
    curl_easy_setopt(easy(), CURLOPT_NOPROXY, "");
  }
}

void HttpTransfer::set_method() {
  const bool has_body = !request_.body.empty() || request_.method == "POST";
  if (has_body) {
    curl_easy_setopt(easy(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy(), CURLOPT_POSTFIELDS, request_.body.c_str());
  } else if (request_.method == "HEAD") {
    curl_easy_setopt(easy(), CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(easy(), CURLOPT_HTTPGET, 1L);
  }
  const bool implied =
      has_body ? request_.method == "POST" : request_.method == "GET" || request_.method == "HEAD";
  // On a connection that it had kept, curl would quietly send a request again when the peer hangs
  // up on it. What acts over there goes out once, on a connection of its own.
  const long acts = request_.method == "GET" || request_.method == "HEAD" ? 0L : 1L;
  curl_easy_setopt(easy(), CURLOPT_FRESH_CONNECT, acts);
  curl_easy_setopt(easy(), CURLOPT_FORBID_REUSE, acts);
  curl_easy_setopt(easy(), CURLOPT_CUSTOMREQUEST, implied ? nullptr : request_.method.c_str());
}

void HttpTransfer::set_time_left() {
  set_timeout(std::max(request_.timeout - took(), Duration(1)));
}

std::size_t HttpTransfer::on_body(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  if (size > transfer.request_.max_body_bytes - transfer.response_.body.size()) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(data, size);
  return size;
}

std::size_t HttpTransfer::on_header(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  const std::string_view line(data, size);
  transfer.header_bytes_ += size;
  if (transfer.header_bytes_ > kHeaderBytesMost) {
    transfer.too_large_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // the last answer counts, after a "100 Continue"
    transfer.response_.headers.clear();
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  transfer.response_.headers.emplace(lowercase(trim(line.substr(0, colon))),
                                     std::string(trim(line.substr(colon + 1))));
  return size;
}

int HttpTransfer::on_connected(void* self, char*, char*, int, int) {
  static_cast<HttpTransfer*>(self)->request_sent_ = true;
  return CURL_PREREQFUNC_OK;
}

bool HttpTransfer::follow(CURLcode code) {
  if (code != CURLE_OK || !request_.follow_redirects) return false;
  const char* target = info<char*>(easy(), CURLINFO_REDIRECT_URL);
  if (target == nullptr) return false;
  std::string next(target);
  if (origin(next) != origin(request_.url) || redirects_ == kRedirectsMost) {
    redirected_away_ = true;
    return false;
  }
  ++redirects_;
  const long status = info<long>(easy(), CURLINFO_RESPONSE_CODE);
  if (status == 303 || ((status == 301 || status == 302) && request_.method == "POST")) {
    request_.method = request_.method == "HEAD" ? "HEAD" : "GET";
    request_.body.clear();
    set_method();
  }
  request_.url = std::move(next);
  response_ = {};
  header_bytes_ = 0;
  curl_easy_setopt(easy(), CURLOPT_URL, request_.url.c_str());
  set_time_left();
  return true;
}

std::function<void()> HttpTransfer::ended(CURLcode code) {
  return [done = std::move(done_), kept = answer(code)]() mutable { done(std::move(kept)); };
}

std::function<void()> HttpTransfer::failed(std::string detail) {
  return [done = std::move(done_), kept = error(HttpFailure::other, std::move(detail))] {
    done(tl::unexpected(kept));
  };
}

HttpClient::Answer HttpTransfer::answer(CURLcode code) {
  if (redirected_away_) {
    return tl::unexpected(error(HttpFailure::redirected,
                                redirects_ == kRedirectsMost
                                    ? peer() + " redirects again and again"
                                    : peer() + " redirects to another origin, not followed"));
  }
  if (code != CURLE_OK) return tl::unexpected(failure(code));
  response_.status = static_cast<int>(info<long>(easy(), CURLINFO_RESPONSE_CODE));
  response_.took = took();
  return std::move(response_);
}

HttpError HttpTransfer::error(HttpFailure kind, std::string detail) const {
  HttpError out;
  out.kind = kind;
  out.detail = std::move(detail);
  out.request_sent = request_sent_;
  out.took = took();
  return out;
}

HttpError HttpTransfer::failure(CURLcode code) const {
  if (too_large_) {
    return error(
        HttpFailure::too_large,
        fmt::format("the answer of {} is larger than {} bytes", peer(),
                    header_bytes_ > kHeaderBytesMost ? kHeaderBytesMost : request_.max_body_bytes));
  }
  const HttpFailure kind = kind_of(code);
  const long os_error = info<long>(easy(), CURLINFO_OS_ERRNO);
  switch (kind) {
    case HttpFailure::unresolved:
      return error(kind, "the name of " + peer() + " (or of its proxy) does not resolve");
    case HttpFailure::refused:
      return error(kind, fmt::format("could not connect to {}: {}", peer(),
                                     os_error != 0 ? std::strerror(static_cast<int>(os_error))
                                                   : curl_easy_strerror(code)));
    case HttpFailure::timed_out:
      return error(
          kind, header_bytes_ > 0
                    ? fmt::format("{} did not finish its answer within {}: {} bytes came", peer(),
                                  format_duration(request_.timeout), response_.body.size())
                    : fmt::format("{} {} within {}", peer(),
                                  request_sent_ ? "did not answer" : "could not be reached",
                                  format_duration(request_.timeout)));
    case HttpFailure::tls:
      return error(kind, fmt::format("TLS with {}: {}", peer(),
                                     words_[0] != '\0' ? words_.data() : curl_easy_strerror(code)));
    case HttpFailure::reset:
      return error(kind, peer() + (code == CURLE_PARTIAL_FILE
                                       ? " closed the connection in the middle of its answer"
                                       : " closed the connection without an answer"));
    default:
      return error(kind, fmt::format("{}: {}", peer(), curl_easy_strerror(code)));
  }
}

/// "host:port": all of the URL that may be shown.
std::string HttpTransfer::peer() const {
  const UrlPointer url = parse_url(request_.url);
  if (!url) return "the peer";
  return url_part(url, CURLUPART_HOST) + ":" + url_part(url, CURLUPART_PORT);
}

Duration HttpTransfer::took() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
}

}  // namespace tocsin::loop
