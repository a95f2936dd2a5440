#include "sources/dns_session.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <random>
#include <utility>

#include "loop/file.hpp"
#include "sources/host_port.hpp"
#include "sources/network.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr int kDnsTries = 3;
constexpr std::size_t kResolvConfMost = 64U << 10U;

std::uint16_t random_id() {
  static std::mt19937 random{std::random_device{}()};
  return static_cast<std::uint16_t>(random());
}

}  // namespace

struct DnsSession::Impl : std::enable_shared_from_this<DnsSession::Impl> {
  Network& network;
  config::DnsSource definition;
  Duration within;
  std::function<void(DnsSeen)> done;
  asio::steady_timer deadline;
  asio::steady_timer again;
  asio::ip::udp::socket udp;
  asio::ip::tcp::socket tcp;
  std::uint16_t id = random_id();
  std::uint16_t type = 0;
  std::string query;
  std::string output;  ///< by TCP: the query with its length before it
  std::string input;
  std::uint16_t port = 53;
  asio::ip::address address;
  std::chrono::steady_clock::time_point asked;
  bool resolved = false;
  DnsSeen seen;
  std::string oddity;  ///< of the last message that was no answer
  bool ended = false;

  Impl(Network& shared, const config::DnsSource& from, Duration time,
       std::function<void(DnsSeen)> tell)
      : network(shared),
        definition(from),
        within(time),
        done(std::move(tell)),
        deadline(shared.loop),
        again(shared.loop),
        udp(shared.loop),
        tcp(shared.loop) {}

  template <class Handler>
  auto guarded(Handler handler) {
    return [weak = weak_from_this(), then = std::move(handler)](const auto&... results) {
      const auto self = weak.lock();
      if (self && !self->ended) then(*self, results...);
    };
  }

  void start() {
    type = dns_type(definition.type);
    query = dns_query(id, definition.name, type);
    seen.server = definition.server;
    if (seen.server.empty()) {
      const auto read = loop::read_file_promptly("/etc/resolv.conf", kResolvConfMost);
      seen.server = first_name_server(read ? std::string_view(read->text) : "");
    }
    deadline.expires_after(within);
    deadline.async_wait(guarded([](Impl& self, error_code) { self.time_is_over(); }));
    const HostPort where = host_and_port(seen.server);
    std::from_chars(where.port.data(), where.port.data() + where.port.size(), port);
    network.names.look_up(where.host, config::IpProtocol::any, within,
                          guarded([](Impl& self, const Result<Names::Addresses>& found) {
                            if (!found) return self.end(lookup_failure(found.error()));
                            self.address = found->front();
                            self.resolved = true;
                            self.ask();
                          }));
  }

  // Connected: a datagram from elsewhere is not taken, and "nobody listens" is heard.
  void ask() {
    asked = std::chrono::steady_clock::now();
    error_code error;
    const asio::ip::udp::endpoint server(address, port);
    udp.open(server.protocol(), error);
    if (!error) udp.connect(server, error);
    if (error) return trouble(error);
    input.resize(65535);
    send();
    receive();
  }

  void send() {
    error_code error;
    udp.send(asio::buffer(query), 0, error);
    if (error && error != asio::error::would_block) return trouble(error);
    again.expires_after(within / kDnsTries);
    again.async_wait(guarded([](Impl& self, error_code cancelled) {
      if (!cancelled) self.send();
    }));
  }

  void receive() {
    udp.async_receive(asio::buffer(input),
                      guarded([](Impl& self, error_code error, std::size_t size) {
                        if (error) return self.trouble(error);
                        self.take(std::string_view(self.input).substr(0, size));
                      }));
  }

  void take(std::string_view message) {
    const auto answer = read_dns_answer(message, id, definition.name, type);
    if (answer) {
      if (answer->truncated && !seen.by_tcp) return ask_by_tcp();
      seen.seconds =
          std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
      seen.answer = *answer;
      return end({});
    }
    oddity = answer.error().text;
    if (seen.by_tcp || answer.error().code == ErrorCode::corrupt) {
      return end({"malformed", fmt::format("{}: {}", seen.server, oddity)});
    }
    receive();  // an answer to another question: the right one may still come
  }

