// [source.redis.*] and [source.postgres.*] as targets.
#pragma once

#include "report.hpp"
#include "survey.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::config {

[[nodiscard]] Source read_redis(const Found& found, Report& report);
/// With the queries that the survey has found within it.
[[nodiscard]] Source read_postgres(const Found& found, const Survey& survey,
                                   const std::string& host, Report& report);

}  // namespace tocsin::config
