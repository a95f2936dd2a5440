#include "sources/tcp.hpp"

#include <fmt/format.h>

#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "sources/exposition.hpp"
#include "sources/failures.hpp"
#include "sources/host_port.hpp"
#include "sources/network.hpp"
#include "sources/tcp_connection.hpp"

namespace tocsin::sources {
namespace {

/// One scrape: the addresses of the name, one after the other.
struct TcpAttempt {
  TcpAttempt(Network& shared, std::function<void()> tell)
      : network(shared), done(std::move(tell)), deadline(shared.loop) {}

  Network& network;
  std::function<void()> done;
  boost::asio::steady_timer deadline;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  std::size_t which = 0;
  std::optional<TcpConnection> connection;
  double resolve_seconds = 0;
  double connect_seconds = 0;
  Failure failure;
};

class TcpTarget final : public Source {
 public:
  TcpTarget(const config::TcpSource& definition, Duration timeout, Network& network)
      : definition_(definition),
        where_(host_and_port(definition.address)),
        timeout_(timeout),
        network_(network) {}

 private:
  /// A handler that does nothing once its attempt is over; while it is not, this target lives.
  template <class Handler>
  auto guarded(Handler handler) {
    return [weak = std::weak_ptr<TcpAttempt>(attempt_), handler](const auto&... results) {
      if (const auto attempt = weak.lock()) handler(*attempt, results...);
    };
  }

 public:
  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    const BootTime started = loop::now().boot;
    attempt_ = std::make_shared<TcpAttempt>(
        network_, [this, scrape, started, tell = std::move(done)]() mutable {
          const auto attempt = std::exchange(attempt_, nullptr);
          failed_ = !attempt->failure.reason.empty();
          scrape.took = loop::now().boot - started;
          scrape.detail = attempt->failure.detail;
          scrape.body = render(*attempt);
          tell(std::move(scrape));
        });
    attempt_->deadline.expires_after(timeout_);
    attempt_->deadline.async_wait(guarded([this](TcpAttempt& attempt, boost::system::error_code) {
      const bool resolving = attempt.endpoints.empty();
      end({"timed_out", fmt::format("{} {} within {}", definition_.address,
                                    resolving ? "was not resolved" : "could not be reached",
                                    format_duration(timeout_))});
    }));
    network_.names.look_up(where_.host, definition_.ip_protocol, timeout_,
                           guarded([this, started](TcpAttempt& attempt, const auto& found) {
                             attempt.resolve_seconds = in_seconds(loop::now().boot - started);
                             if (!found) return end(lookup_failure(found.error()));
                             std::uint16_t port = 0;
                             const std::string& text = where_.port;
                             std::from_chars(text.data(), text.data() + text.size(), port);
                             for (const auto& each : *found)
                               attempt.endpoints.emplace_back(each, port);
                             connect(attempt);
                           }));
  }

  void cancel() override { attempt_.reset(); }
  bool is_down(const Scrape& /*scrape*/) const override { return failed_; }

 private:
  void connect(TcpAttempt& attempt) {
    attempt.connection.emplace(
        network_.loop, attempt.endpoints[attempt.which],
        guarded([this](TcpAttempt& now, boost::system::error_code error, double seconds) {
          now.connect_seconds = seconds;
          if (!error) return end({});
          if (++now.which < now.endpoints.size()) return connect(now);
          end({std::string(failure_reason(error)),
               fmt::format("could not connect to {}: {}", definition_.address, error.message())});
        }));
  }

  void end(Failure failure) {
    const auto attempt = attempt_;
    attempt->failure = std::move(failure);
    attempt->done();
  }

  static std::string render(const TcpAttempt& attempt) {
    Exposition out;
    const bool up = attempt.failure.reason.empty();
    out.gauge("tcp_up", "1 where the connection was taken.").add(up ? 1 : 0);
    out.gauge("tcp_resolve_seconds", "How long the name's resolution took.")
        .add(attempt.resolve_seconds);
    if (up) {
      out.gauge("tcp_connect_seconds", "How long the connection took.")
          .add(attempt.connect_seconds);
    } else {
      out.gauge("tcp_failure_info",
                "Why there was no connection; only while there is none, always 1.")
          .add({{"reason", attempt.failure.reason}}, 1);
    }
    return out.text();
  }

  config::TcpSource definition_;
  HostPort where_;
  Duration timeout_;
  Network& network_;
  std::shared_ptr<TcpAttempt> attempt_;
  bool failed_ = false;
};

}  // namespace

std::unique_ptr<Source> make_tcp_source(const config::TcpSource& definition, Duration timeout,
                                        Network& network) {
  return std::make_unique<TcpTarget>(definition, timeout, network);
}

}  // namespace tocsin::sources
