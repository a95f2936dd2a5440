#include "faults.hpp"

namespace tocsin::simulation {

std::string_view to_string(Fault fault) {
  static constexpr std::array<std::string_view, kFaults> kNames = {"target down",
                                                                   "target times out",
                                                                   "garbage body",
                                                                   "series gone",
                                                                   "counter reset",
                                                                   "slow answers",
                                                                   "flapping",
                                                                   "many at once",
                                                                   "receiver slow",
                                                                   "receiver busy",
                                                                   "receiver retry-after",
                                                                   "receiver refuses",
                                                                   "answer lost",
                                                                   "notice swallowed",
                                                                   "receiver down for hours",
                                                                   "storage late",
                                                                   "storage fails",
                                                                   "crash",
                                                                   "crash around a send",
                                                                   "reboot",
                                                                   "suspend",
                                                                   "stalled loop",
                                                                   "wall clock step",
                                                                   "wall clock at 1970",
                                                                   "wall clock drift",
                                                                   "reload, same",
                                                                   "reload, threshold",
                                                                   "reload, labels",
                                                                   "reload, severity",
                                                                   "reload, expression",
                                                                   "reload, rule gone",
                                                                   "reload, receiver gone",
                                                                   "reload, policy",
                                                                   "acknowledge",
                                                                   "acknowledge at pager",
                                                                   "unacknowledge",
                                                                   "silence",
                                                                   "end silence",
                                                                   "assess",
                                                                   "change",
                                                                   "wrong command"};
  return kNames[static_cast<std::size_t>(fault)];
}

Swarm::Swarm(Random& random) {
  for (bool& on : on_) on = random.below(2) == 0;
  // One world in eight has fair weather but for people, so that nothing hides behind the faults.
  if (random.one_in(8)) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(Fault::acknowledge); ++i) on_[i] = false;
  }
}

}  // namespace tocsin::simulation
