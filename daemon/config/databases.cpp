#include "databases.hpp"

#include <algorithm>

#include "fields.hpp"
#include "probe_values.hpp"
#include "sources.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kSocketPathMost = 107;  // what the kernel takes

/// The value of a keyword in "host=… port=…"; quotes and escapes are not looked through.
std::string keyword_value(std::string_view dsn, std::string_view keyword) {
  for (std::size_t at = dsn.find(keyword); at != std::string_view::npos;
       at = dsn.find(keyword, at + 1)) {
    const std::size_t equals = at + keyword.size();
    if ((at > 0 && dsn[at - 1] != ' ') || equals >= dsn.size() || dsn[equals] != '=') continue;
    const std::string_view rest = dsn.substr(equals + 1);
    return std::string(rest.substr(0, rest.find(' ')));
  }
  return "";
}

/// The instance of a connection string that stands in the clear.
std::string instance_of(std::string_view dsn, const std::string& host) {
  std::string name = keyword_value(dsn, "host");
  std::string port = keyword_value(dsn, "port");
  if (const std::size_t scheme = dsn.find("://"); scheme != std::string_view::npos) {
    std::string_view authority = dsn.substr(scheme + 3);
    authority = authority.substr(0, authority.find_first_of("/?"));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
      authority.remove_prefix(at + 1);
    }
    const std::size_t colon = authority.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
    name = std::string(authority.substr(0, has_port ? colon : authority.size()));
    port = has_port ? std::string(authority.substr(colon + 1)) : "";
  }
  if (name.empty() || name.front() == '/') name = host;
  return name + ":" + (port.empty() ? "5432" : port);
}

PostgresQueryDefinition read_query(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  PostgresQueryDefinition query;
  query.metric = found.name;
  query.sql = fields.text("sql");
  query.counter = fields.text("type") == "counter";
  query.labels = fields.texts("labels");
  query.value = fields.text("value");
  query.help = fields.text("help");
  if (!is_metric_name(query.metric)) {
    report.error(found.place, fmt::format("`{}` is no metric's name: letters, digits, _ and : only",
                                          query.metric));
  } else if (query.metric.starts_with("pg_") || query.metric == "up" ||
             query.metric.starts_with("scrape_")) {
    report.error(found.place,
                 fmt::format("`{}` is a name that the source itself gives", query.metric));
  }
  for (const std::string& label : query.labels) {
    if (!is_label_name(label) || label.starts_with("__")) {
      report.error(fields.place("labels"),
                   fmt::format("`{}` is no label name: letters, digits and _ only", label),
                   "name the column in the statement: select … as name");
    }
  }
  if (!query.value.empty() &&
      std::find(query.labels.begin(), query.labels.end(), query.value) != query.labels.end()) {
    report.error(fields.place("value"),
                 fmt::format("`{}` is a label and cannot be the value", query.value));
  }
  return query;
}

}  // namespace

Source read_redis(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  RedisSource kind;
  kind.socket = fields.text("socket");
  if (kind.socket.empty()) kind.address = fields.text("address");
  if (!kind.socket.empty() && fields.has("address")) {
    report.error(fields.place("address"), "both an address and a socket: one of them must go");
  }
  if (kind.socket.size() > kSocketPathMost) {
    report.error(fields.place("socket"),
                 fmt::format("a socket's path is at most {} bytes long", kSocketPathMost));
  }
  if (kind.socket.empty() && kind.address.empty()) {
    report.error(fields.place("address"), "`address` is empty");
  }
  kind.username = fields.text("username");
  kind.password = fields.secret("password");
  kind.tls = fields.flag("tls");
  kind.verify = fields.flag("verify");
  kind.ca_file = fields.text("ca_file");
  if (fields.has("username") && !fields.has("password")) {
    report.error(fields.place("username"), "a user without `password`");
  }
  if (kind.tls && !kind.socket.empty()) {
    report.error(fields.place("tls"), "TLS over a unix socket: one of them must go");
  }
  for (const char* name : {"ca_file", "verify"}) {
    if (!kind.tls && fields.has(name)) {
      report.error(fields.place(name), fmt::format("`{}` without `tls = true`", name));
    }
  }
  const std::string& instance = kind.socket.empty() ? kind.address : kind.socket;
  source.target = read_target(fields, "redis." + found.name,
                              Labels{{"job", found.name}, {"instance", instance}}, report);
  source.kind = std::move(kind);
  return source;
}

Source read_postgres(const Found& found, const Survey& survey, const std::string& host,
                     Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  PostgresSource kind;
  kind.dsn = fields.secret("dsn");
  kind.password = fields.secret("password");
  kind.statement_timeout = fields.duration("statement_timeout");
  kind.pool_size = fields.count("pool_size");
  kind.pool_user = fields.text("pool_user");
  kind.slow_after = fields.duration("slow_after");
  const std::string& dsn = kind.dsn.reference;
  const std::string instance =
      dsn.starts_with("value:") ? instance_of(std::string_view(dsn).substr(6), host) : host;
  source.target = read_target(fields, "postgres." + found.name,
                              Labels{{"job", found.name}, {"instance", instance}}, report);
  for (const Found* query : survey.of("source.postgres.*.query.*")) {
    if (query->within == found.name) kind.queries.push_back(read_query(*query, report));
  }
  if (fields.has("pool_user") && !fields.has("pool_size")) {
    report.error(fields.place("pool_user"), "a pool's user without `pool_size`");
  }
  source.kind = std::move(kind);
  return source;
}

}  // namespace tocsin::config
