// The jobs that report in, and the file that remembers them: a restart or a reboot neither calls
// one late that is not, nor forgives one that is. Loop thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sources/job_state.hpp"
#include "sources/source.hpp"

namespace tocsin::loop {
class WorkerPool;
}

namespace tocsin::sources {

class Jobs {
 public:
  /// Reads `file`; what cannot be read is named in the log, and every job is new. `workers` must
  /// outlive it.
  Jobs(boost::asio::any_io_executor loop, loop::WorkerPool& workers, std::string file,
       std::string boot_id);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// While a target of that name lives, its beats are taken. A later one takes the name over.
  void add(const std::string& name, const config::JobSource& job, const void* target);
  /// Only where the name is still that target's.
  void remove(const std::string& name, const void* target);
  [[nodiscard]] const config::JobSource* find(const std::string& name) const;
  [[nodiscard]] const JobState& state(const std::string& name) const;

  /// Takes what a known job says. `done(recorded)` is called once, on the loop: once it is in the
  /// file, or could not be written within two seconds.
  void beat(const std::string& name, const Beat& beat, std::function<void(bool)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// A job as a target: what its beats say now. `jobs` must outlive it.
[[nodiscard]] std::unique_ptr<Source> make_job_source(const std::string& name,
                                                      const config::JobSource& definition,
                                                      Jobs& jobs);

}  // namespace tocsin::sources
