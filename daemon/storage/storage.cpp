#include "storage/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>

#include "loop/clock.hpp"
#include "storage/backlog.hpp"
#include "storage/files.hpp"
#include "storage/journal.hpp"

namespace tocsin::storage {

namespace {

using Ready = std::function<void(bool, std::string)>;

constexpr Duration kRetryEvery = std::chrono::seconds(3);
constexpr Duration kPruneEvery = std::chrono::hours(24);
constexpr Duration kLastWords = std::chrono::seconds(2);
/// Notices leave unrecorded after two seconds; the mark must be there before.
constexpr Duration kMarkAfter = std::chrono::milliseconds(1'500);
/// Failed steps that are remembered, so that they can be reported as written later.
constexpr std::size_t kMostWaiting = 100'000;
constexpr std::string_view kBusy = "too many questions wait for storage: ask again in a moment";

struct WaitingStep {
  StepNumber step;
  Ready done;
  bool reported = false;  ///< as failed
};

struct StoryQuery {
  IncidentId incident;
  std::function<void(Story)> done;
};

/// Answered bit by bit.
struct PastQuery {
  WallTime since;
  std::function<void(Result<Past>)> done;
  IncidentId last;
  Past found;
};

using Query = std::variant<StoryQuery, PastQuery>;

}  // namespace

/// What the two threads and the owner share. The threads hold it too: where the disk does not let
/// go of the storage thread, it outlives the Storage.
struct Storage::Impl {
  Impl(Options given, std::function<void(std::function<void()>)> to_loop)
      : options(std::move(given)),
        post_(std::move(to_loop)),
        mark(options.run_folder),
        pending(options.backlog_bytes),
        journal(options.folder, options.boot_id) {}

  static void work(const std::shared_ptr<Impl>& self);
  static void watch(const std::shared_ptr<Impl>& self);
  void write(std::unique_lock<std::mutex>& lock);
  void report(std::vector<WaitingStep> steps, const Result<std::string>& written);
  void answer(std::unique_lock<std::mutex>& lock, StoryQuery query);
  void answer(std::unique_lock<std::mutex>& lock, PastQuery query);
  void prune(std::unique_lock<std::mutex>& lock);
  /// Under the lock, so that nothing is posted once the owner is gone.
  void post(std::function<void()> what) {
    if (!abandoned) post_(std::move(what));
  }
  [[nodiscard]] bool may_write() const { return !pending.empty() || !waiting.empty(); }

  const Options options;
  const std::function<void(std::function<void()>)> post_;
  const Mark mark;

  std::mutex mutex;
  std::condition_variable wake_worker, wake_watcher, wake_owner;
  Backlog pending;                  ///< not yet taken to be written
  std::deque<WaitingStep> waiting;  ///< of `pending`, oldest first
  std::deque<Query> queries;
  std::deque<std::packaged_task<void()>> tasks;  ///< the load
  std::uint64_t reported_dropped = 0;
  bool failing = false;       ///< the last attempt failed: the next waits for a step or a while
  bool new_steps = false;     ///< since the last attempt
  std::uint64_t writing = 0;  ///< counts attempts while one is under way, otherwise 0
  std::uint64_t attempts = 0;
  bool stopping = false;
  bool finished = false;
  bool abandoned = false;
  BootTime pruned{};
  std::thread worker, watcher;

