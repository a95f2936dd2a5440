// What a Prometheus server has answered, kept in a file: a long question that broke off goes on
// where it was.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "tocsin/base/result.hpp"
#include "tocsin/series/history.hpp"

namespace tocsin::storage {

/// A chunk of a series; where it has several they stand one after the other.
struct CachedSeries {
  Labels labels;
  series::Chunk chunk;
};

class AnswerCache {
 public:
  /// Makes the file, and what folders lead to it.
  [[nodiscard]] static Result<AnswerCache> open(const std::string& path);
  /// Nothing where it was never asked.
  [[nodiscard]] Result<std::optional<std::vector<CachedSeries>>> find(const std::string& question);
  [[nodiscard]] Result<void> keep(const std::string& question,
                                  const std::vector<CachedSeries>& answer);

 private:
  explicit AnswerCache(Database database) : database_(std::move(database)) {}
  Database database_;
};

}  // namespace tocsin::storage
