#include "loop/http_transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::loop {
namespace {

constexpr std::size_t kReservedMost = 16U << 20U;

std::string origin(const std::string& url) {
  const UrlPointer parsed = parse_url(url);
  if (!parsed) return "";
  return lowercase(url_part(parsed, CURLUPART_SCHEME)) + "://" +
         lowercase(url_part(parsed, CURLUPART_HOST)) + ":" + url_part(parsed, CURLUPART_PORT);
}

}  // namespace

HttpTransfer::HttpTransfer(HttpRequest request, std::string no_proxy, HttpClient::Callback done)
    : request_(std::move(request)),
      no_proxy_(std::move(no_proxy)),
      done_(std::move(done)),
      began_(std::chrono::steady_clock::now()) {}

Result<void> HttpTransfer::prepare() {
  if (Result<void> ok = usable(); !ok) return ok;
  const UrlPointer url = parse_url(request_.url);
  const std::string scheme = url ? lowercase(url_part(url, CURLUPART_SCHEME)) : "";
  if (scheme != "http" && scheme != "https") {
    return fail(ErrorCode::invalid, "the URL is no http:// or https:// address");
  }
  if (Result<void> ok = set_common(request_.ca_file); !ok) return ok;
  if (Result<void> ok = set_headers(); !ok) return ok;
  curl().easy_setopt(easy(), CURLOPT_URL, request_.url.c_str());
  curl().easy_setopt(easy(), CURLOPT_ERRORBUFFER, words_.data());
  curl().easy_setopt(easy(), CURLOPT_WRITEFUNCTION, &HttpTransfer::on_body);
  curl().easy_setopt(easy(), CURLOPT_WRITEDATA, this);
  curl().easy_setopt(easy(), CURLOPT_HEADERFUNCTION, &HttpTransfer::on_header);
  curl().easy_setopt(easy(), CURLOPT_HEADERDATA, this);
  curl().easy_setopt(easy(), CURLOPT_PREREQFUNCTION, &HttpTransfer::on_connected);
  curl().easy_setopt(easy(), CURLOPT_PREREQDATA, this);
  set_limits();
  set_security();
  set_method();
  set_measuring();
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
  curl().easy_setopt(easy(), CURLOPT_HTTPHEADER, header_list_.get());
  curl().easy_setopt(easy(), CURLOPT_USERAGENT, "tocsin");
  return {};
}

