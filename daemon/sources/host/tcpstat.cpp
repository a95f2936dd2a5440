#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "sources/host/network.hpp"

namespace tocsin::sources::host {
namespace {

// By the kernel's number; 0 is none.
constexpr std::array<std::string_view, 12> kStates = {
    "",          "established", "syn_sent",   "syn_recv", "fin_wait1", "fin_wait2",
    "time_wait", "close",       "close_wait", "last_ack", "listen",    "closing"};

struct Totals {
  std::array<double, kStates.size()> sockets{};
  double received = 0;  ///< bytes that no program has read yet
  double sent = 0;      ///< bytes that the other side has not acknowledged
};

class Socket {
 public:
  Socket() : fd_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {}
  ~Socket() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

tl::unexpected<Error> failed(int error) {
  const ErrorCode code =
      error == ENOENT || error == EPROTONOSUPPORT ? ErrorCode::not_found : ErrorCode::unavailable;
  return fail(code, std::string("sock_diag: ") + std::strerror(error));
}

void count_socket(const char* message, std::size_t length, Totals& totals) {
  if (length < sizeof(inet_diag_msg)) {
    return;
  }
  inet_diag_msg socket{};
  std::memcpy(&socket, message, sizeof(socket));
  if (socket.idiag_state < kStates.size()) {
    ++totals.sockets.at(socket.idiag_state);
  }
  if (socket.idiag_state != TCP_LISTEN) {  // there the queues are those of connections
    totals.received += socket.idiag_rqueue;
    totals.sent += socket.idiag_wqueue;
  }
}

/// True once the kernel has said that this was all.
Result<bool> take(const char* data, std::size_t length, Totals& totals) {
  while (length >= sizeof(nlmsghdr)) {
    nlmsghdr header{};
    std::memcpy(&header, data, sizeof(header));
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > length) {
      break;
    }
    const char* const payload = data + NLMSG_HDRLEN;
    const std::size_t payload_length = header.nlmsg_len - NLMSG_HDRLEN;
    if (header.nlmsg_type == NLMSG_DONE) {
      return true;
    }
    if (header.nlmsg_type == NLMSG_ERROR) {
      nlmsgerr error{};
      std::memcpy(&error, payload, std::min(sizeof(error), payload_length));
      return failed(-error.error);
    }
    count_socket(payload, payload_length, totals);
    const std::size_t step = NLMSG_ALIGN(header.nlmsg_len);
    if (step >= length) {
      break;
    }
    data += step;
    length -= step;
  }
  return false;
}

template <class Wanted>
Result<void> ask(std::uint16_t type, const Wanted& wanted, Totals& totals) {
  const Socket socket;
  struct {
    nlmsghdr header;
    Wanted wanted;
  } request{};
  request.header.nlmsg_len = sizeof(request);
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.wanted = wanted;
  if (socket.fd() < 0 || ::send(socket.fd(), &request, sizeof(request), 0) < 0) {
    return failed(errno);
  }
  std::array<char, 32768> buffer;  // NOLINT(*-member-init): the kernel fills it as far as it goes
  for (;;) {
    const ssize_t got = ::recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return failed(got == 0 ? ECONNRESET : errno);
    }
    const Result<bool> all = take(buffer.data(), static_cast<std::size_t>(got), totals);
    if (!all) {
      return tl::unexpected(all.error());
    }
    if (*all) {
      return {};
    }
  }
}

/// IPv4 and IPv6 in one walk through the kernel's tables, whose size is most of what it costs: only
/// the request of before Linux 3.3 can say so.
Result<void> ask_both(Totals& totals) {
  inet_diag_req wanted{};
  wanted.idiag_family = AF_INET;  // looked at by no kernel
  wanted.idiag_states = ~0U;
  return ask(TCPDIAG_GETSOCK, wanted, totals);
}

Result<void> ask_family(std::uint8_t family, Totals& totals) {
  inet_diag_req_v2 wanted{};
  wanted.sdiag_family = family;
  wanted.sdiag_protocol = IPPROTO_TCP;
  wanted.idiag_states = ~0U;
  return ask(SOCK_DIAG_BY_FAMILY, wanted, totals);
}

Result<void> ask_each(Totals& totals) {
  if (auto ok = ask_family(AF_INET, totals); !ok) {
    return ok;
  }
  auto six = ask_family(AF_INET6, totals);
  return !six && six.error().code == ErrorCode::not_found ? Result<void>() : six;
}

}  // namespace

Result<void> tcpstat(Exposition& out) {
  Totals totals;
  if (!ask_both(totals)) {
    totals = {};
    if (auto ok = ask_each(totals); !ok) {
      return ok;
    }
  }
  MetricFamily& family = out.gauge("node_tcp_connection_states",
                                   "TCP sockets in each state, and bytes in their queues.");
  for (std::size_t state = 1; state < kStates.size(); ++state) {
    family.add({{"state", kStates.at(state)}}, totals.sockets.at(state));
  }
  family.add({{"state", "rx_queued_bytes"}}, totals.received);
  family.add({{"state", "tx_queued_bytes"}}, totals.sent);
  return {};
}

}  // namespace tocsin::sources::host
