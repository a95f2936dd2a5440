#include "sources/host_collector.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "loop/clock.hpp"
#include "loop/log.hpp"
#include "loop/worker_pool.hpp"
#include "sources/host/collectors.hpp"
#include "sources/host/filesystem.hpp"

namespace tocsin::sources {

using host::FilesystemSize;
using host::Machine;
using host::Mount;

namespace {

constexpr std::string_view kNoAnswer = "mountpoint timeout";

struct Collected {
  Result<void> result;
  std::string text;
  std::chrono::nanoseconds took{};
};

double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

Result<FilesystemSize> answer_of(loop::JobEnd end, std::optional<Result<FilesystemSize>> answer) {
  if (end != loop::JobEnd::finished || !answer) {
    return fail(ErrorCode::timeout, std::string(kNoAnswer));
  }
  return *std::move(answer);
}

}  // namespace

struct HostCollector::Impl : std::enable_shared_from_this<HostCollector::Impl> {
  Impl(host::Options options, loop::WorkerPool& pool, Duration each)
      : machine(std::make_shared<const Machine>(std::move(options))),
        reading(*machine),
        workers(pool),
        deadline(each) {}

  void start();
  void start_filesystem();
  void start_worker(const host::WorkerCollector& collector);
  void take(std::string_view name, Collected collected);
  void finish_filesystem();
  void one_less();
  void tell_all();

  std::shared_ptr<const Machine> machine;
  host::Reading reading;
  loop::WorkerPool& workers;
  Duration deadline;

  std::vector<Done> waiting;
  std::size_t pending = 0;  ///< calls on the pool, and one while the collection starts
  std::map<std::string_view, Collected> collected;

  std::vector<Mount> mounts;
  std::map<std::string, Result<FilesystemSize>> sizes;  ///< by mount point
  std::size_t mounts_pending = 0;
  std::chrono::nanoseconds mounts_started{};

