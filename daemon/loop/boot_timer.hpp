// A timer on CLOCK_BOOTTIME: what fell due while the machine was suspended is due at once after
// it, where Asio's own timers (CLOCK_MONOTONIC) would wait out the rest. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>

#include "tocsin/base/time.hpp"

namespace tocsin::loop {

class BootTimer {
 public:
  explicit BootTimer(const boost::asio::any_io_executor& loop);
  /// A pending function is not called any more.
  ~BootTimer();
  BootTimer(const BootTimer&) = delete;
  BootTimer& operator=(const BootTimer&) = delete;

  /// Calls `then` once, on the loop, not before `due`, and never from within. Replaces what was
  /// pending.
  void at(BootTime due, std::function<void()> then);
  void cancel();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::loop
