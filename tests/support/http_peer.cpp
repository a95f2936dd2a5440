#include "support/http_peer.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cctype>
#include <chrono>
#include <utility>

namespace tocsin::testing {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

PeerRequest parse_head(const std::string& head) {
  PeerRequest request;
  const std::size_t first = head.find(' ');
  const std::size_t second = head.find(' ', first + 1);
  request.method = head.substr(0, first);
  request.target = head.substr(first + 1, second - first - 1);
  std::size_t at = head.find("\r\n") + 2;
  while (at < head.size()) {
    const std::size_t end = head.find("\r\n", at);
    const std::size_t colon = head.find(':', at);
    if (end == std::string::npos || colon > end) break;
    const std::size_t value = head.find_first_not_of(' ', colon + 1);
    request.headers[lower(head.substr(at, colon - at))] = head.substr(value, end - value);
    at = end + 2;
  }
  return request;
}

}  // namespace

struct HttpPeer::Impl : std::enable_shared_from_this<HttpPeer::Impl> {
  struct Session {
    tcp::socket socket;
    std::string input;
    std::string output;
    PeerRequest request;
    explicit Session(tcp::socket taken) : socket(std::move(taken)) {}
  };

  boost::asio::io_context& loop;
  tcp::acceptor acceptor;
  Handler handler;
  std::vector<PeerRequest> requests;
  std::vector<std::weak_ptr<Session>> sessions;
  std::vector<std::shared_ptr<Session>> hanging;
  int connections = 0;

  Impl(boost::asio::io_context& io, Handler given)
      : loop(io),
        acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)),
        handler(std::move(given)) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](error_code error, tcp::socket socket) {
      if (error) return;
      ++self->connections;
      const auto session = std::make_shared<Session>(std::move(socket));
      self->sessions.push_back(session);
      self->read(session);
      self->accept();
    });
  }

  void read(const std::shared_ptr<Session>& session) {
    boost::asio::async_read_until(
        session->socket, boost::asio::dynamic_buffer(session->input), "\r\n\r\n",
        [self = shared_from_this(), session](error_code error, std::size_t size) {
          if (error) return;
          session->request = parse_head(session->input.substr(0, size));
          session->input.erase(0, size);
          self->read_body(session);
        });
  }

  void read_body(const std::shared_ptr<Session>& session) {
    const auto length = session->request.headers.find("content-length");
    const std::size_t size =
        length == session->request.headers.end() ? 0 : std::stoul(length->second);
    const std::size_t missing = size - std::min(size, session->input.size());
    boost::asio::async_read(
        session->socket, boost::asio::dynamic_buffer(session->input),
        boost::asio::transfer_exactly(missing),
        [self = shared_from_this(), session, size](error_code error, std::size_t) {
          if (error) return;
          session->request.body = session->input.substr(0, size);
          session->input.erase(0, size);
          self->answer(session);
        });
  }

  void answer(const std::shared_ptr<Session>& session) {
    requests.push_back(session->request);
    const PeerReply said = handler(session->request);
    session->output = said.bytes;
    boost::asio::async_write(
        session->socket, boost::asio::buffer(session->output),
        [self = shared_from_this(), session, then = said.then](error_code error, std::size_t) {
          if (!error) self->go_on(session, then);
        });
  }

  void go_on(const std::shared_ptr<Session>& session, PeerReply::Then then) {
    error_code ignored;
    switch (then) {
      case PeerReply::Then::keep:
        read(session);
        break;
      case PeerReply::Then::close:
        session->socket.shutdown(tcp::socket::shutdown_both, ignored);
        break;
      case PeerReply::Then::reset:
        session->socket.set_option(boost::asio::socket_base::linger(true, 0), ignored);
        session->socket.close(ignored);
        break;
      case PeerReply::Then::hang:
        hanging.push_back(session);
        break;
    }
  }

  void end() {
    error_code ignored;
    acceptor.close(ignored);
    for (const std::weak_ptr<Session>& weak : sessions) {
      if (const std::shared_ptr<Session> session = weak.lock()) session->socket.close(ignored);
    }
    hanging.clear();
  }
};

HttpPeer::HttpPeer(boost::asio::io_context& loop, Handler handler)
    : impl_(std::make_shared<Impl>(loop, std::move(handler))) {
  impl_->accept();
}

HttpPeer::~HttpPeer() {
  impl_->end();
}

std::uint16_t HttpPeer::port() const {
  return impl_->acceptor.local_endpoint().port();
}

std::string HttpPeer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + path;
}

const std::vector<PeerRequest>& HttpPeer::requests() const {
  return impl_->requests;
}

int HttpPeer::connections() const {
  return impl_->connections;
}

PeerReply reply(int status, std::string_view body, const std::vector<std::string>& header_lines) {
  std::string bytes = "HTTP/1.1 " + std::to_string(status) + " Whatever\r\n";
  for (const std::string& line : header_lines) bytes += line + "\r\n";
  bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return PeerReply{bytes + std::string(body), PeerReply::Then::keep};
}

bool run_until(boost::asio::io_context& loop, const std::function<bool()>& done) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  loop.restart();
  while (!done()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    if (loop.run_one_for(std::chrono::milliseconds(100)) == 0 && loop.stopped()) loop.restart();
  }
  return true;
}

void run_ready(boost::asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

std::uint16_t closed_port(boost::asio::io_context& loop) {
  // Bound, never listening, and free again at once: the kernel hands out another one next time.
  tcp::socket socket(loop);
  socket.open(tcp::v4());
  socket.bind(tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  return socket.local_endpoint().port();
}

}  // namespace tocsin::testing
