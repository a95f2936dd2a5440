#include "sources/redis_session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "loop/file.hpp"
#include "loop/tls_seen.hpp"
#include "sources/host_port.hpp"
#include "sources/resp.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;
using RedisSocket = asio::generic::stream_protocol::socket;
using boost::system::error_code;

constexpr std::size_t kRedisAnswerMost = 4U << 20U;
constexpr std::size_t kRedisCaMost = 4U << 20U;

bool refuses_access(std::string_view words) {
  for (const std::string_view word : {"WRONGPASS", "NOAUTH", "NOPERM", "ERR invalid password",
                                      "ERR Client sent AUTH", "ERR AUTH "}) {
    if (words.starts_with(word)) return true;
  }
  return false;
}

}  // namespace

struct RedisSession::Impl : std::enable_shared_from_this<RedisSession::Impl> {
  enum class Stage { resolving, connecting, securing, authenticating, pinging, asking };

  asio::any_io_executor loop;
  config::RedisSource definition;
  std::string password;
  Duration timeout;
  std::function<void(RedisAnswer)> done;
  asio::steady_timer deadline;
  asio::ip::tcp::resolver resolver;
  RedisSocket socket;
  std::optional<asio::ssl::context> context;
  std::optional<asio::ssl::stream<RedisSocket&>> tls;
  loop::TlsSeen seen;
  std::vector<asio::generic::stream_protocol::endpoint> endpoints;
  Stage stage = Stage::resolving;
  RespReader reader;
  std::string output;
  std::array<char, 16384> input{};
  std::chrono::steady_clock::time_point asked;
  RedisAnswer answer;
  bool ended = false;

  Impl(asio::any_io_executor executor, const config::RedisSource& from, std::string secret,
       Duration within, std::function<void(RedisAnswer)> tell)
      : loop(std::move(executor)),
        definition(from),
        password(std::move(secret)),
        timeout(within),
        done(std::move(tell)),
        deadline(loop),
        resolver(loop),
        socket(loop),
        reader(kRedisAnswerMost, password) {}

  [[nodiscard]] const std::string& peer() const {
    return definition.socket.empty() ? definition.address : definition.socket;
  }

  /// A handler that does nothing once the session has ended.
  template <class Handler>
  auto guarded(Handler handler) {
    return [self = shared_from_this(), then = std::move(handler)](auto... results) {
      if (!self->ended) then(*self, results...);
    };
  }

  void start() {
    deadline.expires_after(timeout);
    deadline.async_wait(guarded([](Impl& self, error_code) { self.time_is_over(); }));
    if (!definition.socket.empty()) {
      const asio::local::stream_protocol::endpoint path(definition.socket);
      endpoints.emplace_back(path);
      return connect(0);
    }
    const HostPort where = host_and_port(definition.address);
    resolver.async_resolve(where.host, where.port,
                           guarded([](Impl& self, error_code error, auto found) {
                             if (error) {
                               return self.fail(ScrapeOutcome::unresolved,
                                                "the name of " + self.peer() + " does not resolve");
                             }
                             for (const auto& each : found) {
                               self.endpoints.emplace_back(each.endpoint());
                             }
                             self.connect(0);
                           }));
  }

  void connect(std::size_t which) {
    stage = Stage::connecting;
    error_code ignored;
    socket.close(ignored);
    socket.async_connect(
        endpoints[which], guarded([which](Impl& self, error_code error) {
          if (!error) return self.connected();
          if (which + 1 < self.endpoints.size()) return self.connect(which + 1);
          self.fail(ScrapeOutcome::refused,
                    fmt::format("could not connect to {}: {}", self.peer(), error.message()));
        }));
  }

