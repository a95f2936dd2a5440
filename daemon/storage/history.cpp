#include "storage/history.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace tocsin::storage {
namespace {

constexpr std::size_t kMostQueued = 30;  ///< segments: an hour of a disk that takes nothing
constexpr Duration kLastWrite = std::chrono::seconds(2);

struct QueuedSegment {
  series::Segment segment;
  Now now;
  HistoryBounds bounds;
};

/// Names of series that were first in a segment that is given up.
void inherit(std::vector<series::SeriesEntry>& heir, std::vector<series::SeriesEntry> fresh) {
  heir.insert(heir.begin(), std::make_move_iterator(fresh.begin()),
              std::make_move_iterator(fresh.end()));
}

}  // namespace

struct History::Impl {
  Impl(const std::string& folder, const std::string& boot_id,
       std::function<void(const std::string&)> told)
      : trouble(std::move(told)), file(folder, boot_id) {}

  static void work(const std::shared_ptr<Impl>& self);

  const std::function<void(const std::string&)> trouble;
  mutable std::mutex mutex;
  std::condition_variable wake, ended;
  std::deque<QueuedSegment> queue;
  std::uint64_t queued = 0;  ///< so far
  bool off = false;  ///< what the file holds is not known: its numbers must not be used again
  HistoryFigures figures;
  bool stopping = false;
  bool finished = false;
  bool abandoned = false;
  std::thread thread;

  HistoryFile file;       ///< the thread's alone, once it runs
  std::string last_said;  ///< the thread's alone
};

void History::Impl::work(const std::shared_ptr<Impl>& self) {
  Impl& my = *self;
  std::unique_lock lock(my.mutex);
  bool failed = false;
  for (;;) {
    // After a failure the next segment is the next attempt.
    my.wake.wait(lock, [&] { return my.stopping || (!my.queue.empty() && !failed); });
    if (my.queue.empty() || (failed && my.stopping)) break;
    QueuedSegment next = std::move(my.queue.front());
    my.queue.pop_front();
    lock.unlock();
    const auto written = my.file.write(next.segment, next.now, next.bounds);
    const auto bytes = my.file.bytes();
    const auto oldest = my.file.oldest();
    std::string said = written ? "" : written.error().text;
    lock.lock();
    failed = !written.has_value();
    if (written) {
      ++my.figures.written;
      if (bytes) my.figures.bytes = *bytes;
      if (oldest) my.figures.oldest = *oldest;
    } else {
      my.queue.push_front(std::move(next));
    }
    if (said != my.last_said && !my.abandoned) my.trouble(said);
    my.last_said = std::move(said);
    if (failed) {
      const std::uint64_t seen = my.queued;
      my.wake.wait(lock, [&] { return my.stopping || my.queued != seen; });
      failed = my.stopping;
    }
  }
  my.finished = true;
  my.ended.notify_all();
}

History::History(const std::string& folder, const std::string& boot_id,
                 std::function<void(const std::string&)> trouble)
    : impl_(std::make_shared<Impl>(folder, boot_id, std::move(trouble))) {}

History::~History() {
  if (!impl_->thread.joinable()) return;
  bool finished = false;
  {
    std::unique_lock lock(impl_->mutex);
    impl_->stopping = true;
    impl_->wake.notify_all();
    finished = impl_->ended.wait_for(lock, kLastWrite, [this] { return impl_->finished; });
    impl_->abandoned = true;
  }
  if (finished) {
    impl_->thread.join();
  } else {
    impl_->thread.detach();  // the disk holds it
  }
}

series::Memory History::load(Duration reach, Now now, std::string& warning) {
  auto memory = impl_->file.load(reach, now, warning);
  if (memory) return std::move(*memory);
  impl_->off = true;
  warning = memory.error().text + "; no samples are kept until the next start";
  return {};
}

void History::write(series::Segment segment, Now now, HistoryBounds bounds) {
  if (segment.empty()) return;
  const std::lock_guard lock(impl_->mutex);
  if (impl_->off) return;
  if (!impl_->thread.joinable()) impl_->thread = std::thread(&Impl::work, impl_);
  impl_->queue.push_back({std::move(segment), now, bounds});
  ++impl_->queued;
  while (impl_->queue.size() > kMostQueued) {
    auto given_up = std::move(impl_->queue.front());
    impl_->queue.pop_front();
    inherit(impl_->queue.front().segment.fresh, std::move(given_up.segment.fresh));
    ++impl_->figures.dropped;
  }
  impl_->wake.notify_all();
}

HistoryFigures History::figures() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->figures;
}

}  // namespace tocsin::storage
