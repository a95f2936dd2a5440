// How well the loop keeps time: the longest stretch that it was busy without looking for new
// events, and how late its timers are. Each figure is the worst of the last one to two minutes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <vector>

namespace tocsin::app {

/// The worst of the current and of the last minute.
class WorstOfMinute {
 public:
  using Clock = std::chrono::steady_clock;
  void add(std::chrono::nanoseconds value, Clock::time_point at);
  [[nodiscard]] std::chrono::nanoseconds worst(Clock::time_point at) const;

 private:
  Clock::time_point began_{};
  std::chrono::nanoseconds current_{};
  std::chrono::nanoseconds last_{};
};

class LoopGauge {
 public:
  explicit LoopGauge(boost::asio::io_context& loop);

  /// The heartbeat's interval. Each beat wakes a daemon that is at rest otherwise; a stretch in
  /// which the loop is blocked in the kernel shows for sure where it lasts as long, a shorter one
  /// by chance.
  static constexpr std::chrono::seconds kBeat{15};

  /// Runs the loop until it is stopped or has nothing left to wait for, and measures it.
  void run();
  /// The heartbeat, so that the loop may run out of work.
  void stop();

  /// Upper bounds of the turns' histogram, in seconds.
  static const std::vector<double>& bounds();
  struct Reading {
    double busy_worst_seconds = 0;
    double late_worst_seconds = 0;
    double busy_sum_seconds = 0;
    std::uint64_t turns = 0;
    std::vector<std::uint64_t> by_bound;  ///< turns at most as long as the bound
  };
  [[nodiscard]] Reading reading() const;

 private:
  void turn(std::chrono::nanoseconds busy);
  void beat();

  boost::asio::io_context& loop_;
  boost::asio::steady_timer heartbeat_;
  WorstOfMinute busy_;
  WorstOfMinute late_;
  Reading sum_;
};

}  // namespace tocsin::app
