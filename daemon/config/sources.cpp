#include "sources.hpp"

#include <algorithm>

#include "databases.hpp"
#include "fields.hpp"
#include "local_sources.hpp"
#include "network.hpp"
#include "probe_values.hpp"
#include "url.hpp"

namespace tocsin::config {
namespace {

void read_regex(const Fields& fields, std::string_view name, std::string& out) {
  if (fields.has(name)) out = fields.text(name);
}

Source read_host(const Fields& fields, const std::string& host, Report& report) {
  Source source;
  source.target = read_target(fields, "host", Labels{{"job", "host"}, {"instance", host}}, report);
  HostSource kind;
  kind.procfs = fields.text("procfs");
  kind.sysfs = fields.text("sysfs");
  kind.rootfs = fields.text("rootfs");
  read_regex(fields, "exclude_mount_points", kind.exclude_mount_points);
  read_regex(fields, "exclude_fs_types", kind.exclude_fs_types);
  read_regex(fields, "exclude_disks", kind.exclude_disks);
  read_regex(fields, "exclude_interfaces", kind.exclude_interfaces);
  source.kind = std::move(kind);
  return source;
}

void check_authentication(const Fields& fields, Report& report) {
  if (fields.has("password") && !fields.has("username")) {
    report.error(fields.place("password"), "a password without `username`");
  }
  if (fields.has("bearer") && fields.has("username")) {
    report.error(fields.place("bearer"), "both a bearer token and a user: one of them must go");
  }
}

HttpOptions read_http_options(const Fields& fields, const Result<Url>& url, Report& report) {
  HttpOptions http;
  http.username = fields.text("username");
  http.password = fields.secret("password");
  http.bearer = fields.secret("bearer");
  http.ca_file = fields.text("ca_file");
  http.proxy = fields.text("proxy");
  check_authentication(fields, report);
  if (url && !url->tls && (fields.has("password") || fields.has("bearer")) &&
      url->host != "127.0.0.1" && url->host != "[::1]" && url->host != "localhost") {
    report.warning(fields.place("url"), "a secret is sent to this URL without encryption",
                   "use https://");
  }
  return http;
}

Source read_prometheus(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  PrometheusSource kind;
  kind.url = fields.text("url");
  const Result<Url> url = parse_url(kind.url);
  source.target = read_target(
      fields, "prometheus." + found.name,
      Labels{{"job", found.name}, {"instance", url ? url->instance() : kind.url}}, report);
  source.target.honor_labels = fields.flag("honor_labels");
  kind.http = read_http_options(fields, url, report);
  kind.max_body_bytes = fields.size("max_body");
  source.kind = std::move(kind);
  return source;
}

HttpExpectation read_expectation(const Entry* entry) {
  HttpExpectation expect;
  if (entry == nullptr || entry->value.kind != Kind::table) return expect;
  const Fields fields("source.http.*.expect", {&entry->value}, entry->place);
  if (const Entry* status = fields.find("status")) {
    if (Result<std::vector<std::string>> read = to_statuses(status->value)) expect.statuses = *read;
  }
  expect.contains = fields.text("contains");
  expect.matches = fields.text("matches");
  expect.matches_not = fields.text("matches_not");
  if (const Entry* json = fields.find("json")) {
    expect.json = good_entries<JsonExpectation>(json->value, to_json_expectation);
  }
  expect.within = fields.maybe_duration("within");
  return expect;
}

void check_probe(const Fields& fields, const HttpSource& probe, Report& report) {
  const bool reads_body = !probe.expect.contains.empty() || !probe.expect.matches.empty() ||
                          !probe.expect.json.empty() || !probe.gauges.empty();
  if (probe.method == "HEAD" && reads_body) {
    report.error(fields.place("method"), "an answer to HEAD has no body to look into",
                 "method = \"GET\"");
  }
  if (fields.has("body") && (probe.method == "GET" || probe.method == "HEAD")) {
    report.error(fields.place("body"),
                 fmt::format("a body without a method that sends one: {} does not", probe.method),
                 "method = \"POST\"");
  }
}

Source read_http(const Found& found, Report& report) {
  const Fields fields(found.section->pattern, {found.table}, found.place);
  Source source;
  HttpSource kind;
  kind.url = fields.text("url");
  const Result<Url> url = parse_url(kind.url);
  source.target = read_target(
      fields, "http." + found.name,
      Labels{{"job", found.name}, {"instance", url ? url->instance() : kind.url}}, report);
  kind.method = fields.text("method");
  if (const Entry* headers = fields.find("headers")) {
    kind.headers = good_entries<HttpHeader>(headers->value, to_header);
  }
  kind.body = fields.text("body");
  kind.http = read_http_options(fields, url, report);
  kind.verify = fields.flag("verify");
  kind.follow_redirects = fields.flag("follow_redirects");
  kind.ip_protocol = read_ip_protocol(fields, url ? url->host : "", report);
  kind.max_body_bytes = fields.size("max_body");
  kind.expect = read_expectation(found.table->find("expect"));
  if (const Entry* values = fields.find("values")) {
    kind.gauges = good_entries<JsonGauge>(values->value, to_json_gauge);
  }
  check_probe(fields, kind, report);
  if (kind.expect.within && *kind.expect.within > source.target.timeout) {
    report.error(found.table->find("expect")->value.find("within")->value.place,
                 "`within` is longer than `timeout`: it could never be missed",
                 "a request is given up after `timeout`");
  }
  source.kind = std::move(kind);
  return source;
}

}  // namespace

Target read_target(const Fields& fields, std::string name, Labels labels, Report& report) {
  Target target;
  target.name = std::move(name);
  target.every = fields.duration("every");
  target.timeout = read_timeout(fields, target.every, "a scrape", report);
  for (const LabelView& label : fields.labels("labels")) labels.set(label.name, label.value);
  target.labels = std::move(labels);
  return target;
}

std::string_view to_string(IpProtocol protocol) {
  if (protocol == IpProtocol::ip4) return "ip4";
  return protocol == IpProtocol::ip6 ? "ip6" : "any";
}

std::vector<Source> read_sources(const Survey& survey, const std::string& host, Report& report) {
  std::vector<Source> sources;
  if (const Fields fields("source.host", survey); fields.flag("enabled")) {
    sources.push_back(read_host(fields, host, report));
  }
  const auto read_each = [&](std::string_view pattern, const auto& read) {
    for (const Found* found : survey.of(pattern)) {
      Source& source = sources.emplace_back(read(*found));
      if (find_key(pattern, "uplink") != nullptr) read_behind(*found, survey, source, report);
    }
  };
  read_each("source.prometheus.*", [&](const Found& it) { return read_prometheus(it, report); });
  read_each("source.http.*", [&](const Found& it) { return read_http(it, report); });
  read_each("source.redis.*", [&](const Found& it) { return read_redis(it, report); });
  read_each("source.postgres.*",
            [&](const Found& it) { return read_postgres(it, survey, host, report); });
  read_each("source.ping.*", [&](const Found& it) { return read_ping(it, report); });
  read_each("source.tcp.*", [&](const Found& it) { return read_tcp(it, report); });
  read_each("source.dns.*", [&](const Found& it) { return read_dns(it, host, report); });
  read_each("source.uplink.*", [&](const Found& it) { return read_uplink(it, host, report); });
  read_each("source.job.*", [&](const Found& it) { return read_job(it, host, report); });
  if (const Fields fields("source.systemd", survey); fields.flag("enabled")) {
    sources.push_back(read_systemd(fields, host, report));
  }
  read_each("source.files.*", [&](const Found& it) { return read_files(it, host, report); });
  read_each("source.process.*", [&](const Found& it) { return read_process(it, host, report); });
  if (const Fields fields("source.tocsin", survey); fields.flag("enabled")) {
    Source source;
    source.target =
        read_target(fields, "tocsin", Labels{{"job", "tocsin"}, {"instance", host}}, report);
    source.kind = SelfSource{};
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace tocsin::config
