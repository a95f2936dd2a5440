#include "http/server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>
#include <variant>

#include "http/listening.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Protocol = asio::generic::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using BeastRequest = beast::http::request<beast::http::string_body>;
using BeastResponse = beast::http::response<beast::http::string_body>;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

std::optional<Request> plain(const BeastRequest& from, const std::optional<Peer>& peer) {
  auto target = parse_target(view(from.target()));
  if (!target) return std::nullopt;
  Request request;
  request.method = std::string(view(from.method_string()));
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  for (const auto& field : from)
    request.headers.emplace(lowercase(view(field.name_string())), std::string(view(field.value())));
  request.body = from.body();
  request.peer = peer;
  return request;
}

}  // namespace

class Session;

struct Server::Impl {
  asio::any_io_executor loop;
  ServerLimits limits;
  Handler handler;
  Listening listening;
  asio::basic_socket_acceptor<Protocol> acceptor;
  asio::steady_timer pause;
  std::list<std::weak_ptr<Session>> sessions;  ///< the oldest first
  ServerCounts counts;
  bool stopped = false;

  Impl(asio::any_io_executor executor, ServerLimits bounds, Handler handle, Listening where)
      : loop(std::move(executor)),
        limits(bounds),
        handler(std::move(handle)),
        listening(std::move(where)),
        acceptor(loop, Protocol(listening.path.empty() ? AF_INET : AF_UNIX, 0), listening.fd),
        pause(loop) {}

  /// Closes the connection that has waited longest for its peer; false where none has for long.
  bool make_room();
  static void accept(const std::shared_ptr<Impl>& self);
  static void accepted(const std::shared_ptr<Impl>& self, error_code error,
                       Protocol::socket socket);
};

// One connection: read a request, let it be handled, write the answer, and again. Keeps itself
// alive by its pending operation; the server only watches it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<Server::Impl> server, Protocol::socket socket, std::optional<Peer> peer)
      : server_(std::move(server)),
        peer_(std::move(peer)),
        stream_(std::move(socket)),
        deadline_(server_->loop) {
    ++server_->counts.connections;
  }
  ~Session() { --server_->counts.connections; }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void wait_for_request() {
    if (buffer_.size() > 0) {
      read_request();
      return;
    }
    idle_ = true;
    peers_turn_ = Clock::now();
    stream_.expires_after(server_->limits.idle);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](error_code error, std::size_t count) {
                              self->idle_ = false;
                              if (error) return self->close();
                              self->buffer_.commit(count);
                              self->read_request();
                            });
  }

  /// Since when it is its peer's turn: to ask, or to send the rest of what it asks.
  [[nodiscard]] std::optional<Clock::time_point> peers_turn() const { return peers_turn_; }
  void give_way() {
    peers_turn_.reset();
    close();
  }

  /// The server stops: an idle connection ends now, another after its answer.
  void wind_down() {
    last_ = true;
    if (idle_) close();
  }

 private:
  void read_request() {
    peers_turn_ = Clock::now();
    parser_.emplace();
    parser_->header_limit(server_->limits.header_bytes);
    parser_->body_limit(server_->limits.body_bytes);
    stream_.expires_after(server_->limits.request);
    beast::http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->have_request(error); });
  }

  void have_request(error_code error) {
    peers_turn_.reset();
    // Beast has closed the socket by the time that it tells of a timeout: no 408.
    if (error == beast::error::timeout || error == beast::http::error::end_of_stream ||
        error == asio::error::operation_aborted || error == asio::error::connection_reset)
      return close();
    keep_alive_ = false;
    head_ = false;
    version_ = 11;
    if (error == beast::http::error::body_limit)
      return answer(text_response(413, "the body is larger than this server takes"));
    if (error == beast::http::error::header_limit)
      return answer(text_response(431, "the header is larger than this server takes"));
    if (error) return answer(text_response(400, "this is no HTTP request: " + error.message()));
    const BeastRequest& request = parser_->get();
    keep_alive_ = request.keep_alive();
    head_ = request.method() == beast::http::verb::head;
    version_ = request.version();
    auto asked = plain(request, peer_);
    if (!asked) return answer(text_response(400, "the request's target is malformed"));
    hand_over(std::move(*asked));
  }

  void hand_over(Request request) {
    const std::uint64_t turn = ++turn_;
    stream_.expires_never();
    deadline_.expires_after(server_->limits.handler);
    deadline_.async_wait([self = shared_from_this(), turn](error_code error) {
      if (!error) self->handled(turn, text_response(504, "no answer in time"));
    });
    server_->handler(std::move(request), [self = shared_from_this(), turn](Response response) {
      self->handled(turn, std::move(response));
    });
  }

  /// Only the first answer to a request counts.
  void handled(std::uint64_t turn, Response response) {
    if (turn != turn_) return;
    ++turn_;
    deadline_.cancel();
    answer(std::move(response));
  }

  void answer(Response response) {
    ++server_->counts.answers[response.status];
    auto& out = answer_.emplace();
    out.result(static_cast<unsigned>(response.status));
    out.version(version_);
    out.set(beast::http::field::content_type, response.content_type);
    out.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) out.set(name, value);
    out.keep_alive(keep_alive_ && !last_);
    out.body() = std::move(response.body);
    out.prepare_payload();
    stream_.expires_after(server_->limits.answer);
    const auto written = [self = shared_from_this()](error_code error, std::size_t) {
      if (error || self->last_ || !self->answer_->keep_alive()) return self->close();
      self->wait_for_request();
    };
    if (head_) {
      serializer_.emplace(out);
      beast::http::async_write_header(stream_, *serializer_, written);
    } else {
      beast::http::async_write(stream_, out, written);
    }
  }

  void close() {
    error_code ignored;
    stream_.socket().shutdown(Protocol::socket::shutdown_both, ignored);
    stream_.close();
  }

  std::shared_ptr<Server::Impl> server_;
  std::optional<Peer> peer_;
  Stream stream_;
  asio::steady_timer deadline_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<BeastResponse> answer_;
  std::optional<beast::http::response_serializer<beast::http::string_body>> serializer_;
  std::optional<Clock::time_point> peers_turn_;
  std::uint64_t turn_ = 0;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_ = false;
  bool idle_ = false;
  bool last_ = false;
};

