// The {{fields}} of a rule's texts.
#pragma once

#include "report.hpp"
#include "tocsin/config/ir.hpp"

namespace tocsin::config {

void check_template(const Value& value, Report& report);

}  // namespace tocsin::config