  Journal journal;  ///< the storage thread's alone
};

void Storage::Impl::work(const std::shared_ptr<Impl>& self) {
  Impl& my = *self;
  std::unique_lock lock(my.mutex);
  for (;;) {
    if (!my.tasks.empty()) {
      auto task = std::move(my.tasks.front());
      my.tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
    } else if (my.may_write() && (!my.failing || my.new_steps)) {
      my.write(lock);
    } else if (my.stopping) {
      break;
    } else if (!my.queries.empty()) {
      Query query = std::move(my.queries.front());
      my.queries.pop_front();
      std::visit([&](auto& one) { my.answer(lock, std::move(one)); }, query);
    } else if (my.may_write()) {
      const auto status = my.wake_worker.wait_for(lock, kRetryEvery);
      if (status == std::cv_status::timeout) my.failing = false;
    } else {
      my.wake_worker.wait_for(lock, kPruneEvery);
    }
    my.prune(lock);
  }
  my.finished = true;
  my.wake_owner.notify_all();
  my.wake_watcher.notify_all();
}

/// One attempt to write all that waits.
void Storage::Impl::write(std::unique_lock<std::mutex>& lock) {
  Backlog batch = pending.take();
  std::vector<WaitingStep> steps(std::make_move_iterator(waiting.begin()),
                                 std::make_move_iterator(waiting.end()));
  waiting.clear();
  new_steps = false;
  writing = ++attempts;
  wake_watcher.notify_all();
  lock.unlock();
  const auto written = journal.write(batch, loop::now().wall);
  if (!written) mark.set();
  lock.lock();
  writing = 0;
  wake_watcher.notify_all();
  failing = !written.has_value();
  if (failing) {
    pending.put_back(std::move(batch));
  } else if (pending.empty()) {
    mark.clear();
  }
  report(std::move(steps), written);
}

void Storage::Impl::report(std::vector<WaitingStep> steps, const Result<std::string>& written) {
  std::string text = written ? *written : written.error().text;
  if (const std::uint64_t dropped = pending.dropped(); dropped > reported_dropped) {
    text += fmt::format("{}{} lines of incidents' stories were dropped for lack of room",
                        text.empty() ? "" : "; ", dropped - reported_dropped);
    if (written) reported_dropped = dropped;
  }
  for (WaitingStep& step : steps) {
    if (step.reported && !written) continue;
    post([done = step.done, well = written.has_value(), text] { done(well, text); });
    if (written) text.clear();  // a warning is told once
    step.reported = true;
  }
  if (written) return;
  waiting.insert(waiting.begin(), std::make_move_iterator(steps.begin()),
                 std::make_move_iterator(steps.end()));
  while (waiting.size() > kMostWaiting) waiting.pop_front();
}

void Storage::Impl::answer(std::unique_lock<std::mutex>& lock, StoryQuery query) {
  std::map<std::uint32_t, TimelineEntry> unwritten;
  for (const PendingRecord& line : pending.lines()) {
    const auto* entry = std::get_if<TimelineEntry>(&line.record);
    if (entry != nullptr && entry->incident == query.incident) {
      unwritten.insert_or_assign(entry->number, *entry);
    }
  }
  lock.unlock();
  auto written = journal.timeline(query.incident);
  Story story;
  if (written) {
    story.lines = std::move(*written);
  } else {
    story.lacking = std::move(written.error().text);
  }
  auto& lines = story.lines;
  std::erase_if(lines, [&](const TimelineEntry& each) { return unwritten.contains(each.number); });
  for (auto& [number, entry] : unwritten) lines.push_back(std::move(entry));
  std::sort(lines.begin(), lines.end(),
            [](const TimelineEntry& a, const TimelineEntry& b) { return a.number < b.number; });
  lock.lock();
  post([done = std::move(query.done), story = std::move(story)]() mutable {
    done(std::move(story));
  });
}

void Storage::Impl::answer(std::unique_lock<std::mutex>& lock, PastQuery query) {
  bool more = false;
  lock.unlock();
  auto some = journal.past(query.since, query.last, more);
  lock.lock();
  if (!some) {
    post([done = std::move(query.done), error = std::move(some.error())]() mutable {
      done(tl::unexpected(std::move(error)));
    });
    return;
  }
  auto& found = query.found;
  found.stories.insert(found.stories.end(), std::make_move_iterator(some->begin()),
                       std::make_move_iterator(some->end()));
  found.cut = found.stories.size() > kMostStories;
  if (found.cut) found.stories.resize(kMostStories);
  if (more && !found.cut) {
    queries.emplace_back(std::move(query));
    return;
  }
  found.unwritten = failing;
  post(
      [done = std::move(query.done), past = std::move(found)]() mutable { done(std::move(past)); });
}

void Storage::Impl::prune(std::unique_lock<std::mutex>& lock) {
  const Now now = loop::now();
  if (pruned == BootTime{}) pruned = now.boot;  // the load has just done it
  if (now.boot - pruned < kPruneEvery || stopping || may_write()) return;
  pruned = now.boot;
  lock.unlock();
  // What cannot be dropped today is dropped tomorrow; a database that fails shows at the next step.
  static_cast<void>(journal.prune(now.wall));
  lock.lock();
}

/// Sets the mark when an attempt takes long: the storage thread cannot watch itself.
void Storage::Impl::watch(const std::shared_ptr<Impl>& self) {
  Impl& my = *self;
  std::unique_lock lock(my.mutex);
  while (!my.finished && !my.abandoned) {
    if (my.writing == 0) {
      my.wake_watcher.wait(lock);
      continue;
    }
    const std::uint64_t attempt = my.writing;
    const bool ended = my.wake_watcher.wait_for(
        lock, kMarkAfter, [&] { return my.writing != attempt || my.finished || my.abandoned; });
    if (ended) continue;
    my.mark.set();
    my.wake_watcher.wait(lock,
                         [&] { return my.writing != attempt || my.finished || my.abandoned; });
  }
}

Storage::Storage(Options options, std::function<void(std::function<void()>)> post)
    : impl_(std::make_shared<Impl>(std::move(options), std::move(post))) {
  impl_->worker = std::thread(&Impl::work, impl_);
  impl_->watcher = std::thread(&Impl::watch, impl_);
}

Storage::~Storage() {
  bool finished = false;
  {
    std::unique_lock lock(impl_->mutex);
    impl_->stopping = true;
    impl_->new_steps = true;  // one more attempt
    impl_->wake_worker.notify_all();
    finished = impl_->wake_owner.wait_for(lock, kLastWords, [this] { return impl_->finished; });
    impl_->abandoned = true;
    impl_->wake_watcher.notify_all();
  }
  impl_->watcher.join();
  if (finished) {
    impl_->worker.join();
  } else {
    impl_->worker.detach();  // the disk holds it; it ends with the process or when the disk lets go
  }
}

Result<Loaded> Storage::load() {
  Result<Loaded> loaded = fail(ErrorCode::internal, "not loaded");
  std::packaged_task<void()> task(
      [this, &loaded] { loaded = impl_->journal.load(loop::now().wall); });
  auto finished = task.get_future();
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->tasks.push_back(std::move(task));
    impl_->wake_worker.notify_all();
  }
  finished.wait();
  // The mark stays until the first step is durable: a crash before that leaves the same doubt.
  if (loaded && impl_->mark.is_set()) loaded->records.may_lack_tail = true;
  return loaded;
}

void Storage::commit(StepNumber step, std::vector<Record> records, Ready done) {
  const std::lock_guard lock(impl_->mutex);
  impl_->pending.add(step, std::move(records));
  impl_->waiting.push_back(WaitingStep{step, std::move(done), false});
  impl_->new_steps = true;
  impl_->wake_worker.notify_all();
}

void Storage::timeline(IncidentId incident, std::function<void(Story)> done) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->queries.size() >= kMostQueries) {
    impl_->post([done = std::move(done)] { done({{}, std::string(kBusy)}); });
    return;
  }
  impl_->queries.emplace_back(StoryQuery{incident, std::move(done)});
  impl_->wake_worker.notify_all();
}

void Storage::past(WallTime since, std::function<void(Result<Past>)> done) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->queries.size() >= kMostQueries) {
    impl_->post([done = std::move(done)] { done(fail(ErrorCode::exhausted, std::string(kBusy))); });
    return;
  }
  impl_->queries.emplace_back(PastQuery{since, std::move(done), {}, {}});
  impl_->wake_worker.notify_all();
}

}  // namespace tocsin::storage