  bool ended = false;
  std::string last;
  std::optional<BootTime> last_at;
  std::map<std::string, std::string, std::less<>> failures;  ///< collectors that fail, and why
};

HostCollector::HostCollector(host::Options options, loop::WorkerPool& workers, Duration deadline)
    : impl_(std::make_shared<Impl>(std::move(options), workers, deadline)) {}

HostCollector::~HostCollector() {
  impl_->ended = true;
}

Result<std::unique_ptr<HostCollector>> HostCollector::make(const config::HostSource& definition,
                                                           loop::WorkerPool& workers,
                                                           Duration deadline) {
  Result<host::Options> options = host::Options::from(definition);
  if (!options) {
    return tl::unexpected(options.error());
  }
  return std::make_unique<HostCollector>(*std::move(options), workers, deadline);
}

void HostCollector::collect(Duration max_age, Done done) {
  const Now now = loop::now();
  if (impl_->last_at && now.boot - *impl_->last_at < max_age) {
    done(impl_->last);
    return;
  }
  impl_->waiting.push_back(std::move(done));
  if (impl_->pending == 0) {
    impl_->reading.now = now;
    impl_->start();
  }
}

void HostCollector::Impl::start() {
  pending = 1;
  collected.clear();
  // The workers first: they read while the loop does.
  start_filesystem();
  for (const host::WorkerCollector& collector : host::worker_collectors()) {
    start_worker(collector);
  }
  for (const host::LoopCollector& collector : host::loop_collectors()) {
    const std::chrono::nanoseconds started = loop::stopwatch();
    Exposition out;
    Collected part{collector.collect(reading, out), {}, {}};
    part.text = out.text();
    part.took = loop::stopwatch() - started;
    take(collector.name, std::move(part));
  }
  one_less();
}

void HostCollector::Impl::start_worker(const host::WorkerCollector& collector) {
  const std::function<Collected()> job = [on = machine, run = collector.collect] {
    const std::chrono::nanoseconds started = loop::stopwatch();
    Exposition out;
    Collected part{run(*on, out), {}, {}};
    part.text = out.text();
    part.took = loop::stopwatch() - started;
    return part;
  };
  const auto done = [alive = weak_from_this(), name = collector.name](
                        loop::JobEnd end, std::optional<Collected> part) {
    const std::shared_ptr<Impl> self = alive.lock();
    if (!self) {
      return;
    }
    if (end != loop::JobEnd::finished || !part) {
      part = Collected{fail(ErrorCode::timeout, "did not answer in time"), {}, self->deadline};
    }
    self->take(name, *std::move(part));
    self->one_less();
  };
  ++pending;
  workers.submit<Collected>("host " + machine->options.sysfs + " " + std::string(collector.name),
                            job, deadline, done);
}

// Each mount point is asked once, also where several file systems are mounted over each other.
void HostCollector::Impl::start_filesystem() {
  mounts_started = loop::stopwatch();
  sizes.clear();
  Result<std::vector<Mount>> found = host::read_mounts(*machine);
  if (!found) {
    take("filesystem", {tl::unexpected(found.error()), {}, loop::stopwatch() - mounts_started});
    return;
  }
  mounts = *std::move(found);
  std::set<std::string> points;
  for (const Mount& mount : mounts) {
    points.insert(mount.mount_point);
  }
  ++pending;
  mounts_pending = 1;
  for (const std::string& point : points) {
    const std::string path = machine->root.path(
        point.substr(point.find_first_not_of('/') == std::string::npos ? point.size() : 1));
    const std::function<Result<FilesystemSize>()> job = [path] {
      return host::ask_filesystem(path);
    };
    const auto done = [alive = weak_from_this(), point](
                          loop::JobEnd end, std::optional<Result<FilesystemSize>> answer) {
      if (const std::shared_ptr<Impl> self = alive.lock()) {
        self->sizes.insert_or_assign(point, answer_of(end, std::move(answer)));
        self->finish_filesystem();
      }
    };
    ++mounts_pending;
    workers.submit<Result<FilesystemSize>>("statfs " + path, job, deadline, done);
  }
  finish_filesystem();
}

void HostCollector::Impl::finish_filesystem() {
  if (--mounts_pending > 0) {
    return;
  }
  Exposition out;
  for (const Mount& mount : mounts) {
    host::filesystem(mount, sizes.at(mount.mount_point), out);
  }
  take("filesystem", {{}, out.text(), loop::stopwatch() - mounts_started});
  one_less();
}

/// Says it once in the log when a collector begins to fail, and once when it works again. What a
/// machine does not have is no fault of its own.
void HostCollector::Impl::take(std::string_view name, Collected part) {
  const auto before = failures.find(name);
  if (part.result) {
    if (before != failures.end()) {
      loop::log::info("host: collector " + std::string(name) + " works again");
      failures.erase(before);
    }
  } else if (part.result.error().code != ErrorCode::not_found && before == failures.end()) {
    failures.emplace(name, part.result.error().text);
    loop::log::warning("host: collector " + std::string(name) +
                       " fails: " + part.result.error().text);
  }
  collected.insert_or_assign(name, std::move(part));
}

void HostCollector::Impl::one_less() {
  if (--pending == 0) {
    tell_all();
  }
}

void HostCollector::Impl::tell_all() {
  Exposition about;
  MetricFamily& took = about.gauge("node_scrape_collector_duration_seconds",
                                   "How long each collector of the host took.");
  MetricFamily& success =
      about.gauge("node_scrape_collector_success", "1 for each collector that could read it all.");
  last.clear();
  for (const auto& [name, part] : collected) {
    last += part.text;
    took.add({{"collector", name}}, in_seconds(part.took));
    success.add({{"collector", name}}, part.result ? 1 : 0);
  }
  last += about.text();
  last_at = loop::now().boot;
  const std::vector<Done> told = std::exchange(waiting, {});
  const std::shared_ptr<Impl> self = shared_from_this();  // a `done` may end the collector
  const std::string exposition = last;
  for (const Done& done : told) {
    if (self->ended) {
      return;
    }
    done(exposition);
  }
}

}  // namespace tocsin::sources
