// The past as a Prometheus server knows it: what rules ask for, step by step, over its HTTP API.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tocsin/backtest/recording.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/base/time.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::app {

struct PastQuery {
  std::string url;                     ///< of the server: http://127.0.0.1:9090
  std::vector<std::string> selectors;  ///< in PromQL
  WallTime from{};
  WallTime to{};
  Duration step{};
  config::HttpOptions http;  ///< how it is spoken to; secrets by reference
  std::string cache;         ///< file in which answers are kept, "" : none
  std::function<void(std::size_t done, std::size_t all)> progress;
};

struct PastAnswer {
  backtest::Recording recording;  ///< times are the calendar's, on multiples of `step`
  std::vector<std::string> remarks;
};

/// Blocks until all is there. One target for each of the server's own that gave a series, with the
/// labels of its `up`, which says when it did not answer. Errors say what the server said, and that
/// the same call goes on where this one ended.
[[nodiscard]] Result<PastAnswer> query_past(const PastQuery& query);

}  // namespace tocsin::app
