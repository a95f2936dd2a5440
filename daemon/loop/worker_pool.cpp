#include "loop/worker_pool.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace tocsin::loop {
namespace {

using JobId = std::uint64_t;

constexpr milliseconds kPatience{20};

/// What the loop and the threads share. It outlives the pool for as long as a thread is blocked.
struct Shared {
  std::mutex mutex;
  std::condition_variable work;
  std::deque<std::pair<JobId, std::function<void()>>> queue;
  std::vector<JobId> returned;  ///< which the loop has not seen yet
  std::function<void()> tell;   ///< lets the loop look; empty once the pool has ended
  std::set<JobId> running;      ///< taken from the queue, not returned
  std::set<JobId> abandoned;    ///< those of them that are blocked past their deadline
  std::size_t in_service = 0;   ///< threads that are not blocked past a deadline
  std::size_t idle = 0;
  bool called = false;  ///< a thread is on its way to the queue
  std::size_t threads_most = 0;
};

void serve(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    ++shared->idle;
    shared->work.wait(lock, [&] { return !shared->queue.empty() || !shared->tell; });
    --shared->idle;
    shared->called = false;
    if (!shared->tell) break;
    const JobId id = shared->queue.front().first;
    std::function<void()> job = std::move(shared->queue.front().second);
    shared->queue.pop_front();
    shared->running.insert(id);
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
    shared->running.erase(id);
    shared->returned.push_back(id);
    // Once for all that were queued; where one of them takes long, patience looks at the others.
    if (shared->tell && shared->queue.empty()) shared->tell();
    if (shared->abandoned.erase(id) == 0) continue;
    if (shared->in_service >= shared->threads_most) return;  // it has been replaced
    ++shared->in_service;
  }
  --shared->in_service;
  shared->work.notify_all();
}

}  // namespace

struct WorkerPool::Impl : std::enable_shared_from_this<WorkerPool::Impl> {
  struct Call {
    std::string key;
    std::function<void(JobEnd)> done;
    boost::asio::steady_timer deadline;
  };

  boost::asio::any_io_executor loop;
  Limits limits;
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  std::map<JobId, Call> calls;            ///< not answered yet
  std::map<std::string, JobId> occupied;  ///< keys whose job has not returned
  JobId last_id = 0;
  boost::asio::steady_timer patience;
  bool patient = false;  ///< it is set

  Impl(boost::asio::any_io_executor executor, Limits given)
      : loop(std::move(executor)), limits(given), patience(loop) {
    shared->threads_most = limits.threads;
  }

  void begin() {
    shared->tell = [weak = weak_from_this(), at = loop] {
      boost::asio::post(at, [weak] {
        if (const std::shared_ptr<Impl> self = weak.lock()) self->jobs_returned();
      });
    };
  }

  void end() {
    calls.clear();
    patience.cancel();
    std::unique_lock lock(shared->mutex);
    shared->tell = nullptr;
    shared->queue.clear();
    shared->work.notify_all();
    // Threads that are not blocked end within an instant; waiting for them keeps the process's end
    // tidy.
    shared->work.wait_for(lock, milliseconds(100), [&] { return shared->in_service == 0; });
  }

  void submit(std::string key, std::function<void()> job, Duration deadline,
              std::function<void(JobEnd)> done) {
    if (occupied.count(key) > 0) {
      boost::asio::post(loop, [weak = weak_from_this(), tell = std::move(done)] {
        if (weak.lock()) tell(JobEnd::busy);
      });
      return;
    }
    const JobId id = ++last_id;
    occupied[key] = id;
    Call made{std::move(key), std::move(done), boost::asio::steady_timer(loop)};
    Call& call = calls.emplace(id, std::move(made)).first->second;
    call.deadline.expires_after(deadline);
    call.deadline.async_wait([weak = weak_from_this(), id](boost::system::error_code error) {
      const std::shared_ptr<Impl> self = weak.lock();
      if (!error && self) self->deadline_passed(id);
    });
    const std::lock_guard lock(shared->mutex);
    shared->queue.emplace_back(id, std::move(job));
    const bool nobody_works = shared->running.size() == shared->abandoned.size();
    if (nobody_works && !shared->called) call_a_thread();
    await_patience();
  }

  /// Jobs are mostly short: one thread does them one after the other. Another comes where they have
  /// to wait.
  void await_patience() {
    if (std::exchange(patient, true)) return;
    patience.expires_after(kPatience);
    patience.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      const std::shared_ptr<Impl> self = weak.lock();
      if (!error && self) self->patience_ended();
    });
  }

  void patience_ended() {
    patient = false;
    jobs_returned();
    const std::lock_guard lock(shared->mutex);
    if (shared->queue.empty()) return;
    call_a_thread();
    await_patience();
  }

  /// With the lock held.
  void call_a_thread() {
    if (shared->idle > 0) {
      shared->called = true;
      return shared->work.notify_one();
    }
    if (shared->in_service >= limits.threads) return;
    if (shared->in_service + shared->abandoned.size() >=
        limits.threads + limits.abandoned_threads) {
      return;
    }
    try {
      std::thread(serve, shared).detach();
      ++shared->in_service;
      shared->called = true;
    } catch (const std::system_error&) {
      // No thread to be had: the jobs wait for those there are, or for their deadline.
    }
  }

  void deadline_passed(JobId id) {
    const auto call = calls.find(id);
    if (call == calls.end()) return;
    {
      const std::lock_guard lock(shared->mutex);
      const auto queued = std::find_if(shared->queue.begin(), shared->queue.end(),
                                       [id](const auto& waiting) { return waiting.first == id; });
      if (queued != shared->queue.end()) {
        shared->queue.erase(queued);
        occupied.erase(call->second.key);
      } else if (shared->running.count(id) == 0) {
        return;  // it has just returned; its answer is on its way
      } else {
        shared->abandoned.insert(id);
        --shared->in_service;
        if (!shared->queue.empty()) call_a_thread();
      }
    }
    answer(call, JobEnd::timed_out);
  }

  void jobs_returned() {
    std::vector<JobId> ids;
    {
      const std::lock_guard lock(shared->mutex);
      ids.swap(shared->returned);
    }
    for (const JobId id : ids) job_returned(id);
    if (calls.empty() && std::exchange(patient, false)) patience.cancel();
  }

  void job_returned(JobId id) {
    std::erase_if(occupied, [id](const auto& entry) { return entry.second == id; });
    const auto call = calls.find(id);
    if (call != calls.end()) answer(call, JobEnd::finished);
  }

  void answer(std::map<JobId, Call>::iterator call, JobEnd end) {
    const std::function<void(JobEnd)> done = std::move(call->second.done);
    calls.erase(call);
    done(end);
  }
};

WorkerPool::WorkerPool(boost::asio::any_io_executor loop, Limits limits)
    : impl_(std::make_shared<Impl>(std::move(loop), limits)) {
  impl_->begin();
}

WorkerPool::~WorkerPool() {
  impl_->end();
}

void WorkerPool::submit_job(std::string key, std::function<void()> job, Duration deadline,
                            std::function<void(JobEnd)> done) {
  impl_->submit(std::move(key), std::move(job), deadline, std::move(done));
}

std::size_t WorkerPool::outstanding() const {
  return impl_->calls.size();
}

std::size_t WorkerPool::abandoned() const {
  const std::lock_guard lock(impl_->shared->mutex);
  return impl_->shared->abandoned.size();
}

}  // namespace tocsin::loop
