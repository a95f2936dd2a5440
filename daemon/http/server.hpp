// An HTTP/1.1 server on the loop: one listener, TCP or unix, and its connections. Everything is
// bounded: connections, header and body bytes, the time a request, a handler and an answer may
// take. Loop thread only. One of the two files with Beast is behind it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "http/message.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::http {

struct ServerLimits {
  /// One more takes the place of the one that has waited longest for its peer, if that is
  /// `patience`; else it is answered 503 and closed.
  std::size_t connections = 64;
  Duration patience = std::chrono::seconds(1);
  std::uint32_t header_bytes = 16U << 10U;
  std::uint64_t body_bytes = 64U << 10U;
  Duration idle = std::chrono::seconds(75);     ///< between two requests of a connection
  Duration request = std::chrono::seconds(10);  ///< from a request's first byte to its last
  Duration handler = std::chrono::seconds(60);  ///< until the handler answers; then 504
  Duration answer = std::chrono::seconds(30);   ///< until the peer has taken the answer
};

struct ServerCounts {
  std::size_t connections = 0;           ///< now
  std::uint64_t rejected = 0;            ///< over the limit
  std::map<int, std::uint64_t> answers;  ///< by status
};

class Server {
 public:
  /// `address`: "127.0.0.1:9797", "[::1]:9797", "localhost:9797", ":9797" (all addresses); port 0
  /// takes a free one. Names are not resolved.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen_tcp(boost::asio::any_io_executor loop,
                                                                  const std::string& address,
                                                                  ServerLimits limits,
                                                                  Handler handler);
  /// Makes the folder where it is missing, takes the place of a socket that nobody answers on any
  /// more, and refuses to where somebody does. The socket gets mode 0660 before anyone can connect.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen_unix(
      boost::asio::any_io_executor loop, const std::string& path, ServerLimits limits,
      Handler handler);
  ~Server();

  /// Accepts no more; requests under way are answered, idle connections are closed.
  void stop();
  [[nodiscard]] ServerCounts counts() const;
  /// The port that it got, or 0 on a unix socket.
  [[nodiscard]] std::uint16_t port() const;

  struct Impl;

 private:
  explicit Server(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::http
