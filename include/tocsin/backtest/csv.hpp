// Measurements as a table of comma-separated values (RFC 4180):
//
//     time,node_load1,"http_requests_total{job=""api"",code=""500""}"
//     2026-11-01T00:00:00Z,0.31,17
//     1793491260,0.29,
//
// The first column is `time`: RFC 3339 with its offset, or Unix seconds. A time without an offset
// needs `zone`. Every other column is a series, named as PromQL names it; an empty cell is no
// sample. Or `time,series,value`, one sample a line. Times only grow.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/backtest/recording.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time_zone.hpp"

namespace tocsin::backtest {

struct CsvOptions {
  std::optional<TimeZone> zone;  ///< of times that name none
  Duration every{};              ///< 0: what most lines keep
};

struct CsvTable {
  Recording recording;
  Duration every{};
  std::vector<std::string> remarks;  ///< gaps, lines that share a tick; with their lines
};

/// The error names line, column and what to do. Only one target, `csv`, gives it all.
[[nodiscard]] Result<CsvTable> read_csv(std::string_view text, const CsvOptions& options);

}  // namespace tocsin::backtest
