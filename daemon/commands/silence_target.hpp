// What a person wants silenced, as matchers: a rule by its name, an incident by its number, or
// matchers as they stand.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "tocsin/base/result.hpp"

namespace tocsin::commands {

/// "DiskSpaceLow": a name alone, no matchers.
[[nodiscard]] bool rule_meant(std::string_view word);
[[nodiscard]] std::string matchers_of_rule(std::string_view rule);
/// Its rules, and the labels that all its alerts share: `{alertname="High",instance="web-1"}`. Of
/// an incident as the daemon shows it.
[[nodiscard]] Result<std::string> matchers_of_incident(const boost::json::value& incident);

}  // namespace tocsin::commands
