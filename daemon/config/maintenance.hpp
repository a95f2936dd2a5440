// Maintenance windows of a configuration.
#pragma once

#include <vector>

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/incident/maintenance.hpp"

namespace tocsin::config {

[[nodiscard]] std::vector<incident::MaintenanceWindow> read_maintenance(const Survey& survey,
                                                                        Report& report);
/// Warns of those that name a rule that there is not. `windows` are what was read of the survey.
void check_maintenance(const Survey& survey,
                       const std::vector<incident::MaintenanceWindow>& windows,
                       const std::vector<std::string>& rules, Report& report);

}  // namespace tocsin::config
