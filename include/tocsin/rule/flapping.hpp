// Flapping: more transitions into and out of firing than a window allows. While it lasts the alert
// counts as unresolved; it ends after a stretch without any.
#pragma once

#include "tocsin/base/time.hpp"
#include "tocsin/model/alert.hpp"

namespace tocsin::rule {

struct FlapTuning {
  std::uint32_t transitions = 6;  ///< more than this many
  Duration window = std::chrono::minutes(30);
  Duration steady = std::chrono::minutes(15);
};

/// Notes a transition; true where the alert begins to flap with it.
bool note_transition(Alert& alert, Stamp at, const FlapTuning& tuning);
/// When a flapping alert counts as steady, if nothing more happens.
[[nodiscard]] BootTime steady_at(const Alert& alert, const FlapTuning& tuning);
/// No transition of the alert counts any more: it may be forgotten where it is inactive.
[[nodiscard]] bool at_rest(const Alert& alert, BootTime now, const FlapTuning& tuning);

}  // namespace tocsin::rule
