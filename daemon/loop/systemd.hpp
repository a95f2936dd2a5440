// What the service manager is told (sd_notify(3)), written out by hand: one datagram a message, and
// nothing at all where there is no manager. Never blocks. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "tocsin/base/time.hpp"

namespace tocsin::loop {

class Systemd {
 public:
  /// Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID.
  explicit Systemd(const boost::asio::any_io_executor& loop);
  ~Systemd();

  /// Up, or done with a reload, whichever way that ended.
  void ready(std::string_view status);
  /// A reload begins: to be said after its signal has come.
  void reloading();
  void stopping();
  /// One line for `systemctl status`.
  void status(std::string_view text);

  /// Pings the watchdog at half its interval, for as long as `progressing` says that the daemon's
  /// work moves on; asks more often while it does not. Does nothing where no watchdog is set for
  /// this process.
  void feed_watchdog(std::function<bool()> progressing);
  /// The watchdog's interval; zero where there is none.
  [[nodiscard]] std::chrono::microseconds watchdog() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::loop
