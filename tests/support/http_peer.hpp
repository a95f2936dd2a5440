// An HTTP server inside the test, on the test's own loop and a free port of 127.0.0.1, that does
// what the test says: answers these bytes, hangs, drips, resets.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tocsin::testing {

struct PeerRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

struct PeerReply {
  enum class Then {
    keep,   ///< wait for another request on this connection
    close,  ///< in good order
    reset,  ///< with a TCP reset
    hang,   ///< say nothing more, and keep the connection
  };
  std::string bytes;
  Then then = Then::keep;
};

/// A whole answer with its Content-Length.
[[nodiscard]] PeerReply reply(int status, std::string_view body,
                              const std::vector<std::string>& header_lines = {});

class HttpPeer {
 public:
  using Handler = std::function<PeerReply(const PeerRequest&)>;
  HttpPeer(boost::asio::io_context& loop, Handler handler);
  ~HttpPeer();

  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:PORT" and the path.
  [[nodiscard]] std::string url(const std::string& path) const;
  [[nodiscard]] const std::vector<PeerRequest>& requests() const;
  [[nodiscard]] int connections() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Runs the loop until `done()` is true; false where that takes longer than ten seconds.
[[nodiscard]] bool run_until(boost::asio::io_context& loop, const std::function<bool()>& done);
/// Runs what is ready now.
void run_ready(boost::asio::io_context& loop);
/// A port of 127.0.0.1 on which nobody listens.
[[nodiscard]] std::uint16_t closed_port(boost::asio::io_context& loop);

}  // namespace tocsin::testing
