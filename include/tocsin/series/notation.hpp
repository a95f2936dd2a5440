// Values of a series over time as people write them down, in PromQL's own notation:
//
//     3       one value            1+2x3   1 3 5 7: a start, a step, how many more
//     _       none                 5-1x2   5 4 3
//     stale   the series ends      4x2     4 4 4
//                                  _x3     none three times
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace tocsin::series {

struct NotedValues {
  /// By number, from 0; those left out with `_` are not here. The end of a series is the stale
  /// marker.
  std::vector<std::pair<std::size_t, double>> values;
  std::size_t length = 0;  ///< with those left out
};

/// Where a notation is wrong: `length` bytes from `offset`.
struct NotationFault {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string text;
  std::string hint;  ///< "" or what to do
};

[[nodiscard]] tl::expected<NotedValues, NotationFault> read_values(std::string_view text);

/// Where the values begin in `name{label="value"} 1 2 3`: behind the series and the blanks after
/// it.
[[nodiscard]] std::size_t end_of_series(std::string_view line);

}  // namespace tocsin::series
