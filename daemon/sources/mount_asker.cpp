#include "sources/mount_asker.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "loop/clock.hpp"
#include "loop/worker_pool.hpp"
#include "tocsin/base/check.hpp"

namespace tocsin::sources {

using host::FilesystemSize;

namespace {

constexpr std::size_t kOutMost = 3;   // one thread fewer than the pool has by default
constexpr std::size_t kHungMost = 8;  // half of those that the pool replaces
constexpr std::string_view kNoAnswer = "mountpoint timeout";

enum class Standing { answers, unknown, hangs };

}  // namespace

struct MountAsker::Impl : std::enable_shared_from_this<MountAsker::Impl> {
  Impl(AskFilesystem asking, loop::WorkerPool& pool) : ask(std::move(asking)), workers(pool) {}

  void begin(std::vector<std::string> paths);
  void go_on();
  void send(const std::string& path, Duration left);
  void settle(const std::string& path, Standing now, Result<FilesystemSize> size);
  [[nodiscard]] bool too_many_hang() const;

  AskFilesystem ask;
  loop::WorkerPool& workers;
  std::map<std::string, Standing> standings;

  std::deque<std::string> queue;
  std::size_t out = 0;
  BootTime due;
  Sizes sizes;
  Done done;
};

MountAsker::MountAsker(AskFilesystem ask, loop::WorkerPool& workers)
    : impl_(std::make_shared<Impl>(std::move(ask), workers)) {}

MountAsker::~MountAsker() {
  impl_->done = nullptr;
}

void MountAsker::ask_all(std::vector<std::string> paths, Duration within, Done done) {
  TOCSIN_CHECK(!impl_->done);
  impl_->done = std::move(done);
  impl_->due = loop::now().boot + within;
  impl_->begin(std::move(paths));
  impl_->go_on();
}

void MountAsker::Impl::begin(std::vector<std::string> paths) {
  std::map<std::string, Standing> known;
  for (const std::string& path : paths) {
    const auto before = standings.find(path);
    known.emplace(path, before == standings.end() ? Standing::unknown : before->second);
  }
  standings = std::move(known);
  std::ranges::stable_sort(paths, {}, [this](const std::string& p) { return standings.at(p); });
  queue.assign(paths.begin(), paths.end());
  sizes.clear();
}

bool MountAsker::Impl::too_many_hang() const {
  return std::ranges::count(standings, Standing::hangs,
                            &std::pair<const std::string, Standing>::second) >=
         static_cast<std::ptrdiff_t>(kHungMost);
}

void MountAsker::Impl::go_on() {
  while (!queue.empty() && out < kOutMost) {
    const std::string path = std::move(queue.front());
    queue.pop_front();
    const Standing standing = standings.at(path);
    const Duration left = due - loop::now().boot;
    if (left <= Duration::zero() || (standing == Standing::unknown && too_many_hang())) {
      const Standing then = standing == Standing::answers ? Standing::unknown : standing;
      settle(path, then, fail(ErrorCode::timeout, std::string(kNoAnswer)));
    } else {
      send(path, left);
    }
  }
  if (queue.empty() && out == 0 && done) {
    const Done tell = std::exchange(done, nullptr);
    tell(std::exchange(sizes, {}));
  }
}

void MountAsker::Impl::send(const std::string& path, Duration left) {
  const std::function<Result<FilesystemSize>()> job = [run = ask, path] { return run(path); };
  const auto ended = [alive = weak_from_this(), path](
                         loop::JobEnd end, std::optional<Result<FilesystemSize>> answer) {
    const std::shared_ptr<Impl> self = alive.lock();
    if (!self || !self->done) {
      return;
    }
    --self->out;
    if (end == loop::JobEnd::finished && answer) {
      self->settle(path, Standing::answers, *std::move(answer));
    } else {
      self->settle(path, Standing::hangs, fail(ErrorCode::timeout, std::string(kNoAnswer)));
    }
    self->go_on();
  };
  ++out;
  workers.submit<Result<FilesystemSize>>("statfs " + path, job, left, ended);
}

void MountAsker::Impl::settle(const std::string& path, Standing now, Result<FilesystemSize> size) {
  standings.at(path) = now;
  sizes.insert_or_assign(path, std::move(size));
}

}  // namespace tocsin::sources
