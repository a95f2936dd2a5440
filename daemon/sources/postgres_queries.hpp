// What a PostgreSQL server is asked, and its answers as metrics. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sources/exposition.hpp"
#include "sources/postgres_client.hpp"
#include "tocsin/config/config.hpp"

namespace tocsin::sources {

struct PostgresQuery {
  std::string name;  ///< for people and as a label
  std::string sql;
  std::vector<std::string> parameters;
  /// Adds the rows; what is wrong with them is its answer, "" where nothing is.
  std::function<std::string(const PostgresRows&, Exposition&)> add;
};

/// The server's own statistics, then the operator's queries.
[[nodiscard]] std::vector<PostgresQuery> postgres_queries(const config::PostgresSource& definition);
/// The rows of an operator's query as its metric.
[[nodiscard]] std::string add_operator_rows(const config::PostgresQueryDefinition& query,
                                            const PostgresRows& rows, Exposition& out);

}  // namespace tocsin::sources
