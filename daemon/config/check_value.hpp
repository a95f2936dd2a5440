// One value against its row of the key table: type, bounds, form.
#pragma once

#include "report.hpp"
#include "tocsin/config/ir.hpp"
#include "tocsin/config/keys.hpp"

namespace tocsin::config {

void check_value(const Key& key, const Value& value, Report& report);

}  // namespace tocsin::config
