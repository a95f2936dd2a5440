// Whether somebody hears of every alert that the rules can raise.
#pragma once

#include <map>
#include <string>
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
  std::map<std::string, std::string, std::less<>> host;  ///< labels that every alert has
  bool console_only = false;
};

/// With `console_only` the console is somebody; otherwise it is nobody.
void check_hearing(const HearingInput& input, Report& report);

}  // namespace tocsin::config
