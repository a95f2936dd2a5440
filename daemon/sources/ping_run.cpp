#include "sources/ping_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "sources/network.hpp"
#include "sources/tcp_connection.hpp"

namespace tocsin::sources {

namespace {
namespace asio = boost::asio;
using boost::system::error_code;
}  // namespace

struct PingRun::Impl : std::enable_shared_from_this<PingRun::Impl> {
  Network& network;
  config::PingSource definition;
  Duration within;
  std::function<void(PingResult)> done;
  asio::steady_timer deadline;
  asio::steady_timer pace;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::optional<asio::ip::address> to;
  bool echoes = false;  ///< ICMP, not connections
  std::vector<Pinger::Handle> handles;
  std::deque<TcpConnection> connections;
  std::size_t answered = 0;  ///< by a reply or an error
  PingResult result;
  bool ended = false;

  Impl(Network& shared, const config::PingSource& from, Duration time,
       std::function<void(PingResult)> tell)
      : network(shared),
        definition(from),
        within(time),
        done(std::move(tell)),
        deadline(shared.loop),
        pace(shared.loop) {}

  template <class Handler>
  auto guarded(Handler handler) {
    return [weak = weak_from_this(), then = std::move(handler)](auto&&... results) {
      const auto self = weak.lock();
      if (self && !self->ended) then(*self, results...);
    };
  }

  void start() {
    deadline.expires_after(within);
    deadline.async_wait(guarded([](Impl& self, error_code) { self.time_is_over(); }));
    network.names.look_up(
        definition.address, definition.ip_protocol, within,
        guarded([](Impl& self, const Result<Names::Addresses>& found) { self.resolved(found); }));
  }

  void resolved(const Result<Names::Addresses>& found) {
    result.resolve_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (!found) {
      result.failure = lookup_failure(found.error());
      return end();
    }
    to = found->front();
    result.address = to->to_string();
    const EchoMeans means = network.pinger.means(to->is_v6());
    echoes = means != EchoMeans::none;
    result.method = echoes ? std::string(to_string(means)) : "tcp-connect";
    send_next();
  }

  void send_next() {
    if (echoes) {
      send_echo();
    } else {
      connect();
    }
    ++result.sent;
    if (result.sent == definition.count) return end_if_complete();
    pace.expires_after(definition.spacing);
    pace.async_wait(guarded([](Impl& self, error_code) { self.send_next(); }));
  }

  void send_echo() {
    const auto sent = network.pinger.send(
        *to, guarded([](Impl& self, const Result<double>& took) { self.answer(took); }));
    if (sent) {
      handles.push_back(*sent);
    } else {
      note(sent.error().text);
    }
  }

  void connect() {
    const asio::ip::tcp::endpoint endpoint(*to, definition.port);
    connections.emplace_back(network.loop, endpoint,
                             guarded([](Impl& self, error_code error, double seconds) {
                               // Who refuses is there, and has said so as fast as who accepts.
                               if (!error || error == asio::error::connection_refused)
                                 return self.answer(seconds);
                               self.answer(fail(ErrorCode::unavailable, error.message()));
                             }));
  }

  void answer(const Result<double>& took) {
    if (took) {
      result.round_trips.push_back(*took);
      ++answered;
    } else {
      note(took.error().text);
    }
    end_if_complete();
  }

  void note(const std::string& trouble) {
    ++answered;
    result.failure = {"unreachable", fmt::format("{}: {}", definition.address, trouble)};
  }

  void end_if_complete() {
    if (result.sent == definition.count && answered >= result.sent) end();
  }

  void time_is_over() {
    if (!to) {
      result.failure = {"timed_out", fmt::format("the name {} was not resolved within {}",
                                                 definition.address, format_duration(within))};
    } else if (result.failure.reason.empty()) {
      result.failure = {"timed_out", fmt::format("no reply from {} within {}", definition.address,
                                                 format_duration(within))};
    }
    end();
  }

  void end() {
    close();
    if (!result.round_trips.empty()) result.failure = {};
    std::ranges::sort(result.round_trips);
    asio::post(network.loop, [self = shared_from_this()] {
      if (const auto tell = std::exchange(self->done, nullptr)) tell(std::move(self->result));
    });
  }

  void close() {
    ended = true;
    deadline.cancel();
    pace.cancel();
    for (const Pinger::Handle handle : handles) network.pinger.forget(handle);
    handles.clear();
    connections.clear();
  }
};

PingRun::PingRun(Network& network, const config::PingSource& definition, Duration within,
                 std::function<void(PingResult)> done)
    : impl_(std::make_shared<Impl>(network, definition, within, std::move(done))) {
  impl_->start();
}

PingRun::~PingRun() {
  impl_->done = nullptr;
  if (!impl_->ended) impl_->close();
}

}  // namespace tocsin::sources
