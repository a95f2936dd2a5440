#include "loop/log.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "loop/clock.hpp"
#include "loop/journal.hpp"
#include "loop/log_line.hpp"

namespace tocsin::loop::log {
namespace {

constexpr std::size_t kQueuedLinesMost = 512;  // spdlog holds 424 bytes for each, from the start

void write_out(int descriptor, std::string_view line) {
  while (!line.empty()) {
    const ssize_t wrote = ::write(descriptor, line.data(), line.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return;  // nobody reads any more: there is nowhere to complain
    line.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

/// Is given whole entries where it has a journal, and texts where it has none.
class Sink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  Sink(int descriptor, std::unique_ptr<Journal> journal)
      : descriptor_(descriptor), style_(style_of(descriptor)), journal_(std::move(journal)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::string_view given(message.payload.data(), message.payload.size());
    if (journal_ && journal_->take(given)) return;
    const auto at = std::chrono::time_point_cast<Duration>(message.time).time_since_epoch();
    write_out(descriptor_, line(style_, level_of(message.level), WallTime(at),
                                journal_ ? text_of_entry(given) : given));
  }
  void flush_() override {}

 private:
  static Level level_of(spdlog::level::level_enum level) {
    if (level >= spdlog::level::critical) return Level::emergency;
    if (level == spdlog::level::err) return Level::error;
    if (level == spdlog::level::warn) return Level::warning;
    return level == spdlog::level::info ? Level::info : Level::debug;
  }
  int descriptor_;
  Style style_;
  std::unique_ptr<Journal> journal_;
};

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::emergency:
      break;
  }
  return spdlog::level::critical;
}

using Pool = spdlog::details::thread_pool;

/// The one log of the process. Guarded: storage and worker threads may write a line as well.
struct Log {
  std::mutex mutex;
  std::shared_ptr<Pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  bool entries = false;  ///< the sink has a journal
  std::uint64_t dropped_before = 0;
};

Log& the_log() {
  // Never destroyed: an exit without stop() must not wait for a stuck journal.
  static Log& log = *new Log;
  return log;
}

}  // namespace

void start(Level least) {
  start_on(STDERR_FILENO, least, "/run/systemd/journal/socket");
}

void start_on(int descriptor, Level least, const std::string& journal_socket) {
  stop();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone costs lines, not the daemon
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  std::unique_ptr<Journal> journal;
  if (style_of(descriptor) == Style::journal) journal = Journal::at(journal_socket);
  log.entries = journal != nullptr;
  log.pool = std::make_shared<Pool>(kQueuedLinesMost, 1);
  log.logger = std::make_shared<spdlog::async_logger>(
      "tocsin", std::make_shared<Sink>(descriptor, std::move(journal)), log.pool,
      spdlog::async_overflow_policy::overrun_oldest);
  log.logger->set_level(spdlog_level(least));
}

void stop() {
  Log& log = the_log();
  std::shared_ptr<Pool> pool;
  {
    const std::lock_guard lock(log.mutex);
    if (!log.pool) return;
    log.dropped_before += log.pool->overrun_counter();
    log.logger.reset();
    pool = std::exchange(log.pool, nullptr);
  }
  // The pool's end waits until the queue is written out. Where nobody takes it, a thread waits in
  // our stead, until the process ends.
  auto written = std::make_shared<std::promise<void>>();
  std::future<void> done = written->get_future();
  std::thread([last = std::move(pool), written]() mutable {
    last.reset();
    written->set_value();
  }).detach();
  static_cast<void>(done.wait_for(std::chrono::seconds(2)));
}

void write(Level level, std::string_view text, std::span<const Field> fields) {
  Log& log = the_log();
  std::shared_ptr<spdlog::async_logger> logger;
  bool entries = false;
  {
    const std::lock_guard lock(log.mutex);
    logger = log.logger;
    entries = log.entries;
  }
  if (logger && entries) {
    logger->log(spdlog_level(level), spdlog::string_view_t(journal_entry(level, text, fields)));
  } else if (logger) {
    logger->log(spdlog_level(level), spdlog::string_view_t(text.data(), text.size()));
  } else if (level >= Level::warning) {
    write_out(STDERR_FILENO, line(style_of(STDERR_FILENO), level, now().wall, text));
  }
}

std::uint64_t dropped() {
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  return log.dropped_before + (log.pool ? log.pool->overrun_counter() : 0);
}

}  // namespace tocsin::loop::log
