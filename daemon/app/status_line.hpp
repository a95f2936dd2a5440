// The one line that the service manager shows. Pure.
#pragma once

#include <string>

#include "app/view.hpp"
#include "tocsin/engine/status.hpp"

namespace tocsin::app {

/// What is watched, then what is wrong, the worst first.
[[nodiscard]] std::string status_line(const engine::Status& status, const ConfigState& config);

}  // namespace tocsin::app
