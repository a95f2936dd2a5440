// Preloaded into the daemon: its clocks run faster than the world's, so that what takes it an hour
// takes a test seconds.
//
//   TOCSIN_FAST_TIME=N        how many times as fast
//   TOCSIN_FAST_TIME_FROM=S   since when, in seconds since 1970: until then they agree
//
// Clocks, timers and timed waits are all that the daemon knows of time; what others do (answers,
// disks) takes as long as it takes, and looks N times as slow.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/timerfd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <map>
#include <mutex>

namespace {

using Nanos = std::int64_t;
constexpr Nanos kSecond = 1'000'000'000;

template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

double number_from(const char* name, double otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atof(text);
}

double times() {
  static const double n = number_from("TOCSIN_FAST_TIME", 1);
  return n;
}

Nanos nanos(const timespec& at) {
  return at.tv_sec * kSecond + at.tv_nsec;
}

timespec as_timespec(Nanos at) {
  return {at / kSecond, at % kSecond};
}

Nanos read(clockid_t clock) {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  timespec at{};
  next(clock, &at);
  return nanos(at);
}

/// What the clock showed when time began to run faster.
Nanos origin(clockid_t clock) {
  static const Nanos ago =
      read(CLOCK_REALTIME) -
      static_cast<Nanos>(number_from("TOCSIN_FAST_TIME_FROM", 0) * static_cast<double>(kSecond));
  static const Nanos began_realtime = read(CLOCK_REALTIME) - ago;
  static const Nanos began_monotonic = read(CLOCK_MONOTONIC) - ago;
  static const Nanos began_boottime = read(CLOCK_BOOTTIME) - ago;
  switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
      return began_monotonic;
    case CLOCK_BOOTTIME:
      return began_boottime;
    default:
      return began_realtime;
  }
}

bool runs_fast(clockid_t clock) {
  return clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID && times() > 1;
}

Nanos fast(clockid_t clock) {
  const Nanos from = origin(clock);
  return from + static_cast<Nanos>(static_cast<double>(read(clock) - from) * times());
}

/// When the clock of the world shows what the fast one calls `at`.
Nanos slow(clockid_t clock, Nanos at) {
  const Nanos from = origin(clock);
  return from + static_cast<Nanos>(static_cast<double>(at - from) / times());
}

std::mutex timers_held;
std::map<int, clockid_t> timers;

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  static auto* const next = real<int(clockid_t, timespec*)>("clock_gettime");
  if (!runs_fast(clock)) return next(clock, at);
  *at = as_timespec(fast(clock));
  return 0;
}

time_t time(time_t* into) noexcept {
  const time_t now = fast(CLOCK_REALTIME) / kSecond;
  if (into != nullptr) *into = now;
  return now;
}

int gettimeofday(timeval* into, void*) noexcept {
  const Nanos now = fast(CLOCK_REALTIME);
  into->tv_sec = now / kSecond;
  into->tv_usec = now % kSecond / 1000;
  return 0;
}

int timerfd_create(int clock, int flags) noexcept {
  static auto* const next = real<int(int, int)>("timerfd_create");
  const int file = next(clock, flags);
  const std::lock_guard<std::mutex> hold(timers_held);
  if (file >= 0) timers[file] = clock;
  return file;
}

int timerfd_settime(int file, int flags, const itimerspec* when, itimerspec* before) noexcept {
  static auto* const next = real<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  clockid_t clock = CLOCK_MONOTONIC;
  {
    const std::lock_guard<std::mutex> hold(timers_held);
    if (const auto found = timers.find(file); found != timers.end()) clock = found->second;
  }
  itimerspec scaled = *when;
  const Nanos due = nanos(when->it_value);
  if (due > 0 && runs_fast(clock)) {
    const bool absolute = (flags & TFD_TIMER_ABSTIME) != 0;
    const Nanos moved =
        absolute ? slow(clock, due) : static_cast<Nanos>(static_cast<double>(due) / times());
    scaled.it_value = as_timespec(moved > 0 ? moved : 1);
    scaled.it_interval =
        as_timespec(static_cast<Nanos>(static_cast<double>(nanos(when->it_interval)) / times()));
  }
  return next(file, flags, &scaled, before);
}

int epoll_wait(int file, epoll_event* events, int most, int timeout) {
  static auto* const next = real<int(int, epoll_event*, int, int)>("epoll_wait");
  if (timeout > 0) timeout = static_cast<int>(timeout / times()) + 1;
  return next(file, events, most, timeout);
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until) {
  static auto* const next =
      real<int(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>(
          "pthread_cond_clockwait");
  const timespec scaled = as_timespec(slow(clock, nanos(*until)));
  return next(condition, mutex, clock, &scaled);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* until) {
  static auto* const next =
      real<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  const timespec scaled = as_timespec(slow(CLOCK_REALTIME, nanos(*until)));
  return next(condition, mutex, &scaled);
}

}  // extern "C"
