// Whether the daemon's work moves on, for the dead man's switch: samples come in, rules are
// evaluated, notices are recorded and taken. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/engine/status.hpp"

namespace tocsin::app {

class Progress {
 public:
  explicit Progress(BootTime started) : started_(started) {}

  /// What stands still, each in a line of words; none where all moves on. To be asked again and
  /// again: how long a receiver has taken nothing is known from the looks before.
  /// `undelivered_after`: so long may a notice wait for a receiver's yes.
  [[nodiscard]] std::vector<std::string> look(const engine::Status& status,
                                              Duration undelivered_after, BootTime now);

 private:
  struct Waiting {
    BootTime since;
    std::optional<Stamp> last_yes;
  };
  [[nodiscard]] BootTime began(const engine::TargetStatus& target, BootTime now);
  void collection(const engine::Status& status, BootTime now, std::vector<std::string>& out);
  void evaluation(const engine::Status& status, BootTime now, std::vector<std::string>& out) const;
  void delivery(const engine::Status& status, Duration undelivered_after, BootTime now,
                std::vector<std::string>& out);

  BootTime started_;
  std::map<std::string, BootTime> targets_;   ///< since when each is known
  std::map<std::string, Waiting> receivers_;  ///< those that something waits for
};

}  // namespace tocsin::app
