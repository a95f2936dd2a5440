// Reads the whole host and tells it as exposition text, under node_exporter's names. Each
// collector's trouble is its own: it is told in node_scrape_collector_success, and the others'
// samples are there. What may block (statfs, drivers behind sysfs) runs on the worker pool, each
// call with a deadline. Loop thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sources/host/options.hpp"
#include "sources/mount_asker.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"

namespace tocsin::config {
struct HostSource;
}
namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

class HostCollector {
 public:
  /// `deadline` is for each call on the pool, and so, nearly, for a whole collection. One collector
  /// for a root at a time: the pool's keys are paths. What workers read and no rule does is read
  /// anew after `again_after`.
  HostCollector(host::Options options, loop::WorkerPool& workers, Duration deadline,
                AskFilesystem ask = host::ask_filesystem,
                Duration again_after = std::chrono::minutes(5));
  /// Fails where an exclusion is no regular expression.
  [[nodiscard]] static Result<std::unique_ptr<HostCollector>> make(
      const config::HostSource& definition, loop::WorkerPool& workers, Duration deadline);
  /// No `done` is called any more.
  ~HostCollector();
  HostCollector(const HostCollector&) = delete;
  HostCollector& operator=(const HostCollector&) = delete;

  enum class Breadth {
    everything,
    /// What no rule reads may be some minutes old where it changes rarely, and is left out where
    /// it is costly.
    needed,
  };
  /// The metric names that rules read; "" stands for any.
  void rules_read(const std::vector<std::string>& names);

  using Done = std::function<void(std::string exposition)>;
  /// Gives what was collected no longer than `max_age` ago, or else collects afresh, or joins the
  /// collection under way. `done` is called once, on the loop, possibly from within.
  void collect(Duration max_age, Breadth breadth, Done done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tocsin::sources
