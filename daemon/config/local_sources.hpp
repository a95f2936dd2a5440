// What this host tells of itself beside its own figures: jobs, units, files, processes.
#pragma once

#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

class Fields;

[[nodiscard]] Source read_job(const Found& found, const std::string& host, Report& report);
[[nodiscard]] Source read_systemd(const Fields& fields, const std::string& host, Report& report);
[[nodiscard]] Source read_files(const Found& found, const std::string& host, Report& report);
[[nodiscard]] Source read_process(const Found& found, const std::string& host, Report& report);

}  // namespace tocsin::config
