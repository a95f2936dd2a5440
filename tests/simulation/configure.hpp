// A plan in the engine's own words.
#pragma once

#include "plan.hpp"
#include "tocsin/config/engine_config.hpp"

namespace tocsin::simulation {

[[nodiscard]] config::EngineConfig engine_config(const Plan& plan);

}  // namespace tocsin::simulation
