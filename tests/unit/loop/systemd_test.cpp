// Risk: systemd waits for a word that never comes (a reload hangs, a start times out), or kills a
// daemon that works.
#include "loop/systemd.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "support/http_peer.hpp"

using namespace tocsin;
using loop::Systemd;

namespace {

/// The manager's end: an abstract socket that the kernel names.
struct Manager {
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  Manager() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof(sa_family_t)) == 0);
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    const std::string name(address.sun_path + 1, size - offsetof(sockaddr_un, sun_path) - 1);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~Manager() {
    ::close(socket);
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
  }
  [[nodiscard]] std::string next() const {
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(socket, buffer.data(), buffer.size(), 0);
    return size <= 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }
};

}  // namespace

TEST_CASE("systemd: start, status and stop") {
  const Manager manager;
  boost::asio::io_context io;
  Systemd systemd(io.get_executor());
  systemd.ready("Watching 3 targets");
  CHECK(manager.next() == "READY=1\nSTATUS=Watching 3 targets");
  systemd.status("two\nlines");
  CHECK(manager.next() == "STATUS=two\\nlines");
  systemd.stopping();
  CHECK(manager.next() == "STOPPING=1\nSTATUS=Stopping");
}

TEST_CASE("systemd: a reload carries the monotonic time in the same message") {
  const Manager manager;
  boost::asio::io_context io;
  Systemd systemd(io.get_executor());
  timespec before{};
  clock_gettime(CLOCK_MONOTONIC, &before);
  systemd.reloading();
  const std::string message = manager.next();
  REQUIRE(message.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  const long long at = std::stoll(message.substr(std::strlen("RELOADING=1\nMONOTONIC_USEC=")));
  CHECK(at >= before.tv_sec * 1'000'000LL + before.tv_nsec / 1000);
}

TEST_CASE("systemd: without a manager nothing is said, and a manager that went away is borne") {
  boost::asio::io_context io;
  unsetenv("NOTIFY_SOCKET");
  Systemd alone(io.get_executor());
  alone.ready("up");
  {
    const Manager manager;
    Systemd systemd(io.get_executor());
    ::close(manager.socket);
    systemd.ready("up");
  }
}

TEST_CASE("systemd: the watchdog is fed while work moves on, and starves while it does not") {
  const Manager manager;
  boost::asio::io_context io;
  setenv("WATCHDOG_USEC", "4000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  Systemd systemd(io.get_executor());
  CHECK(systemd.watchdog() == std::chrono::milliseconds(4));
  int asked = 0;
  systemd.feed_watchdog([&asked] { return ++asked <= 3; });
  REQUIRE(testing::run_until(io, [&asked] { return asked == 6; }));
  for (int i = 0; i < 3; ++i) CHECK(manager.next() == "WATCHDOG=1");
  CHECK(manager.next().empty());
}

TEST_CASE("systemd: another process's watchdog, or none, is not fed") {
  const Manager manager;
  boost::asio::io_context io;
  SUBCASE("another's") {
    setenv("WATCHDOG_USEC", "2000", 1);
    setenv("WATCHDOG_PID", "1", 1);
  }
  SUBCASE("none") {}
  SUBCASE("garbage") {
    setenv("WATCHDOG_USEC", "soon", 1);
  }
  Systemd systemd(io.get_executor());
  systemd.feed_watchdog([] { return true; });
  testing::run_ready(io);
  CHECK(systemd.watchdog().count() == 0);
  CHECK(manager.next().empty());
}
