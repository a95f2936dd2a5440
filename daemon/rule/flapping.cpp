#include "tocsin/rule/flapping.hpp"

#include <algorithm>

namespace tocsin::rule {

bool note_transition(Alert& alert, Stamp at, const FlapTuning& tuning) {
  auto& seen = alert.transitions;
  seen.push_back(at);
  const auto old = [&](const Stamp& stamp) { return at.boot - stamp.boot >= tuning.window; };
  seen.erase(std::remove_if(seen.begin(), seen.end(), old), seen.end());
  // The newest are enough to tell: the list stays short however fast it flaps.
  const std::size_t most = tuning.transitions + 1U;
  if (seen.size() > most) seen.erase(seen.begin(), seen.end() - static_cast<std::ptrdiff_t>(most));
  if (alert.flapping || seen.size() <= tuning.transitions) return false;
  alert.flapping = true;
  return true;
}

BootTime steady_at(const Alert& alert, const FlapTuning& tuning) {
  return (alert.transitions.empty() ? alert.since.boot : alert.transitions.back().boot) +
         tuning.steady;
}

bool at_rest(const Alert& alert, BootTime now, const FlapTuning& tuning) {
  return !alert.flapping &&
         (alert.transitions.empty() || now - alert.transitions.back().boot >= tuning.window);
}

}  // namespace tocsin::rule
