#include "sources/host_collector.hpp"

#include <algorithm>
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

using host::Machine;
using host::Mount;

namespace {

struct Collected {
  Result<void> result;
  std::string text;
  std::chrono::nanoseconds took{};
};

double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// Where the mount is seen from here.
std::string path_of(const Machine& machine, const Mount& mount) {
  const std::size_t start = mount.mount_point.find_first_not_of('/');
  return machine.root.path(start == std::string::npos ? "" : mount.mount_point.substr(start));
}

bool is_local(const Mount& mount) {
  return mount.device.starts_with("/dev/") || mount.fs_type == "tmpfs";
}

}  // namespace

struct HostCollector::Impl : std::enable_shared_from_this<HostCollector::Impl> {
  Impl(host::Options options, loop::WorkerPool& pool, Duration each, AskFilesystem ask,
       Duration again)
      : machine(std::make_shared<const Machine>(std::move(options))),
        reading(*machine),
        mount_table(*machine),
        workers(pool),
        asker(std::move(ask), pool),
        deadline(each),
        again_after(again) {}

  void start();
  void start_workers();
  [[nodiscard]] bool may_be_left_out(const host::WorkerCollector& collector);
  void start_filesystem();
  void start_worker(const host::WorkerCollector& collector);
  void take(std::string_view name, Collected collected);
  void tell_filesystem(const std::vector<Mount>& mounts, const MountAsker::Sizes& sizes,
                       std::chrono::nanoseconds started);
  void one_less();
  void tell_all();

  std::shared_ptr<const Machine> machine;
  host::Reading reading;
  host::MountTable mount_table;
  loop::WorkerPool& workers;
  MountAsker asker;
  Duration deadline;
  Duration again_after;

  struct Kept {
    Collected part;
    BootTime at;
  };

  std::set<std::string_view> rules_need;  ///< collectors on workers
  std::map<std::string_view, Kept> kept;  ///< what those have read last
  std::set<std::string_view> asked;       ///< those that were begun in the collection under way
  std::vector<Done> waiting;
  std::size_t pending = 0;            ///< calls on the pool, and one while the collection starts
  Breadth breadth = Breadth::needed;  ///< of the collection under way
  std::map<std::string_view, Collected> collected;

  bool ended = false;
  std::string last;
  Breadth last_breadth = Breadth::needed;
  std::optional<BootTime> last_at;
  std::map<std::string, std::string, std::less<>> failures;  ///< collectors that fail, and why
};

HostCollector::HostCollector(host::Options options, loop::WorkerPool& workers, Duration deadline,
                             AskFilesystem ask, Duration again_after)
    : impl_(std::make_shared<Impl>(std::move(options), workers, deadline, std::move(ask),
                                   again_after)) {}

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

void HostCollector::rules_read(const std::vector<std::string>& names) {
  impl_->rules_need.clear();
  for (const host::WorkerCollector& collector : host::worker_collectors()) {
    const bool needed = std::ranges::any_of(
        names, [&](const std::string& name) { return name.empty() || collector.writes(name); });
    if (needed) {
      impl_->rules_need.insert(collector.name);
    }
  }
}

void HostCollector::collect(Duration max_age, Breadth breadth, Done done) {
  const Now now = loop::now();
  const auto covers = [breadth](Breadth has) {
    return has == Breadth::everything || breadth == Breadth::needed;
  };
  if (impl_->last_at && now.boot - *impl_->last_at < max_age && covers(impl_->last_breadth)) {
    done(impl_->last);
    return;
  }
  impl_->waiting.push_back(std::move(done));
  if (impl_->pending == 0) {
    impl_->reading.now = now;
    impl_->breadth = breadth;
    impl_->start();
  } else if (!covers(impl_->breadth)) {
    impl_->breadth = breadth;
    impl_->start_workers();
  }
}

void HostCollector::Impl::start() {
  pending = 1;
  collected.clear();
  // The workers first: they read while the loop does.
  asked.clear();
  start_workers();
  start_filesystem();
  reading.next_round();
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

void HostCollector::Impl::start_workers() {
  for (const host::WorkerCollector& collector : host::worker_collectors()) {
    if (breadth == Breadth::everything || !may_be_left_out(collector)) {
      if (asked.insert(collector.name).second) {
        start_worker(collector);
      }
    } else if (!collector.on_demand) {
      collected.insert_or_assign(collector.name, kept.at(collector.name).part);
    }
  }
}

bool HostCollector::Impl::may_be_left_out(const host::WorkerCollector& collector) {
  if (rules_need.contains(collector.name)) {
    return false;
  }
  const auto last_read = kept.find(collector.name);
  return collector.on_demand ||
         (last_read != kept.end() && reading.now.boot - last_read->second.at < again_after);
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
    if (part->result || part->result.error().code == ErrorCode::not_found) {
      self->kept.insert_or_assign(name, Kept{*part, self->reading.now.boot});
    } else {
      self->kept.erase(name);
    }
    self->take(name, *std::move(part));
    self->one_less();
  };
  ++pending;
  workers.submit<Collected>("host " + machine->options.sysfs + " " + std::string(collector.name),
                            job, deadline, done);
}

// Each mount point is asked once, also where several file systems are mounted over each other;
// those on this machine before those that hang on another.
void HostCollector::Impl::start_filesystem() {
  const std::chrono::nanoseconds started = loop::stopwatch();
  const auto mounts = mount_table.read();
  if (!mounts) {
    take("filesystem", {tl::unexpected(mounts.error()), {}, loop::stopwatch() - started});
    return;
  }
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (const bool local : {true, false}) {
    for (const Mount& mount : **mounts) {
      std::string path = path_of(*machine, mount);
      if (is_local(mount) == local && seen.insert(path).second) {
        paths.push_back(std::move(path));
      }
    }
  }
  ++pending;
  asker.ask_all(std::move(paths), deadline,
                [this, all = *mounts, started](const MountAsker::Sizes& sizes) {
                  tell_filesystem(*all, sizes, started);
                });
}

void HostCollector::Impl::tell_filesystem(const std::vector<Mount>& mounts,
                                          const MountAsker::Sizes& sizes,
                                          std::chrono::nanoseconds started) {
  Exposition out;
  for (const Mount& mount : mounts) {
    host::filesystem(mount, sizes.at(path_of(*machine, mount)), out);
  }
  take("filesystem", {{}, out.text(), loop::stopwatch() - started});
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
  last_breadth = breadth;
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
