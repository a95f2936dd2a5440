// A target's script: series with their values, and when it does not answer.
#pragma once

#include <vector>

#include "config/report.hpp"
#include "tocsin/ruletest/suite.hpp"

namespace tocsin::ruletest {

/// Of a text with one series a line.
[[nodiscard]] std::vector<ScriptedSeries> read_series(const config::Value& text,
                                                      config::Report& report);
/// Of a list of "5m..8m", or one alone.
[[nodiscard]] std::vector<Outage> read_outages(const config::Value& value, config::Report& report);

}  // namespace tocsin::ruletest