bool Server::Impl::make_room() {
  std::shared_ptr<Session> slowest;
  for (const auto& watched : sessions) {
    const auto session = watched.lock();
    if (!session || !session->peers_turn()) continue;
    if (!slowest || *session->peers_turn() < *slowest->peers_turn()) slowest = session;
  }
  if (!slowest || Clock::now() - *slowest->peers_turn() < limits.patience) return false;
  slowest->give_way();
  return true;
}

void Server::Impl::accept(const std::shared_ptr<Impl>& self) {
  if (self->stopped) return;
  self->acceptor.async_accept([self](error_code error, Protocol::socket socket) {
    accepted(self, error, std::move(socket));
  });
}

void Server::Impl::accepted(const std::shared_ptr<Impl>& self, error_code error,
                            Protocol::socket socket) {
  if (self->stopped) return;
  if (error) {
    // Out of descriptors, most likely: trying again at once would spin.
    self->pause.expires_after(std::chrono::milliseconds(100));
    self->pause.async_wait([self](error_code cancelled) {
      if (!cancelled) accept(self);
    });
    return;
  }
  if (self->counts.connections >= self->limits.connections && !self->make_room()) {
    ++self->counts.rejected;
    static constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    (void)::send(socket.native_handle(), kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    accept(self);
    return;
  }
  std::optional<Peer> peer;
  if (!self->listening.path.empty()) peer = peer_of(socket.native_handle());
  const auto session = std::make_shared<Session>(self, std::move(socket), std::move(peer));
  std::erase_if(self->sessions, [](const auto& old) { return old.expired(); });
  self->sessions.push_back(session);
  session->wait_for_request();
  accept(self);
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {
  Impl::accept(impl_);
}

Server::~Server() {
  stop();
}

Result<std::unique_ptr<Server>> Server::listen_tcp(asio::any_io_executor loop,
                                                   const std::string& address, ServerLimits limits,
                                                   Handler handler) {
  auto listening = listen_on_tcp(address);
  if (!listening) return tl::unexpected(listening.error());
  auto impl = std::make_shared<Impl>(std::move(loop), limits, std::move(handler), *listening);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Result<std::unique_ptr<Server>> Server::listen_unix(asio::any_io_executor loop,
                                                    const std::string& path, ServerLimits limits,
                                                    Handler handler) {
  auto listening = listen_on_unix(path);
  if (!listening) return tl::unexpected(listening.error());
  auto impl = std::make_shared<Impl>(std::move(loop), limits, std::move(handler), *listening);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

void Server::stop() {
  if (std::exchange(impl_->stopped, true)) return;
  error_code ignored;
  impl_->acceptor.close(ignored);
  impl_->pause.cancel();
  remove_socket_file(impl_->listening);
  for (const auto& watched : impl_->sessions)
    if (const auto session = watched.lock()) session->wind_down();
}

ServerCounts Server::counts() const {
  return impl_->counts;
}

std::uint16_t Server::port() const {
  return impl_->listening.port;
}

}  // namespace tocsin::http
