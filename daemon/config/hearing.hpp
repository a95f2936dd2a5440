// Whether somebody hears of every alert that the rules can raise.
#pragma once

#include <vector>

#include "report.hpp"
#include "rules.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

struct HearingInput {
  const Survey& survey;
  const std::vector<ReadRule>& rules;
  const std::vector<incident::Policy>& policies;
  const std::vector<ReceiverDefinition>& receivers;
  bool console_only = false;
};

/// With `console_only` the console is somebody; otherwise it is nobody.
void check_hearing(const HearingInput& input, Report& report);

}  // namespace tocsin::config
