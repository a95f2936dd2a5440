#include "loop/boot_timer.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstdint>
#include <system_error>
#include <utility>

#include "tocsin/base/check.hpp"

namespace tocsin::loop {
namespace {

int make_timer() {
  const int fd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

}  // namespace

struct BootTimer::Impl {
  boost::asio::posix::stream_descriptor timer;
  std::function<void()> then;
  bool waiting = false;

  explicit Impl(const boost::asio::any_io_executor& loop) : timer(loop, make_timer()) {}

  void set(std::int64_t due_ms) {
    // An expiry of zero would disarm it: a moment that is long past is one nanosecond after boot.
    itimerspec when{};
    const std::int64_t due = std::max<std::int64_t>(due_ms, 0);
    when.it_value.tv_sec = due / 1000;
    when.it_value.tv_nsec = std::max<std::int64_t>((due % 1000) * 1'000'000, due == 0 ? 1 : 0);
    const int failed = timerfd_settime(timer.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr);
    TOCSIN_CHECK(failed == 0);
  }

  static void wait(const std::shared_ptr<Impl>& self) {
    self->waiting = true;
    self->timer.async_wait(boost::asio::posix::descriptor_base::wait_read,
                           [self](boost::system::error_code error) { expired(self, error); });
  }

  static void expired(const std::shared_ptr<Impl>& self, boost::system::error_code error) {
    self->waiting = false;
    if (!self->then) return;
    if (error) {
      wait(self);  // cancelled, and set anew before the loop came here
      return;
    }
    std::uint64_t expirations = 0;
    const ssize_t got = ::read(self->timer.native_handle(), &expirations, sizeof expirations);
    if (got != static_cast<ssize_t>(sizeof expirations)) {
      wait(self);  // it was set anew between its expiry and this call
      return;
    }
    const std::function<void()> call = std::exchange(self->then, nullptr);
    call();
  }
};

BootTimer::BootTimer(const boost::asio::any_io_executor& loop)
    : impl_(std::make_shared<Impl>(loop)) {}

BootTimer::~BootTimer() {
  impl_->then = nullptr;
  impl_->timer.close();
}

void BootTimer::at(BootTime due, std::function<void()> then) {
  impl_->then = std::move(then);
  impl_->set(due.time_since_epoch().count());
  if (!impl_->waiting) Impl::wait(impl_);
}

void BootTimer::cancel() {
  impl_->then = nullptr;
  if (impl_->waiting) impl_->timer.cancel();
}

}  // namespace tocsin::loop