  void connected() {
    if (!definition.tls) return authenticate();
    stage = Stage::securing;
    context.emplace(asio::ssl::context::tls_client);
    error_code error;
    if (definition.ca_file.empty()) {
      context->set_default_verify_paths(error);
    } else {
      const auto read = loop::read_file_promptly(definition.ca_file, kRedisCaMost);
      if (!read) {
        return fail(ScrapeOutcome::unavailable,
                    "cannot read ca_file " + definition.ca_file + ": " + read.error().text);
      }
      context->add_certificate_authority(asio::buffer(read->text), error);
    }
    if (error) {
      return fail(ScrapeOutcome::tls_failed, "the certificate authorities: " + error.message());
    }
    context->set_verify_mode(definition.verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
    loop::note_verification(context->native_handle(), seen);
    tls.emplace(socket, *context);
    loop::expect_peer(tls->native_handle(), host_and_port(definition.address).host,
                      definition.verify);
    tls->async_handshake(asio::ssl::stream_base::client, guarded([](Impl& self, error_code failed) {
                           if (!failed) return self.authenticate();
                           const std::string& fault = self.seen.fault;
                           self.fail(ScrapeOutcome::tls_failed,
                                     fmt::format("TLS with {}: {}", self.peer(),
                                                 fault.empty() ? failed.message() : fault));
                         }));
  }

  void authenticate() {
    if (password.empty() && definition.username.empty()) return ping();
    stage = Stage::authenticating;
    send(definition.username.empty() ? resp_command({"AUTH", password})
                                     : resp_command({"AUTH", definition.username, password}));
  }
  void ping() {
    stage = Stage::pinging;
    send(resp_command({"PING"}));
  }
  void ask() {
    stage = Stage::asking;
    send(resp_command({"INFO"}));
  }

  void send(std::string command) {
    output = std::move(command);
    asked = std::chrono::steady_clock::now();
    const auto sent = guarded([](Impl& self, error_code error, std::size_t) {
      error ? self.broken(error) : self.receive();
    });
    tls ? asio::async_write(*tls, asio::buffer(output), sent)
        : asio::async_write(socket, asio::buffer(output), sent);
  }

  void receive() {
    const auto received = guarded([](Impl& self, error_code error, std::size_t size) {
      if (error) return self.broken(error);
      self.reader.take(std::string_view(self.input.data(), size));
      self.read();
    });
    tls ? tls->async_read_some(asio::buffer(input), received)
        : socket.async_read_some(asio::buffer(input), received);
  }

  void read() {
    const auto reply = reader.next();
    if (!reply) {
      return fail(reply.error().code == ErrorCode::exhausted ? ScrapeOutcome::too_large
                                                             : ScrapeOutcome::not_metrics,
                  peer() + ": " + reply.error().text);
    }
    if (!*reply) return receive();
    if ((*reply)->is_error) {
      const std::string words = without_secret((*reply)->text, password);
      return fail(refuses_access(words) ? ScrapeOutcome::unauthorized : ScrapeOutcome::unavailable,
                  peer() + " says: " + shortened(printable(valid_utf8(words)), 200));
    }
    take(std::move((*reply)->text));
  }

  void take(std::string text) {
    switch (stage) {
      case Stage::authenticating:
        return ping();
      case Stage::pinging:
        answer.ping_seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
        return ask();
      default:
        answer.info = std::move(text);
        end();
    }
  }

  void broken(error_code error) {
    const bool half = stage == Stage::asking && reader.within_reply();
    fail(ScrapeOutcome::refused,
         fmt::format("{} closed the connection {}{}", peer(),
                     half ? "in the middle of its answer" : "without an answer",
                     error == asio::error::eof || error == asio::ssl::error::stream_truncated
                         ? ""
                         : ": " + error.message()));
  }

  void time_is_over() {
    const std::string within = format_duration(timeout);
    switch (stage) {
      case Stage::resolving:
        return fail(ScrapeOutcome::timed_out,
                    fmt::format("the name of {} was not resolved within {}", peer(), within));
      case Stage::connecting:
        return fail(ScrapeOutcome::timed_out,
                    fmt::format("{} could not be reached within {}", peer(), within));
      case Stage::securing:
        return fail(ScrapeOutcome::timed_out,
                    fmt::format("{} did not answer to TLS within {}", peer(), within));
      default:
        return fail(ScrapeOutcome::timed_out,
                    fmt::format("{} did not {} within {}", peer(),
                                reader.within_reply() ? "finish its answer" : "answer", within));
    }
  }

  void fail(ScrapeOutcome outcome, std::string detail) {
    answer = {};
    answer.outcome = outcome;
    answer.detail = std::move(detail);
    end();
  }

  void end() {
    close();
    asio::post(loop, [self = shared_from_this()] {
      if (const auto tell = std::exchange(self->done, nullptr)) tell(std::move(self->answer));
    });
  }

  void close() {
    ended = true;
    deadline.cancel();
    resolver.cancel();
    error_code ignored;
    socket.close(ignored);
  }
};

RedisSession::RedisSession(asio::any_io_executor loop, const config::RedisSource& definition,
                           std::string password, Duration timeout,
                           std::function<void(RedisAnswer)> done)
    : impl_(std::make_shared<Impl>(std::move(loop), definition, std::move(password), timeout,
                                   std::move(done))) {
  impl_->start();
}

RedisSession::~RedisSession() {
  impl_->done = nullptr;
  impl_->close();
}

}  // namespace tocsin::sources
