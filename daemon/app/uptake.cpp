#include "app/uptake.hpp"

namespace tocsin::app {

bool Uptake::moves_on(const std::vector<std::optional<BootTime>>& due, BootTime now) {
  bool stands_still = false;
  overdue_.resize(due.size());
  for (std::size_t i = 0; i < due.size(); ++i) {
    const bool overdue = due[i] && now - *due[i] >= kOverdue;
    if (overdue && overdue_[i] == due[i]) stands_still = true;
    overdue_[i] = overdue ? due[i] : std::nullopt;
  }
  return !stands_still;
}

}  // namespace tocsin::app
