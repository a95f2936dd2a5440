#include "sources.hpp"

#include <algorithm>

#include "fields.hpp"
#include "url.hpp"

namespace tocsin::config {
namespace {

/// What all kinds share. The configuration's labels stand above job and instance.
Target read_target(const Fields& fields, std::string name, Labels labels, Report& report) {
  Target target;
  target.name = std::move(name);
  target.every = fields.duration("every");
  target.timeout = read_timeout(fields, target.every, "a scrape", report);
  for (const Label& label : fields.labels("labels")) labels.set(label.name, label.value);
  target.labels = std::move(labels);
  return target;
}

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
  kind.http.username = fields.text("username");
  kind.http.password = fields.secret("password");
  kind.http.bearer = fields.secret("bearer");
  kind.http.ca_file = fields.text("ca_file");
  kind.http.proxy = fields.text("proxy");
  kind.max_body_bytes = fields.size("max_body");
  check_authentication(fields, report);
  if (url && !url->tls && (fields.has("password") || fields.has("bearer")) &&
      url->host != "127.0.0.1" && url->host != "[::1]" && url->host != "localhost") {
    report.warning(fields.place("url"), "a secret is sent to this URL without encryption",
                   "use https://");
  }
  source.kind = std::move(kind);
  return source;
}

}  // namespace

std::vector<Source> read_sources(const Survey& survey, const std::string& host, Report& report) {
  std::vector<Source> sources;
  if (const Fields fields("source.host", survey); fields.flag("enabled")) {
    sources.push_back(read_host(fields, host, report));
  }
  for (const Found* found : survey.of("source.prometheus.*")) {
    sources.push_back(read_prometheus(*found, report));
  }
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
