// One TCP connection that is made, timed and closed again. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

namespace tocsin::sources {

class TcpConnection {
 public:
  /// `told` is called once, on the loop, never from within, with how long it took; not after the
  /// end of this object, which abandons it.
  TcpConnection(const boost::asio::any_io_executor& loop, const boost::asio::ip::tcp::endpoint& to,
                std::function<void(boost::system::error_code, double seconds)> told);
  ~TcpConnection();
  TcpConnection(TcpConnection&&) noexcept = default;
  TcpConnection& operator=(TcpConnection&&) noexcept = default;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
