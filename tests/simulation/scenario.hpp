// The plan that a seed draws, and how a reload changes it.
#pragma once

#include "faults.hpp"
#include "plan.hpp"
#include "tocsin/base/random.hpp"

namespace tocsin::simulation {

/// At least three targets, eight rules of different kinds, two policies, five receivers.
[[nodiscard]] Plan draw_plan(Random& random, const Swarm& swarm);
/// A plan that differs from `now` as this kind of reload says; `base` is what rules and receivers
/// that had gone come back from.
[[nodiscard]] Plan changed_plan(const Plan& now, const Plan& base, Fault reload, Random& random);

}  // namespace tocsin::simulation
