#include "app/loop_gauge.hpp"

#include <ctime>

namespace tocsin::app {

namespace {

using Clock = std::chrono::steady_clock;

std::chrono::nanoseconds cpu_time_of_thread() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

double in_seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

void WorstOfMinute::add(std::chrono::nanoseconds value, Clock::time_point at) {
  if (at - began_ >= std::chrono::minutes(1)) {
    last_ = at - began_ < std::chrono::minutes(2) ? current_ : std::chrono::nanoseconds(0);
    current_ = {};
    began_ = at;
  }
  current_ = std::max(current_, value);
}

std::chrono::nanoseconds WorstOfMinute::worst(Clock::time_point at) const {
  if (at - began_ < std::chrono::minutes(1)) return std::max(current_, last_);
  return at - began_ < std::chrono::minutes(2) ? current_ : std::chrono::nanoseconds(0);
}

LoopGauge::LoopGauge(boost::asio::io_context& loop) : loop_(loop), heartbeat_(loop) {
  sum_.by_bound.resize(bounds().size());
  heartbeat_.expires_after(kBeat);
  beat();
}

const std::vector<double>& LoopGauge::bounds() {
  static const std::vector<double> all = {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};
  return all;
}

// run_one() waits for an event and handles it: the waiting costs no CPU time, so the CPU time is
// what the handler took (a handler that sleeps in the kernel shows in the timers' lateness). What
// else is ready runs in poll(), which never waits.
void LoopGauge::run() {
  while (!loop_.stopped()) {
    const auto cpu = cpu_time_of_thread();
    if (loop_.run_one() == 0) return;
    const auto first = cpu_time_of_thread() - cpu;
    const auto began = Clock::now();
    loop_.poll();
    turn(first + (Clock::now() - began));
  }
}

void LoopGauge::stop() {
  heartbeat_.cancel();
}

LoopGauge::Reading LoopGauge::reading() const {
  Reading reading = sum_;
  const auto now = Clock::now();
  reading.busy_worst_seconds = in_seconds(busy_.worst(now));
  reading.late_worst_seconds = in_seconds(late_.worst(now));
  return reading;
}

void LoopGauge::turn(std::chrono::nanoseconds busy) {
  busy_.add(busy, Clock::now());
  const double taken = in_seconds(busy);
  sum_.busy_sum_seconds += taken;
  ++sum_.turns;
  for (std::size_t i = 0; i < bounds().size(); ++i)
    if (taken <= bounds()[i]) ++sum_.by_bound[i];
}

void LoopGauge::beat() {
  heartbeat_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    const auto now = Clock::now();
    late_.add(now - heartbeat_.expiry(), now);
    heartbeat_.expires_after(kBeat);
    beat();
  });
}

}  // namespace tocsin::app
