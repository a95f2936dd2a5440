// What the end of an HTTP exchange means: the answer, or what went wrong, in words that never hold
// a secret.
#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "loop/http_transfer.hpp"

namespace tocsin::loop {
namespace {

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
                                redirects_ == kHttpRedirectsMost
                                    ? peer() + " redirects again and again"
                                    : peer() + " redirects to another origin, not followed"));
  }
  if (code != CURLE_OK) return tl::unexpected(failure(code));
  response_.status = static_cast<int>(curl_info<long>(easy(), CURLINFO_RESPONSE_CODE));
  response_.took = took();
  response_.measured = measured();
  return std::move(response_);
}

HttpError HttpTransfer::error(HttpFailure kind, std::string detail) const {
  HttpError out;
  out.kind = kind;
  out.detail = std::move(detail);
  out.request_sent = request_sent_;
  out.took = took();
  out.measured = measured();
  return out;
}

HttpError HttpTransfer::failure(CURLcode code) const {
  if (too_large_) {
    return error(HttpFailure::too_large,
                 fmt::format("the answer of {} is larger than {} bytes", peer(),
                             header_bytes_ > kHttpHeaderBytesMost ? kHttpHeaderBytesMost
                                                                  : request_.max_body_bytes));
  }
  const HttpFailure kind = kind_of(code);
  const long os_error = curl_info<long>(easy(), CURLINFO_OS_ERRNO);
  switch (kind) {
    case HttpFailure::unresolved:
      return error(kind, "the name of " + peer() + " (or of its proxy) does not resolve");
    case HttpFailure::refused:
      return error(kind, fmt::format("could not connect to {}: {}", peer(),
                                     os_error != 0 ? std::strerror(static_cast<int>(os_error))
                                                   : curl().easy_strerror(code)));
    case HttpFailure::timed_out:
      return error(
          kind, header_bytes_ > 0
                    ? fmt::format("{} did not finish its answer within {}: {} bytes came", peer(),
                                  format_duration(request_.timeout), response_.body.size())
                    : fmt::format("{} {} within {}", peer(),
                                  request_sent_ ? "did not answer" : "could not be reached",
                                  format_duration(request_.timeout)));
    case HttpFailure::tls:
      return error(kind,
                   fmt::format("TLS with {}: {}", peer(),
                               words_[0] != '\0' ? words_.data() : curl().easy_strerror(code)));
    case HttpFailure::reset:
      return error(kind, peer() + (code == CURLE_PARTIAL_FILE || header_bytes_ > 0
                                       ? " closed the connection in the middle of its answer"
                                       : " closed the connection without an answer"));
    default:
      // The URL's scheme is one that curl was told to take: it speaks of the answer.
      if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY) {
        return error(kind, "what " + peer() + " answers is no HTTP");
      }
      return error(kind, fmt::format("{}: {}", peer(), curl().easy_strerror(code)));
  }
}

HttpMeasured HttpTransfer::measured() const {
  HttpMeasured out;
  if (!request_.measure) return out;
  const auto at = [this](CURLINFO what) {
    return static_cast<double>(curl_info<curl_off_t>(easy(), what)) / 1e6;
  };
  const auto between = [](double from, double to) { return to > from ? to - from : 0.0; };
  const double resolved = at(CURLINFO_NAMELOOKUP_TIME_T);
  const double connected = at(CURLINFO_CONNECT_TIME_T);
  const double secured = at(CURLINFO_APPCONNECT_TIME_T);
  const double first_byte = at(CURLINFO_STARTTRANSFER_TIME_T);
  out.resolve = resolved;
  out.connect = between(resolved, connected);
  out.tls = between(connected, secured);
  out.processing = between(at(CURLINFO_PRETRANSFER_TIME_T), first_byte);
  out.transfer = first_byte > 0 ? between(first_byte, at(CURLINFO_TOTAL_TIME_T)) : 0.0;
  out.total = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  if (const char* address = curl_info<char*>(easy(), CURLINFO_PRIMARY_IP)) out.address = address;
  const long version = curl_info<long>(easy(), CURLINFO_HTTP_VERSION);
  out.http_version = version == CURL_HTTP_VERSION_1_0   ? 1.0
                     : version == CURL_HTTP_VERSION_1_1 ? 1.1
                                                        : 0.0;
  out.redirects = redirects_;
  out.session = session_;
  return out;
}

/// "host:port": all of the URL that may be shown.
std::string HttpTransfer::peer() const {
  const UrlPointer url = parse_url(request_.url);
  if (!url) return "the peer";
  const std::string host = url_part(url, CURLUPART_HOST);
  // A password ends too early at a slash of its own: its first digits pass for a port.
  for (const CURLUPart part : {CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    if (url_part(url, part).find('@') != std::string::npos) return host;
  return host + ":" + url_part(url, CURLUPART_PORT);
}

Duration HttpTransfer::took() const {
  return std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
}

}  // namespace tocsin::loop
