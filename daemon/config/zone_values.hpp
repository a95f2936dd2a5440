// Time zones by their names.
#pragma once

#include "report.hpp"
#include "tocsin/base/time_zone.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

/// The zone that the text names, as it was read with the files; UTC where there is none, which is
/// reported.
[[nodiscard]] TimeZone named_zone(const Value& name, Report& report);

}  // namespace tocsin::config
