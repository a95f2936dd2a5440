#include "sources/pinger.hpp"

#include <fmt/format.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <unordered_map>
#include <utility>

#include "loop/log.hpp"
#include "sources/echo_packet.hpp"

namespace tocsin::sources {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::nanoseconds;
using Endpoint = asio::ip::icmp::endpoint;

constexpr int kPacketsATurn = 256;  // then others of the loop have their turn
constexpr int kReceiveBuffer = 1 << 20;

/// The calendar's clock, which the kernel stamps packets with.
nanoseconds wall_nanoseconds() {
  return std::chrono::system_clock::now().time_since_epoch();
}

void set_option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

/// Of what a raw socket would be given, only replies.
void take_replies_alone(int socket, bool six) {
  if (six) {
    icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    ::setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  } else {
    icmp_filter filter{};
    filter.data = ~(1U << ICMP_ECHOREPLY);
    ::setsockopt(socket, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  }
}

struct OpenedSocket {
  int descriptor = -1;
  EchoMeans means = EchoMeans::none;
  int error = 0;  ///< of the datagram socket
};

OpenedSocket open_echo_socket(bool six) {
  const int family = six ? AF_INET6 : AF_INET;
  const int protocol = six ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
  OpenedSocket out;
  out.means = EchoMeans::datagram;
  out.descriptor = ::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (out.descriptor < 0) {
    out.error = errno;
    out.means = EchoMeans::raw;
    out.descriptor = ::socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (out.descriptor < 0) {
      out.means = EchoMeans::none;
      return out;
    }
    take_replies_alone(out.descriptor, six);
  }
  set_option(out.descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  set_option(out.descriptor, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  set_option(out.descriptor, six ? int{IPPROTO_IPV6} : int{IPPROTO_IP},
             six ? IPV6_RECVERR : IP_RECVERR, 1);
  return out;
}

void log_means(const OpenedSocket& opened, bool six) {
  const std::string_view version = six ? "IPv6" : "IPv4";
  constexpr std::string_view kAllow =
      "sysctl net.ipv4.ping_group_range=\"0 2147483647\" allows datagram sockets, which need no "
      "privilege";
  switch (opened.means) {
    case EchoMeans::datagram:
      return loop::log::info(
          fmt::format("ping: {} echo requests by an unprivileged datagram socket", version));
    case EchoMeans::raw:
      return loop::log::info(
          fmt::format("ping: {} echo requests by a raw socket; {}", version, kAllow));
    case EchoMeans::none:
      break;
  }
  if (opened.error == EAFNOSUPPORT) {
    return loop::log::warning(fmt::format("ping: this host has no {}", version));
  }
  loop::log::warning(
      fmt::format("ping: {} echo requests are not allowed ({}); the time of a TCP connect is "
                  "measured instead. {}",
                  version, std::strerror(opened.error), kAllow));
}

std::string unreachable_words(int error) {
  switch (error) {
    case EHOSTUNREACH:
      return "host unreachable";
    case ENETUNREACH:
      return "network unreachable";
    case EACCES:
    case EPERM:
      return "a firewall forbids it";
    default:
      return std::strerror(error);
  }
}

std::span<const std::byte> bytes_of(const char* data, ssize_t size) {
  return {reinterpret_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

}  // namespace

std::string_view to_string(EchoMeans means) {
  switch (means) {
    case EchoMeans::datagram:
      return "icmp-datagram";
    case EchoMeans::raw:
      return "icmp-raw";
    case EchoMeans::none:
      break;
  }
  return "none";
}

struct Pinger::Impl : std::enable_shared_from_this<Pinger::Impl> {
  /// One IP version.
  struct Side {
    bool opened = false;
    EchoMeans means = EchoMeans::none;
    std::optional<asio::posix::stream_descriptor> socket;
    std::uint16_t identifier = 0;
    std::uint16_t next = 0;
    std::unordered_map<std::uint16_t, Handle> by_sequence;
  };
  struct Waiting {
    asio::ip::address to;
    std::uint16_t sequence = 0;
    std::uint64_t token = 0;
    nanoseconds sent_wall{};
    std::chrono::steady_clock::time_point sent;
    Told told;
  };

  asio::any_io_executor loop;
  std::array<Side, 2> sides;
  std::unordered_map<Handle, Waiting> waiting;
  Handle last = 0;
  std::mt19937_64 random{std::random_device{}()};

  explicit Impl(asio::any_io_executor executor) : loop(std::move(executor)) {}

  Side& side(bool six) { return sides[six ? 1 : 0]; }

  void open(bool six) {
    Side& its = side(six);
    if (its.opened) return;
    its.opened = true;
    const OpenedSocket opened = open_echo_socket(six);
    its.means = opened.means;
    log_means(opened, six);
    if (its.means == EchoMeans::none) {
      its.opened = opened.error != EMFILE && opened.error != ENFILE;
      return;
    }
    its.identifier = static_cast<std::uint16_t>(random());
    its.next = static_cast<std::uint16_t>(random());
    its.socket.emplace(loop, opened.descriptor);
    listen(six);
  }

  void close() {
    waiting.clear();
    for (Side& each : sides) each.socket.reset();
  }

  void listen(bool six) {
    side(six).socket->async_wait(asio::posix::stream_descriptor::wait_read,
                                 [self = weak_from_this(), six](error_code error) {
                                   const auto impl = self.lock();
                                   if (!impl || error || !impl->side(six).socket) return;
                                   impl->take_errors(six);
                                   impl->take_replies(six);
                                   if (impl->side(six).socket) impl->listen(six);
                                 });
  }

  Result<Handle> send(const asio::ip::address& to, Told told) {
    const bool six = to.is_v6();
    open(six);
    Side& its = side(six);
    if (!its.socket) return fail(ErrorCode::denied, "echo requests are not allowed");
    if (its.by_sequence.size() > 0x7FFFU) {
      return fail(ErrorCode::exhausted, "too many echo requests are under way");
    }
    while (its.by_sequence.contains(its.next)) ++its.next;
    Waiting one;
    one.to = to;
    one.sequence = its.next++;
    one.token = random();
    one.told = std::move(told);
    const auto message = echo_request({its.identifier, one.sequence, one.token}, six);
    const Endpoint endpoint(to, 0);
    const auto try_it = [&] {
      one.sent = std::chrono::steady_clock::now();
      one.sent_wall = wall_nanoseconds();
      return ::sendto(its.socket->native_handle(), message.data(), message.size(), MSG_NOSIGNAL,
                      endpoint.data(), static_cast<socklen_t>(endpoint.size()));
    };
    if (try_it() < 0) {
      // It may be an error of a request before, which the kernel tells to whoever comes next.
      take_errors(six);
      if (try_it() < 0) return fail(ErrorCode::unavailable, unreachable_words(errno));
    }
    const Handle handle = ++last;
    its.by_sequence.emplace(one.sequence, handle);
    waiting.emplace(handle, std::move(one));
    return handle;
  }

  void forget(Handle handle) {
    const auto found = waiting.find(handle);
    if (found == waiting.end()) return;
    side(found->second.to.is_v6()).by_sequence.erase(found->second.sequence);
    waiting.erase(found);
  }

  void take_replies(bool six) {
    for (int turn = 0; turn < kPacketsATurn && side(six).socket; ++turn) {
      std::array<char, 2048> data{};
      alignas(cmsghdr) std::array<char, 256> control{};
      Endpoint from;
      iovec part{data.data(), data.size()};
      msghdr message{};
      message.msg_name = from.data();
      message.msg_namelen = static_cast<socklen_t>(from.capacity());
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t size = ::recvmsg(side(six).socket->native_handle(), &message, 0);
      if (size < 0) {
        if (errno == EAGAIN || errno == EWOULDBLOCK) return;
        continue;  // an error of a request, which its queue has told already
      }
      take_reply(six, bytes_of(data.data(), size), from.address(), stamp_of(message));
    }
  }

  static std::optional<nanoseconds> stamp_of(msghdr& message) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, each)) {
      if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(each), sizeof stamp);
      return std::chrono::seconds(stamp.tv_sec) + nanoseconds(stamp.tv_nsec);
    }
    return std::nullopt;
  }

  void take_reply(bool six, std::span<const std::byte> bytes, const asio::ip::address& from,
                  std::optional<nanoseconds> stamp) {
    const Side& its = side(six);
    const bool raw = its.means == EchoMeans::raw;
    const auto reply = read_echo_reply(raw && !six ? ip4_payload(bytes) : bytes, six);
    if (!reply || (raw && reply->identifier != its.identifier)) return;
    const auto sequence = its.by_sequence.find(reply->sequence);
    if (sequence == its.by_sequence.end()) return;
    const Waiting& one = waiting.at(sequence->second);
    if (one.token != reply->token || !same_host(one.to, from)) return;
    // By the kernel's stamp, so that a busy loop is not taken for a slow network; by our own clock
    // where the calendar was set meanwhile.
    nanoseconds took = std::chrono::steady_clock::now() - one.sent;
    if (stamp && *stamp >= one.sent_wall) took = std::min(took, *stamp - one.sent_wall);
    tell(sequence->second, std::chrono::duration<double>(took).count());
  }

  static bool same_host(const asio::ip::address& a, const asio::ip::address& b) {
    if (a.is_v6() && b.is_v6()) return a.to_v6().to_bytes() == b.to_v6().to_bytes();
    return a == b;
  }

  void take_errors(bool six) {
    for (int turn = 0; turn < kPacketsATurn && side(six).socket; ++turn) {
      std::array<char, 2048> data{};
      alignas(cmsghdr) std::array<char, 512> control{};
      iovec part{data.data(), data.size()};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = control.data();
      message.msg_controllen = control.size();
      const ssize_t size =
          ::recvmsg(side(six).socket->native_handle(), &message, MSG_ERRQUEUE | MSG_DONTWAIT);
      if (size < 0) break;
      take_error(six, bytes_of(data.data(), size), message);
    }
    int pending = 0;
    socklen_t length = sizeof pending;
    if (side(six).socket) {
      ::getsockopt(side(six).socket->native_handle(), SOL_SOCKET, SO_ERROR, &pending, &length);
    }
  }

  void take_error(bool six, std::span<const std::byte> quoted, msghdr& message) {
    for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, each)) {
      const bool ours = (each->cmsg_level == IPPROTO_IP && each->cmsg_type == IP_RECVERR) ||
                        (each->cmsg_level == IPPROTO_IPV6 && each->cmsg_type == IPV6_RECVERR);
      if (!ours) continue;
      sock_extended_err error{};
      std::memcpy(&error, CMSG_DATA(each), sizeof error);
      const auto sequence = quoted_sequence(quoted, six);
      if (!sequence) continue;
      const auto found = side(six).by_sequence.find(*sequence);
      if (found == side(six).by_sequence.end()) continue;
      tell(found->second,
           fail(ErrorCode::unavailable, unreachable_words(static_cast<int>(error.ee_errno))));
    }
  }

  void tell(Handle handle, const Result<double>& result) {
    const Told told = std::move(waiting.at(handle).told);
    forget(handle);
    told(result);
  }
};

Pinger::Pinger(asio::any_io_executor loop) : impl_(std::make_shared<Impl>(std::move(loop))) {}
Pinger::~Pinger() {
  impl_->close();
}

EchoMeans Pinger::means(bool six) {
  impl_->open(six);
  return impl_->side(six).means;
}

Result<Pinger::Handle> Pinger::send(const asio::ip::address& to, Told told) {
  return impl_->send(to, std::move(told));
}

void Pinger::forget(Handle handle) {
  impl_->forget(handle);
}

}  // namespace tocsin::sources
