// Expectations against what came of a run.
#pragma once

#include <vector>

#include "tocsin/engine/virtual_run.hpp"
#include "tocsin/ruletest/run.hpp"

namespace tocsin::ruletest {

/// A failure, and what of the run's history explains it.
struct Finding {
  Failure failure;
  Duration at{};
  std::string rule;  ///< "" : all that happened counts
};

/// Now, with all that has happened at this moment.
void check_alert(engine::VirtualRun& run, const ExpectedAlert& expected,
                 std::vector<Finding>& findings);
/// At the end of the run.
void check_notices(const engine::VirtualRun& run, const Test& test, std::vector<Finding>& findings);

/// To whom a notice went and what it says, as one line.
[[nodiscard]] std::string line_of(const Delivery& delivery);

}  // namespace tocsin::ruletest
