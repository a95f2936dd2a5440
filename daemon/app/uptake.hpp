// Whether what falls due is taken up, for systemd's watchdog. Pure.
#pragma once

#include <optional>
#include <vector>

#include "tocsin/base/time.hpp"

namespace tocsin::app {

class Uptake {
 public:
  /// Overdue for so long, a thing is not only late.
  static constexpr Duration kOverdue = std::chrono::seconds(10);

  /// `due`: for each kind of work, always in the same order, when the earliest that has not been
  /// begun fell or falls due. False where one of them was overdue at the look before and has not
  /// been begun since: a single look cannot tell work that is forgotten from a machine that was
  /// suspended a moment ago, and work that is slow moves on from look to look.
  [[nodiscard]] bool moves_on(const std::vector<std::optional<BootTime>>& due, BootTime now);

 private:
  std::vector<std::optional<BootTime>> overdue_;  ///< at the look before
};

}  // namespace tocsin::app
