// Threads for calls that may block in the kernel for seconds: statvfs on a dead mount, a read on a
// foreign file system. One outstanding call per key; each has a deadline. A call that misses it is
// answered as timed out and its thread is abandoned: counted, replaced within a bound, and taken
// back into service if it ever returns. Loop thread only; must end before the loop does.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tocsin/base/time.hpp"

namespace tocsin::loop {

enum class JobEnd {
  finished,
  timed_out,  ///< still blocked at its deadline, or no thread was free until then
  busy,       ///< an earlier call under this key has not returned yet
};

class WorkerPool {
 public:
  struct Limits {
    std::size_t threads = 4;             ///< in service at once; one, until jobs have to wait
    std::size_t abandoned_threads = 16;  ///< beyond these, a blocked thread is not replaced
  };

  WorkerPool(boost::asio::any_io_executor loop, Limits limits);
  /// No callback is called any more. Waits for nothing that is blocked.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// `job` runs on a thread and may outlive the pool: it must own what it uses,
  /// and not throw. `done` runs once,
  /// on the loop, never from within.
  void submit_job(std::string key, std::function<void()> job, Duration deadline,
                  std::function<void(JobEnd)> done);

  /// The same for a job with a result, which is there exactly where it finished.
  template <class T>
  void submit(const std::string& key, std::function<T()> job, Duration deadline,
              std::function<void(JobEnd, std::optional<T>)> done) {
    auto result = std::make_shared<std::optional<T>>();
    submit_job(
        key, [result, run = std::move(job)] { result->emplace(run()); }, deadline,
        [result, tell = std::move(done)](JobEnd end) {
          tell(end, end == JobEnd::finished ? std::move(*result) : std::nullopt);
        });
  }

  [[nodiscard]] std::size_t outstanding() const;  ///< calls whose `done` is still to come
  [[nodiscard]] std::size_t abandoned() const;    ///< threads that are blocked past their deadline

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::loop
