// Echo requests of all targets through one socket for each IP version, opened when the first is
// sent: an unprivileged datagram socket, or a raw one where only that is allowed. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::sources {

enum class EchoMeans {
  datagram,  ///< SOCK_DGRAM with IPPROTO_ICMP: whoever net.ipv4.ping_group_range allows
  raw,       ///< SOCK_RAW: whoever has CAP_NET_RAW
  none,      ///< neither is allowed, or the IP version is not there
};
[[nodiscard]] std::string_view to_string(EchoMeans means);

class Pinger {
 public:
  explicit Pinger(boost::asio::any_io_executor loop);
  ~Pinger();
  Pinger(const Pinger&) = delete;
  Pinger& operator=(const Pinger&) = delete;

  /// Opens the socket; the first time, a line of the log says which and how to allow the better.
  [[nodiscard]] EchoMeans means(bool six);

  using Handle = std::uint64_t;  ///< 0 is none
  /// The way there and back in seconds, by the kernel's own stamps; or the router's word that it
  /// cannot be reached.
  using Told = std::function<void(const Result<double>&)>;
  /// `told` is called at most once, on the loop, never from within its own send: a reply may stay
  /// away for ever, and who no longer waits says forget(). Fails where it cannot even be sent.
  [[nodiscard]] Result<Handle> send(const boost::asio::ip::address& to, Told told);
  void forget(Handle handle);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
