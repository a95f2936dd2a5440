// Who stands in for a receiver that does not say yes.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tocsin/base/ids.hpp"

namespace tocsin::outbox {

/// Of one ring: the receiver that it is for stands first, outside of `receivers`.
struct Chain {
  IncidentId incident;
  std::vector<std::string> receivers;  ///< in the order in which they are tried
  std::vector<DeliveryId> stand_ins;   ///< made so far
  std::set<std::string> refused;       ///< said never
  bool yes = false;                    ///< somebody said yes
  bool quiet = false;                  ///< somebody has it in hand: it wakes nobody any more
};

}  // namespace tocsin::outbox
