// A range query's answer, read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/answer_cache.hpp"
#include "tocsin/base/result.hpp"

namespace tocsin::app {

struct MatrixAnswer {
  std::vector<storage::CachedSeries> series;  ///< in chunks: a series may stand here several times
  std::vector<std::string> warnings;          ///< the server's own
};

/// Of an answer with status "success". `corrupt` where it is none, or only half of one.
[[nodiscard]] Result<MatrixAnswer> read_matrix(std::string_view body);
/// What the server says in an answer with status "error", or "".
[[nodiscard]] std::string api_error(std::string_view body);

}  // namespace tocsin::app
