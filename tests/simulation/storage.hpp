// A simulated storage: steps in order, each applied whole by the identity of its records, late or
// not at all as the weather says; a crash loses what was not written.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "plan.hpp"
#include "tocsin/model/record.hpp"

namespace tocsin::simulation {

class SimStorage {
 public:
  struct Waiting {
    StepNumber step;
    std::vector<Record> records;
    Duration queued{};
    bool failed = false;  ///< said to have failed; it is still written later
  };

  void queue(StepNumber step, std::vector<Record> records, Duration at);
  [[nodiscard]] bool idle() const { return backlog_.empty(); }
  [[nodiscard]] std::size_t backlog() const { return backlog_.size(); }
  /// Steps that were not yet said to have failed; each is told so once.
  [[nodiscard]] std::vector<StepNumber> fail_all();
  /// Writes the oldest.
  StepNumber write_one();
  /// The daemon is gone. `written_unseen`: the commit on its way made it to the disk.
  void crash(Duration at, bool written_unseen);
  void reboot() { lacks_tail_ = true; }
  [[nodiscard]] Records records() const;

 private:
  void apply(Record&& record);

  std::deque<Waiting> backlog_;
  bool lacks_tail_ = false;  ///< until a step is written: a crash before that leaves the doubt
  EngineState engine_;
  std::map<AlertKey, Alert> alerts_;
  std::map<std::uint64_t, Incident> incidents_;
  std::map<std::uint64_t, Delivery> deliveries_;
  std::map<std::uint64_t, Silence> silences_;
  std::map<std::string, RetiredReceiver> retired_;
  std::map<std::string, LearnedBaseline> baselines_;
};

}  // namespace tocsin::simulation