  void ask_by_tcp() {
    seen.by_tcp = true;
    again.cancel();
    error_code ignored;
    udp.close(ignored);
    output = {static_cast<char>(query.size() >> 8U), static_cast<char>(query.size() & 0xFFU)};
    output += query;
    tcp.async_connect({address, port}, guarded([](Impl& self, error_code error) {
                        if (error) return self.trouble(error);
                        asio::async_write(
                            self.tcp, asio::buffer(self.output),
                            self.guarded([](Impl& then, error_code failed, std::size_t) {
                              if (failed) return then.trouble(failed);
                              then.read_length();
                            }));
                      }));
  }

  void read_length() {
    input.resize(2);
    asio::async_read(
        tcp, asio::buffer(input), guarded([](Impl& self, error_code error, std::size_t) {
          if (error) return self.trouble(error);
          const auto byte = [&](std::size_t at) {
            return static_cast<std::size_t>(static_cast<unsigned char>(self.input[at]));
          };
          self.read_message((byte(0) << 8U) | byte(1));
        }));
  }

  void read_message(std::size_t size) {
    input.resize(size);
    asio::async_read(tcp, asio::buffer(input),
                     guarded([](Impl& self, error_code error, std::size_t) {
                       if (error) return self.trouble(error);
                       self.take(self.input);
                     }));
  }

  void trouble(error_code error) {
    if (error == asio::error::eof) {
      return end(
          {"broken_off", seen.server + " closed the connection in the middle of its answer"});
    }
    if (error == asio::error::connection_refused) {
      return end({"unreachable",
                  seen.by_tcp ? fmt::format("the answer is too long for UDP, and {} refuses TCP",
                                            seen.server)
                              : fmt::format("nobody answers on {}", seen.server)});
    }
    end({std::string(failure_reason(error)), fmt::format("{}: {}", seen.server, error.message())});
  }

  void time_is_over() {
    const std::string time = format_duration(within);
    if (!resolved) {
      return end({"timed_out", fmt::format("{} was not resolved within {}", seen.server, time)});
    }
    end({"timed_out", fmt::format("{} did not answer within {}{}", seen.server, time,
                                  oddity.empty() ? "" : ": it sent " + oddity)});
  }

  void end(Failure failure) {
    seen.failure = std::move(failure);
    close();
    asio::post(network.loop, [self = shared_from_this()] {
      if (const auto tell = std::exchange(self->done, nullptr)) tell(std::move(self->seen));
    });
  }

  void close() {
    ended = true;
    deadline.cancel();
    again.cancel();
    error_code ignored;
    udp.close(ignored);
    tcp.close(ignored);
  }
};

DnsSession::DnsSession(Network& network, const config::DnsSource& definition, Duration within,
                       std::function<void(DnsSeen)> done)
    : impl_(std::make_shared<Impl>(network, definition, within, std::move(done))) {
  impl_->start();
}

DnsSession::~DnsSession() {
  impl_->done = nullptr;
  if (!impl_->ended) impl_->close();
}

std::string first_name_server(std::string_view resolv_conf) {
  constexpr std::string_view kWord = "nameserver";
  while (!resolv_conf.empty()) {
    const std::size_t end = std::min(resolv_conf.find('\n'), resolv_conf.size());
    const std::string_view line = trim(resolv_conf.substr(0, end));
    resolv_conf.remove_prefix(std::min(end + 1, resolv_conf.size()));
    if (!line.starts_with(kWord) || line.size() == kWord.size()) continue;
    const char after = line[kWord.size()];
    if (after != ' ' && after != '\t') continue;
    std::string_view address = trim(line.substr(kWord.size()));
    address = address.substr(0, address.find_first_of(" \t#;"));
    const bool six = address.find(':') != std::string_view::npos;
    return six ? fmt::format("[{}]:53", address) : fmt::format("{}:53", address);
  }
  return "127.0.0.1:53";
}

}  // namespace tocsin::sources
