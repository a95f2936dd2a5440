#include "feeds.hpp"

#include <algorithm>
#include <variant>

namespace tocsin::config {

bool about_target(std::string_view name) {
  return name.empty() || name == "up" || name.starts_with("scrape_");
}

std::string_view prefix_of(const Source& source) {
  if (std::holds_alternative<RedisSource>(source.kind)) return "redis_";
  if (std::holds_alternative<PingSource>(source.kind)) return "ping_";
  if (std::holds_alternative<TcpSource>(source.kind)) return "tcp_";
  if (std::holds_alternative<DnsSource>(source.kind)) return "dns_";
  if (std::holds_alternative<UplinkSource>(source.kind)) return "uplink_";
  if (std::holds_alternative<JobSource>(source.kind)) return "job_";
  if (std::holds_alternative<FilesSource>(source.kind)) return "files_";
  if (std::holds_alternative<ProcessSource>(source.kind)) return "processes_";
  return "";
}

Feeds by_name(const Source& source, std::string_view name) {
  if (about_target(name)) return Feeds::perhaps;
  if (std::holds_alternative<HostSource>(source.kind)) {
    return name.starts_with("node_") && !name.starts_with("node_systemd_") ? Feeds::surely
                                                                           : Feeds::no;
  }
  if (std::holds_alternative<SystemdSource>(source.kind)) {
    return name.starts_with("node_systemd_") || name.starts_with("systemd_") ? Feeds::surely
                                                                             : Feeds::no;
  }
  if (std::holds_alternative<SelfSource>(source.kind)) {
    if (name.starts_with("tocsin_")) return Feeds::surely;
    return name.starts_with("process_") ? Feeds::perhaps : Feeds::no;
  }
  if (const auto* postgres = std::get_if<PostgresSource>(&source.kind)) {
    const auto is = [&](const PostgresQueryDefinition& query) { return query.metric == name; };
    const bool own = std::any_of(postgres->queries.begin(), postgres->queries.end(), is);
    return own || name.starts_with("pg_") ? Feeds::surely : Feeds::no;
  }
  if (const std::string_view prefix = prefix_of(source); !prefix.empty()) {
    return name.starts_with(prefix) ? Feeds::surely : Feeds::no;
  }
  if (const auto* probe = std::get_if<HttpSource>(&source.kind)) {
    const bool gauge = std::any_of(probe->gauges.begin(), probe->gauges.end(),
                                   [&](const JsonGauge& each) { return each.metric == name; });
    return gauge || name.starts_with("probe_") ? Feeds::surely : Feeds::no;
  }
  return Feeds::perhaps;
}

Feeds feeds(const Source& source, const series::Selector& selector) {
  const Feeds named = by_name(source, selector.name);
  if (named == Feeds::no || source.target.honor_labels) return named;
  for (const Matcher& matcher : selector.matchers) {
    const std::string_view value = source.target.labels.get(matcher.label());
    if (!value.empty() && !matcher.matches(value)) return Feeds::no;
  }
  return named;
}

}  // namespace tocsin::config
