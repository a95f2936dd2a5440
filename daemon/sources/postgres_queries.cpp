#include "sources/postgres_queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"

namespace tocsin::sources {
namespace {

/// A column that becomes a metric of its own.
struct PostgresColumn {
  std::string_view column;
  std::string_view metric;
  MetricType type = MetricType::gauge;
  std::string_view help;
};

using Row = std::vector<std::optional<std::string>>;

std::optional<double> number_at(const Row& row, std::size_t at) {
  if (!row[at]) return std::nullopt;
  if (*row[at] == "t") return 1;
  if (*row[at] == "f") return 0;
  const Result<double> number = parse_number(*row[at]);
  return number ? std::optional(*number) : std::nullopt;
}

/// Each row's labels and numbers; a null is no sample.
std::string add_columns(const PostgresRows& rows, const std::vector<std::string_view>& label_names,
                        const std::vector<PostgresColumn>& columns, Exposition& out) {
  for (const Row& row : rows.rows) {
    std::vector<LabelView> labels;
    for (const std::string_view name : label_names) {
      const auto at = rows.column(name);
      if (at && row[*at]) labels.push_back({name, *row[*at]});
    }
    for (const PostgresColumn& column : columns) {
      const auto at = rows.column(column.column);
      if (!at) return fmt::format("the answer has no column {}", column.column);
      if (const auto number = number_at(row, *at))
        out.family(column.metric, column.type, column.help).add(labels, *number);
    }
  }
  return "";
}

PostgresQuery columns_query(std::string name, std::string sql, std::vector<std::string> parameters,
                            std::vector<std::string_view> labels,
                            std::vector<PostgresColumn> columns) {
  return {std::move(name), std::move(sql), std::move(parameters),
          [labels = std::move(labels), columns = std::move(columns)](const PostgresRows& rows,
                                                                     Exposition& out) {
            return add_columns(rows, labels, columns, out);
          }};
}

PostgresQuery server_query(const config::PostgresSource& definition) {
  // Of a replica that has replayed all that it has received, the lag is none, however old that is.
  return columns_query(
      "server",
      "select current_setting('max_connections')::int as max_connections,"
      " current_setting('superuser_reserved_connections')::int as reserved,"
      " extract(epoch from pg_postmaster_start_time())::float8 as started,"
      " pg_is_in_recovery()::int as is_replica,"
      " case when not pg_is_in_recovery() or"
      " pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0 else"
      " greatest(0, extract(epoch from clock_timestamp() - "
      "pg_last_xact_replay_timestamp()))::float8"
      " end as lag,"
      " case when $1 = '0' then current_setting('max_connections')::int else $1::int end as "
      "pool_size,"
      " (select count(*) from pg_stat_activity where backend_type = 'client backend'"
      " and ($2 = '' or usename = $2)) as pool_connections",
      {std::to_string(definition.pool_size), definition.pool_user}, {},
      {{"max_connections", "pg_settings_max_connections", MetricType::gauge,
        "Connections that the server takes."},
       {"reserved", "pg_settings_superuser_reserved_connections", MetricType::gauge,
        "Of these, kept for superusers."},
       {"started", "pg_postmaster_start_time_seconds", MetricType::gauge,
        "When the server started, in Unix seconds."},
       {"is_replica", "pg_replication_is_replica", MetricType::gauge, "Whether it is a replica."},
       {"lag", "pg_replication_lag_seconds", MetricType::gauge,
        "How far a replica is behind; 0 of a primary."},
       {"pool_size", "pg_pool_size", MetricType::gauge,
        "Connections that there may be: the configured pool's, or the server's."},
       {"pool_connections", "pg_pool_connections", MetricType::gauge,
        "Connections that count against the pool."}});
}

PostgresQuery activity_query(const config::PostgresSource& definition) {
  return columns_query(
      "activity",
      "select datname, coalesce(state, 'unknown') as state, count(*) as connections,"
      " coalesce(max(extract(epoch from clock_timestamp() - xact_start))"
      " filter (where pid <> pg_backend_pid()), 0)::float8 as longest,"
      " count(*) filter (where state = 'active' and pid <> pg_backend_pid()"
      " and clock_timestamp() - query_start > $1::interval) as slow"
      " from pg_stat_activity where backend_type = 'client backend' group by 1, 2",
      {fmt::format("{} milliseconds", definition.slow_after.count())}, {"datname", "state"},
      {{"connections", "pg_stat_activity_count", MetricType::gauge,
        "Connections by database and state."},
       {"longest", "pg_stat_activity_max_tx_duration", MetricType::gauge,
        "The longest transaction under way, in seconds."},
       {"slow", "pg_slow_queries", MetricType::gauge,
        "Queries under way for longer than `slow_after`."}});
}

PostgresQuery databases_query() {
  const auto counter = [](std::string_view column, std::string_view metric, std::string_view help) {
    return PostgresColumn{column, metric, MetricType::counter, help};
  };
  return columns_query(
      "databases",
      "select d.datname, case when has_database_privilege(d.oid, 'connect')"
      " then pg_database_size(d.oid) end as size, s.numbackends, s.xact_commit, s.xact_rollback,"
      " s.blks_read, s.blks_hit, s.tup_returned, s.tup_fetched, s.tup_inserted, s.tup_updated,"
      " s.tup_deleted, s.conflicts, s.temp_files, s.temp_bytes, s.deadlocks"
      " from pg_database d join pg_stat_database s on s.datid = d.oid where d.datallowconn",
      {}, {"datname"},
      {{"size", "pg_database_size_bytes", MetricType::gauge, "Disk space that the database takes."},
       {"numbackends", "pg_stat_database_numbackends", MetricType::gauge, "Connections to it."},
       counter("xact_commit", "pg_stat_database_xact_commit", "Transactions committed."),
       counter("xact_rollback", "pg_stat_database_xact_rollback", "Transactions rolled back."),
       counter("blks_read", "pg_stat_database_blks_read", "Blocks read from disk."),
       counter("blks_hit", "pg_stat_database_blks_hit", "Blocks found in the cache."),
       counter("tup_returned", "pg_stat_database_tup_returned", "Rows returned."),
       counter("tup_fetched", "pg_stat_database_tup_fetched", "Rows fetched."),
       counter("tup_inserted", "pg_stat_database_tup_inserted", "Rows inserted."),
       counter("tup_updated", "pg_stat_database_tup_updated", "Rows updated."),
       counter("tup_deleted", "pg_stat_database_tup_deleted", "Rows deleted."),
       counter("conflicts", "pg_stat_database_conflicts", "Queries cancelled by recovery."),
       counter("temp_files", "pg_stat_database_temp_files", "Temporary files."),
       counter("temp_bytes", "pg_stat_database_temp_bytes", "Bytes in temporary files."),
       counter("deadlocks", "pg_stat_database_deadlocks", "Deadlocks.")});
}

PostgresQuery standbys_query() {
  return columns_query(
      "standbys",
      "select application_name, client_addr::text as client_addr, state,"
      " max(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn()"
      " else pg_current_wal_lsn() end, replay_lsn))::float8 as behind,"
      " extract(epoch from max(replay_lag))::float8 as lag from pg_stat_replication"
      " group by 1, 2, 3",
      {}, {"application_name", "client_addr", "state"},
      {{"behind", "pg_stat_replication_pg_wal_lsn_diff", MetricType::gauge,
        "Bytes that a standby has still to replay."},
       {"lag", "pg_stat_replication_replay_lag_seconds", MetricType::gauge,
        "How long ago what a standby has replayed was written here."}});
}

std::string wrong_value(const std::string& column, const std::optional<std::string>& value) {
  return fmt::format("column {} is no number: {}", column,
                     value ? shortened(printable(valid_utf8(*value)), 60) : "null");
}

/// Rows whose series would be one and the same.
bool has_twins(const PostgresRows& rows, const std::vector<std::size_t>& label_at) {
  std::set<std::vector<std::string>> seen;
  return !std::ranges::all_of(rows.rows, [&](const Row& row) {
    std::vector<std::string> labels;
    for (const std::size_t at : label_at) labels.push_back(row[at].value_or(""));
    return seen.insert(std::move(labels)).second;
  });
}

}  // namespace

std::string add_operator_rows(const config::PostgresQueryDefinition& query,
                              const PostgresRows& rows, Exposition& out) {
  std::vector<std::size_t> label_at;
  for (const std::string& name : query.labels) {
    const auto at = rows.column(name);
    if (!at) return fmt::format("its answer has no column {}", name);
    label_at.push_back(*at);
  }
  std::optional<std::size_t> value_at = rows.column(query.value);
  if (query.value.empty()) {
    for (std::size_t at = 0; at < rows.columns.size(); ++at) {
      if (std::find(label_at.begin(), label_at.end(), at) != label_at.end()) continue;
      if (value_at) return "several columns may be its value: `value` names it";
      value_at = at;
    }
  }
  if (!value_at) {
    return query.value.empty() ? "its answer has no column for the value"
                               : fmt::format("its answer has no column {}", query.value);
  }
  if (has_twins(rows, label_at)) {
    return "several rows have the same labels: `labels` names the columns that tell them apart";
  }
  MetricFamily& family =
      out.family(query.metric, query.counter ? MetricType::counter : MetricType::gauge,
                 query.help.empty() ? "By the operator's own query." : query.help);
  std::string trouble;
  for (const Row& row : rows.rows) {
    std::vector<LabelView> labels;
    for (std::size_t at = 0; at < label_at.size(); ++at) {
      const std::optional<std::string>& value = row[label_at[at]];
      if (value) labels.push_back({query.labels[at], *value});
    }
    const auto number = number_at(row, *value_at);
    if (number) {
      family.add(labels, *number);
    } else if (trouble.empty()) {
      trouble = wrong_value(rows.columns[*value_at], row[*value_at]);
    }
  }
  return trouble;
}

std::vector<PostgresQuery> postgres_queries(const config::PostgresSource& definition) {
  std::vector<PostgresQuery> all{server_query(definition), activity_query(definition),
                                 databases_query(), standbys_query()};
  for (const config::PostgresQueryDefinition& query : definition.queries) {
    all.push_back({query.metric, query.sql, {}, [query](const PostgresRows& rows, Exposition& out) {
                     return add_operator_rows(query, rows, out);
                   }});
  }
  return all;
}

}  // namespace tocsin::sources