void HttpTransfer::set_limits() {
  curl().easy_setopt(easy(), CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl().easy_setopt(easy(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl().easy_setopt(easy(), CURLOPT_FOLLOWLOCATION, 0L);  // follow() does it, within one origin
  curl().easy_setopt(easy(), CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (request_.accept_gzip) curl().easy_setopt(easy(), CURLOPT_ACCEPT_ENCODING, "gzip");
}

void HttpTransfer::set_security() {
  if (!request_.username.empty()) {
    curl().easy_setopt(easy(), CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl().easy_setopt(easy(), CURLOPT_USERNAME, request_.username.c_str());
    curl().easy_setopt(easy(), CURLOPT_PASSWORD, request_.password.c_str());
  }
  if (request_.proxy.empty()) {
    curl().easy_setopt(easy(), CURLOPT_NOPROXY, no_proxy_.c_str());
  } else {
    curl().easy_setopt(easy(), CURLOPT_PROXY, request_.proxy.c_str());
    curl().easy_setopt(easy(), CURLOPT_NOPROXY, "");
  }
}

void HttpTransfer::set_method() {
  const bool has_body = !request_.body.empty() || request_.method == "POST";
  if (has_body) {
    curl().easy_setopt(easy(), CURLOPT_POSTFIELDSIZE_LARGE,
                       static_cast<curl_off_t>(request_.body.size()));
    curl().easy_setopt(easy(), CURLOPT_POSTFIELDS, request_.body.c_str());
  } else if (request_.method == "HEAD") {
    curl().easy_setopt(easy(), CURLOPT_NOBODY, 1L);
  } else {
    curl().easy_setopt(easy(), CURLOPT_HTTPGET, 1L);
  }
  const bool implied =
      has_body ? request_.method == "POST" : request_.method == "GET" || request_.method == "HEAD";
  // On a connection that it had kept, curl would quietly send a request again when the peer hangs
  // up on it. What acts over there goes out once, on a connection of its own.
  const bool acts = request_.method != "GET" && request_.method != "HEAD";
  const long alone = acts || request_.measure ? 1L : 0L;
  curl().easy_setopt(easy(), CURLOPT_FRESH_CONNECT, alone);
  curl().easy_setopt(easy(), CURLOPT_FORBID_REUSE, alone);
  curl().easy_setopt(easy(), CURLOPT_CUSTOMREQUEST, implied ? nullptr : request_.method.c_str());
}

void HttpTransfer::set_measuring() {
  if (!request_.verify) {
    curl().easy_setopt(easy(), CURLOPT_SSL_VERIFYPEER, 0L);
    curl().easy_setopt(easy(), CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (request_.ip_version != IpVersion::any) {
    curl().easy_setopt(easy(), CURLOPT_IPRESOLVE,
                       request_.ip_version == IpVersion::four
                           ? static_cast<long>(CURL_IPRESOLVE_V4)
                           : static_cast<long>(CURL_IPRESOLVE_V6));
  }
  if (!request_.measure) return;
  // A session taken up again shows no certificate, and its handshake is not the one to measure.
  curl().easy_setopt(easy(), CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl().easy_setopt(easy(), CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl().easy_setopt(easy(), CURLOPT_SSL_CTX_FUNCTION, &HttpTransfer::on_tls_context);
  curl().easy_setopt(easy(), CURLOPT_SSL_CTX_DATA, this);
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
  if (transfer.header_bytes_ > kHttpHeaderBytesMost) {
    transfer.too_large_ = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // the last answer counts, after a "100 Continue"
    transfer.response_.headers.clear();
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const std::string name = lowercase(trim(line.substr(0, colon)));
  const std::string_view value = trim(line.substr(colon + 1));
  // Room for all of it at once: a body that grows piece by piece needs twice its size. The word of
  // a peer is taken for no more than a moderate body.
  std::size_t length = 0;
  if (name == "content-length" &&
      std::from_chars(value.data(), value.data() + value.size(), length).ec == std::errc()) {
    transfer.response_.body.reserve(
        std::min({length, transfer.request_.max_body_bytes, kReservedMost}));
  }
  transfer.response_.headers.emplace(name, std::string(value));
  return size;
}

int HttpTransfer::on_connected(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<HttpTransfer*>(self);
  transfer.request_sent_ = true;
  if (transfer.request_.measure) {
    const auto* session = curl_info<curl_tlssessioninfo*>(transfer.easy(), CURLINFO_TLS_SSL_PTR);
    if (session != nullptr) note_session(session->internals, transfer.session_);
  }
  return CURL_PREREQFUNC_OK;
}

CURLcode HttpTransfer::on_tls_context(CURL*, void* context, void* self) {
  note_verification(context, static_cast<HttpTransfer*>(self)->session_);
  return CURLE_OK;
}

bool HttpTransfer::follow(CURLcode code) {
  if (code != CURLE_OK || !request_.follow_redirects) return false;
  const char* target = curl_info<char*>(easy(), CURLINFO_REDIRECT_URL);
  if (target == nullptr) return false;
  std::string next(target);
  if (origin(next) != origin(request_.url) || redirects_ == kHttpRedirectsMost) {
    redirected_away_ = true;
    return false;
  }
  ++redirects_;
  const long status = curl_info<long>(easy(), CURLINFO_RESPONSE_CODE);
  if (status == 303 || ((status == 301 || status == 302) && request_.method == "POST")) {
    request_.method = request_.method == "HEAD" ? "HEAD" : "GET";
    request_.body.clear();
    set_method();
  }
  request_.url = std::move(next);
  response_ = {};
  header_bytes_ = 0;
  curl().easy_setopt(easy(), CURLOPT_URL, request_.url.c_str());
  set_time_left();
  return true;
}

}  // namespace tocsin::loop
