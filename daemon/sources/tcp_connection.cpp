#include "sources/tcp_connection.hpp"

#include <chrono>
#include <utility>

namespace tocsin::sources {

namespace {
using ConnectingSocket = boost::asio::ip::tcp::socket;
}

struct TcpConnection::Impl {
  ConnectingSocket socket;
  std::function<void(boost::system::error_code, double)> told;
};

TcpConnection::TcpConnection(const boost::asio::any_io_executor& loop,
                             const boost::asio::ip::tcp::endpoint& to,
                             std::function<void(boost::system::error_code, double)> told)
    : impl_(std::make_shared<Impl>(Impl{ConnectingSocket(loop), std::move(told)})) {
  const auto started = std::chrono::steady_clock::now();
  impl_->socket.async_connect(to, [impl = impl_, started](boost::system::error_code error) {
    const auto tell = std::exchange(impl->told, nullptr);
    if (!tell) return;
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    boost::system::error_code ignored;
    impl->socket.close(ignored);
    tell(error, took.count());
  });
}

TcpConnection::~TcpConnection() {
  if (!impl_) return;
  impl_->told = nullptr;
  boost::system::error_code ignored;
  impl_->socket.close(ignored);
}

}  // namespace tocsin::sources
