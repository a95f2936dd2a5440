// HTTP requests and mail on the loop: libcurl's multi interface, one connection pool. The only
// door to curl. Loop thread only. The callback runs once, on the loop, never from within send();
// not after cancel() or the client's end.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "loop/tls_seen.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::loop {

enum class IpVersion { any, four, six };

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string username;  ///< basic authentication, where not empty
  std::string password;
  std::string bearer;
  std::string ca_file;                          ///< instead of the system's
  std::string proxy;                            ///< "" : from the environment
  Duration timeout = std::chrono::seconds(10);  ///< for the whole exchange
  std::size_t max_body_bytes = 1U << 20U;       ///< of the answer, after decompression
  bool accept_gzip = false;
  bool follow_redirects = false;  ///< at most 3, and only to the same scheme, host and port
  bool verify = true;             ///< that the certificate is good
  IpVersion ip_version = IpVersion::any;
  bool measure = false;  ///< on a connection of its own, with `measured` filled in
};

/// What a request met on its way. Times are of its last hop, in seconds; 0 where it did not come so
/// far.
struct HttpMeasured {
  double resolve = 0;     ///< the name
  double connect = 0;     ///< TCP
  double tls = 0;         ///< the handshake
  double processing = 0;  ///< until the first byte of the answer
  double transfer = 0;    ///< until its last
  double total = 0;       ///< with all that came before, redirects included
  std::string address;    ///< of the peer, "" where there was no connection
  double http_version = 0;
  int redirects = 0;
  TlsSeen session;
};

struct HttpResponse {
  int status = 0;
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  Duration took{};
  HttpMeasured measured;
};

enum class HttpFailure { unresolved, refused, tls, timed_out, too_large, reset, redirected, other };

struct HttpError {
  HttpFailure kind = HttpFailure::other;
  std::string detail;         ///< for people; never holds a secret or the URL's credentials
  bool request_sent = false;  ///< the other side may have acted on it
  Duration took{};
  HttpMeasured measured;
};

struct Mail;  // loop/mail.hpp
struct MailAccepted;
struct MailError;

class HttpClient {
 public:
  using Answer = tl::expected<HttpResponse, HttpError>;
  using Callback = std::function<void(Answer)>;
  using Handle = std::uint64_t;

  explicit HttpClient(boost::asio::any_io_executor loop);
  ~HttpClient();

  /// Loads what the first request needs, and logs where it is not there; to be called where one may
  /// have to leave while the disk is gone.
  void make_ready();
  Handle send(HttpRequest request, Callback done);
  Handle send(Mail mail, std::function<void(tl::expected<MailAccepted, MailError>)> done);
  void cancel(Handle handle);
  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] boost::asio::any_io_executor loop() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with what the loop still holds of it
};

}  // namespace tocsin::loop
