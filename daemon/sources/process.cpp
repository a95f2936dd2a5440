#include "sources/process.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "loop/clock.hpp"
#include "loop/worker_pool.hpp"
#include "sources/exposition.hpp"
#include "sources/processes.hpp"

namespace tocsin::sources {
namespace {

using ProcessKey = std::pair<int, std::uint64_t>;

class ProcessTarget final : public Source {
 public:
  ProcessTarget(std::string name, const config::ProcessSource& definition, Duration timeout,
                loop::WorkerPool& workers)
      : name_(std::move(name)), definition_(definition), timeout_(timeout), workers_(workers) {}

  void scrape(TargetId target, BootTime tick, std::function<void(Scrape)> done) override {
    cancel();
    under_way_ = std::make_shared<bool>(true);
    Scrape scrape;
    scrape.target = target;
    scrape.tick = tick;
    const std::function<Result<ProcessesSeen>()> look = [wanted = definition_] {
      return find_processes(wanted);
    };
    workers_.submit<Result<ProcessesSeen>>(
        name_, look, timeout_,
        [this, still = std::weak_ptr<bool>(under_way_), scrape, started = loop::now().boot,
         tell = std::move(done)](loop::JobEnd, std::optional<Result<ProcessesSeen>> found) mutable {
          if (still.expired()) return;
          under_way_.reset();
          scrape.took = loop::now().boot - started;
          if (!found) {
            scrape.outcome = ScrapeOutcome::timed_out;
            scrape.detail = definition_.procfs + " does not answer";
          } else if (!*found) {
            scrape.outcome = ScrapeOutcome::unavailable;
            scrape.detail = (*found).error().text;
          } else {
            scrape.body = render(**found);
          }
          tell(std::move(scrape));
        });
  }
  void cancel() override { under_way_.reset(); }

 private:
  /// A sum over those that are there would fall when one ends; what it used stays counted.
  void count_cpu(const std::vector<ProcessSeen>& processes) {
    std::map<ProcessKey, double> now;
    for (const ProcessSeen& each : processes) {
      const ProcessKey key{each.pid, each.start_ticks};
      const auto before = cpu_.find(key);
      cpu_seconds_ += std::max(0.0, each.cpu_seconds - (before == cpu_.end() ? 0 : before->second));
      now[key] = each.cpu_seconds;
    }
    cpu_ = std::move(now);
  }

  std::string render(const ProcessesSeen& seen) {
    count_cpu(seen.processes);
    double count = 0;
    double zombies = 0;
    double threads = 0;
    double resident = 0;
    double files = 0;
    double fullest = 0;
    bool counted = !seen.processes.empty();
    bool limited = false;
    std::uint64_t oldest = ~std::uint64_t{0};
    std::uint64_t newest = 0;
    for (const ProcessSeen& each : seen.processes) {
      (each.zombie ? zombies : count) += 1;
      if (each.zombie) continue;
      threads += static_cast<double>(each.threads);
      resident += static_cast<double>(each.resident_bytes);
      oldest = std::min(oldest, each.start_ticks);
      newest = std::max(newest, each.start_ticks);
      counted = counted && each.open_files.has_value();
      if (!each.open_files) continue;
      const auto open = static_cast<double>(*each.open_files);
      files += open;
      if (each.open_files_most && *each.open_files_most > 0) {
        limited = true;
        fullest = std::max(fullest, open / static_cast<double>(*each.open_files_most));
      }
    }
    Exposition out;
    out.gauge("processes_count", "How many run.").add(count);
    out.gauge("processes_missing", "How many fewer than at_least run.")
        .add(std::max(0.0, static_cast<double>(definition_.at_least) - count));
    out.gauge("processes_zombies", "How many have ended and are not yet waited for.").add(zombies);
    out.counter("processes_cpu_seconds_total", "Processor time, of those that have ended too.")
        .add(cpu_seconds_);
    if (count == 0) return out.text();
    out.gauge("processes_threads", "Their threads.").add(threads);
    out.gauge("processes_resident_bytes", "Memory that they hold; what they share counts for each.")
        .add(resident);
    if (counted) {
      out.gauge("processes_open_files", "Their descriptors.").add(files);
      if (limited) {
        out.gauge("processes_open_files_ratio",
                  "Descriptors against their limit, of the one that is nearest to it.")
            .add(fullest);
      }
    }
    const auto started = [&](std::uint64_t ticks) {
      return seen.boot_time_seconds + static_cast<double>(ticks) / seen.ticks_a_second;
    };
    out.gauge("processes_oldest_start_time_seconds", "When the oldest started, in Unix seconds.")
        .add(started(oldest));
    out.gauge("processes_newest_start_time_seconds", "When the newest started, in Unix seconds.")
        .add(started(newest));
    return out.text();
  }

  std::string name_;
  config::ProcessSource definition_;
  Duration timeout_;
  loop::WorkerPool& workers_;
  std::shared_ptr<bool> under_way_;
  std::map<ProcessKey, double> cpu_;
  double cpu_seconds_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_process_source(std::string name,
                                            const config::ProcessSource& definition,
                                            Duration timeout, loop::WorkerPool& workers) {
  return std::make_unique<ProcessTarget>(std::move(name), definition, timeout, workers);
}

}  // namespace tocsin::sources
