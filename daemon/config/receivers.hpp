// [receiver.*]: where notices go.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

inline constexpr std::string_view kConsole = "console";

/// As the configuration writes it.
[[nodiscard]] std::string_view to_string(MailSecurity security);
[[nodiscard]] ReceiverDefinition read_receiver(const Found& found, Report& report);
/// All that are configured, and the console where none of that name is. References are checked.
[[nodiscard]] std::vector<ReceiverDefinition> read_receivers(const Survey& survey, Report& report);

}  // namespace tocsin::config
