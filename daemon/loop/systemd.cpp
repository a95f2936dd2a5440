#include "loop/systemd.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

#include "tocsin/base/text.hpp"

namespace tocsin::loop {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::chrono::microseconds watchdog_interval() {
  const std::string pid = environment("WATCHDOG_PID");
  if (!pid.empty() && pid != std::to_string(getpid())) return {};
  const std::optional<std::uint64_t> interval = number(environment("WATCHDOG_USEC"));
  return std::chrono::microseconds(interval.value_or(0));
}

std::int64_t monotonic_microseconds() {
  timespec at{};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return std::int64_t{at.tv_sec} * 1'000'000 + at.tv_nsec / 1000;
}

std::string one_line(std::string_view text) {
  return printable(valid_utf8(text));
}

}  // namespace

struct Systemd::Impl : std::enable_shared_from_this<Systemd::Impl> {
  int socket = -1;
  sockaddr_un address{};
  socklen_t address_size = 0;
  std::chrono::microseconds interval = watchdog_interval();
  boost::asio::steady_timer timer;
  std::function<bool()> progressing;

  explicit Impl(const boost::asio::any_io_executor& loop) : timer(loop) {
    const std::string path = environment("NOTIFY_SOCKET");
    if (path.size() < 2 || path.size() >= sizeof address.sun_path) return;
    if (path[0] != '/' && path[0] != '@') return;
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    address_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (path[0] == '@') address.sun_path[0] = '\0';
    socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }
  ~Impl() {
    if (socket >= 0) ::close(socket);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void tell(const std::string& message) const {
    if (socket < 0) return;
    // A manager that does not read must not stop the loop: what does not fit is not said.
    static_cast<void>(::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL,
                               reinterpret_cast<const sockaddr*>(&address), address_size));
  }

  void feed() {
    if (!progressing) return;
    const bool moves_on = progressing();
    if (moves_on) tell("WATCHDOG=1");
    // One that moves on again is to be fed before its time is up.
    timer.expires_after(interval / (moves_on ? 2 : 10));
    timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      const std::shared_ptr<Impl> self = weak.lock();
      if (!error && self) self->feed();
    });
  }
};

Systemd::Systemd(const boost::asio::any_io_executor& loop) : impl_(std::make_shared<Impl>(loop)) {}

Systemd::~Systemd() {
  impl_->progressing = nullptr;
  impl_->timer.cancel();
}

void Systemd::ready(std::string_view status) {
  impl_->tell("READY=1\nSTATUS=" + one_line(status));
}

void Systemd::reloading() {
  impl_->tell(
      fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reloading", monotonic_microseconds()));
}

void Systemd::stopping() {
  impl_->tell("STOPPING=1\nSTATUS=Stopping");
}

void Systemd::status(std::string_view text) {
  impl_->tell("STATUS=" + one_line(text));
}

void Systemd::feed_watchdog(std::function<bool()> progressing) {
  if (impl_->interval.count() == 0) return;
  impl_->progressing = std::move(progressing);
  impl_->feed();
}

std::chrono::microseconds Systemd::watchdog() const {
  return impl_->interval;
}

}  // namespace tocsin::loop
