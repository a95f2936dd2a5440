// Every setting of a configuration in words. What is missing here is a change that nobody sees.
#include <fmt/format.h>

#include <variant>

#include "receivers.hpp"
#include "sources.hpp"
#include "tocsin/base/hash.hpp"
#include "tocsin/config/difference.hpp"

namespace tocsin::config {
namespace {

class Says {
 public:
  Says(std::string kind, std::string name) { item_ = {std::move(kind), std::move(name), {}}; }

  Says& add(std::string key, std::string value) {
    if (!value.empty()) item_.says.emplace_back(std::move(key), std::move(value));
    return *this;
  }
  Says& add(std::string key, Duration span) { return add(std::move(key), format_duration(span)); }
  Says& add(std::string key, bool flag) {
    return add(std::move(key), std::string(flag ? "true" : "false"));
  }
  Says& count(std::string key, std::uint64_t number) {
    return add(std::move(key), fmt::format("{}", number));
  }
  Says& add(std::string key, const Labels& labels) {
    return add(std::move(key), labels.empty() ? std::string() : labels.to_string());
  }
  Says& add(std::string key, const std::vector<std::string>& list) {
    return add(std::move(key), fmt::format("{}", fmt::join(list, ", ")));
  }
  /// A reference is no secret. Of a secret in the clear, sixteen bits tell one from another.
  Says& add(std::string key, const Secret& secret) {
    constexpr std::string_view kClear = "value:";
    if (!secret.reference.starts_with(kClear)) return add(std::move(key), secret.reference);
    const std::uint64_t mark = StableHash().add(secret.reference).low64() & 0xFFFFU;
    return add(std::move(key), fmt::format("in the clear (mark {:04x})", mark));
  }
  Says& add(const HttpOptions& http) {
    add("username", http.username).add("password", http.password).add("bearer", http.bearer);
    return add("ca_file", http.ca_file).add("proxy", http.proxy);
  }
  Item take() { return std::move(item_); }

 private:
  Item item_;
};

/// All digits that count: two thresholds that differ never look the same.
std::string exact(double value, Unit unit) {
  switch (unit) {
    case Unit::ratio:
      return fmt::format("{:.12g}%", value * 100);
    case Unit::seconds:
      return fmt::format("{:.12g}s", value);
    case Unit::bytes:
      return fmt::format("{:.12g}B", value);
    case Unit::none:
      break;
  }
  return fmt::format("{:.12g}", value);
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::ratio:
      return "ratio";
    case Unit::seconds:
      return "seconds";
    case Unit::bytes:
      return "bytes";
    case Unit::none:
      break;
  }
  return "none";
}

void add_threshold(const rule::Threshold& threshold, Says& says) {
  std::string levels;
  if (threshold.warning) levels = "warning " + exact(*threshold.warning, threshold.unit);
  if (threshold.critical) {
    levels +=
        (levels.empty() ? "" : ", ") + ("critical " + exact(*threshold.critical, threshold.unit));
  }
  says.add(threshold.direction == rule::Direction::above ? "above" : "below", levels);
  says.add("clear", exact(threshold.clear, threshold.unit));
}

std::string_view word_for(rule::OnMissing what) {
  switch (what) {
    case rule::OnMissing::close_after:
      return "close";
    case rule::OnMissing::keep:
      return "keep";
    case rule::OnMissing::fire:
      return "fire";
    case rule::OnMissing::clear:
      break;
  }
  return "clear";
}

std::string held(const std::variant<rule::HoldFor, rule::BadOf>& hold) {
  if (const auto* span = std::get_if<rule::HoldFor>(&hold)) return format_duration(span->span);
  const auto& often = std::get<rule::BadOf>(hold);
  return fmt::format("{} bad of {}", often.bad, often.of);
}

Item describe(const rule::Rule& rule) {
  Says says("rule", rule.name);
  says.add("expr", std::string(rule.expression.text()));
  if (rule.threshold) add_threshold(*rule.threshold, says);
  if (rule.normal) {
    const auto& tuning = rule.normal->tuning;
    std::string asked = fmt::format("by {}, {} false pages a year", exact(tuning.by, Unit::ratio),
                                    format_number(tuning.false_pages_a_year));
    if (tuning.accept_after) asked += ", accepted after " + format_duration(*tuning.accept_after);
    if (tuning.gauge) asked += ", a gauge";
    if (rule.normal->of) asked += ", of " + std::string(rule.normal->of->text());
    says.add(tuning.side == rule::Side::drop ? "drop" : "rise",
             asked + ", in " + rule.normal->zone.name());
  }
  says.add("unit", std::string(unit_name(rule.unit)));
  says.add("for", held(rule.hold)).add("keep_firing_for", rule.keep_firing_for);
  says.add("on_missing", std::string(word_for(rule.on_missing)));
  says.add("missing_for", rule.missing_for);
  if (rule.every) says.add("every", *rule.every);
  says.add("severity", std::string(to_string(rule.severity)));
  says.add("impact", std::string(to_string(rule.impact)));
  says.add("policy", rule.policy).add("labels", rule.labels).add("summary", rule.summary);
  says.add("description", rule.description).add("runbook", rule.runbook);
  says.add("inhibited_by", rule.inhibited_by).add("equal", rule.equal);
  return says.take();
}

Item describe(const rule::Record& record) {
  Says says("record", record.name);
  says.add("expr", std::string(record.expression.text())).add("labels", record.labels);
  if (record.every) says.add("every", *record.every);
  return says.take();
}

void add_kind(const HostSource& host, Says& says) {
  says.add("procfs", host.procfs).add("sysfs", host.sysfs).add("rootfs", host.rootfs);
  says.add("exclude_mount_points", host.exclude_mount_points);
  says.add("exclude_fs_types", host.exclude_fs_types).add("exclude_disks", host.exclude_disks);
  says.add("exclude_interfaces", host.exclude_interfaces);
}
void add_kind(const PrometheusSource& source, Says& says) {
  says.add("url", source.url).add(source.http).count("max_body", source.max_body_bytes);
}
std::string written(const std::variant<bool, double, std::string>& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::get<std::string>(value);
}
void add_kind(const HttpExpectation& expect, Says& says) {
  says.add("expect.status", expect.statuses).add("expect.contains", expect.contains);
  says.add("expect.matches", expect.matches).add("expect.matches_not", expect.matches_not);
  for (const JsonExpectation& each : expect.json)
    says.add(fmt::format("expect.json {}", each.pointer), written(each.value));
  if (expect.within) says.add("expect.within", *expect.within);
}
void add_kind(const HttpSource& probe, Says& says) {
  says.add("url", probe.url).add("method", probe.method).add("body", probe.body).add(probe.http);
  for (const HttpHeader& header : probe.headers)
    says.add(fmt::format("header {}", header.name), header.value);
  says.add("verify", probe.verify).add("follow_redirects", probe.follow_redirects);
  says.add("ip_protocol", std::string(to_string(probe.ip_protocol)));
  says.count("max_body", probe.max_body_bytes);
  add_kind(probe.expect, says);
  for (const JsonGauge& gauge : probe.gauges)
    says.add(fmt::format("value {}", gauge.metric), fmt::format("at {}", gauge.pointer));
}
void add_kind(const RedisSource& redis, Says& says) {
  says.add("address", redis.address).add("socket", redis.socket).add("username", redis.username);
  says.add("password", redis.password).add("tls", redis.tls).add("verify", redis.verify);
  says.add("ca_file", redis.ca_file);
}
void add_kind(const PostgresSource& postgres, Says& says) {
  says.add("dsn", postgres.dsn).add("password", postgres.password);
  says.add("statement_timeout", postgres.statement_timeout);
  says.count("pool_size", postgres.pool_size).add("pool_user", postgres.pool_user);
  says.add("slow_after", postgres.slow_after);
  for (const PostgresQueryDefinition& query : postgres.queries) {
    const std::string name = "query." + query.metric;
    says.add(name + ".sql", query.sql).add(name + ".labels", query.labels);
    says.add(name + ".type", std::string(query.counter ? "counter" : "gauge"));
    says.add(name + ".value", query.value).add(name + ".help", query.help);
  }
}
void add_kind(const PingSource& ping, Says& says) {
  says.add("address", ping.address).count("count", ping.count).add("spacing", ping.spacing);
  says.count("port", ping.port).add("ip_protocol", std::string(to_string(ping.ip_protocol)));
}
void add_kind(const TcpSource& tcp, Says& says) {
  says.add("address", tcp.address).add("ip_protocol", std::string(to_string(tcp.ip_protocol)));
}
void add_kind(const DnsSource& dns, Says& says) {
  says.add("name", dns.name).add("type", dns.type).add("server", dns.server);
  says.add("expect", dns.expect);
}
void add_kind(const UplinkSource& uplink, Says& says) {
  says.add("addresses", uplink.addresses);
}
void add_kind(const JobSource& job, Says& says) {
  says.add("expect_every", job.expect_every).add("grace", job.grace).add("token", job.token);
  if (job.runs_at_most) says.add("runs_at_most", *job.runs_at_most);
}
void add_kind(const SystemdSource& systemd, Says& says) {
  says.add("bus", systemd.bus).add("include", systemd.include).add("exclude", systemd.exclude);
  says.add("required", systemd.required).add("cgroup", systemd.cgroup);
}
void add_kind(const FilesSource& files, Says& says) {
  says.add("patterns", files.patterns).count("min_size", files.min_size);
  if (files.max_age) says.add("max_age", *files.max_age);
}
void add_kind(const ProcessSource& process, Says& says) {
  says.add("name", process.name).add("command", process.command).add("unit", process.unit);
  says.count("at_least", process.at_least).add("procfs", process.procfs);
}
void add_kind(const SelfSource&, Says&) {}

Item describe(const Source& source) {
  const Target& target = source.target;
  Says says("target", target.name);
  says.add("every", target.every).add("timeout", target.timeout).add("labels", target.labels);
  says.add("honor_labels", target.honor_labels).add("uplink", source.uplink);
  std::visit([&says](const auto& kind) { add_kind(kind, says); }, source.kind);
  return says.take();
}

void add_kind(const ConsoleReceiver&, Says& says) {
  says.add("kind", std::string("console"));
}
void add_kind(const SlackReceiver& slack, Says& says) {
  says.add("kind", std::string("slack")).add("webhook", slack.webhook);
  if (!slack.token.empty()) says.add("token", slack.token).add("api_url", slack.api_url);
  says.add("channel", slack.channel).add(slack.http);
}
void add_kind(const PagerDutyReceiver& pager, Says& says) {
  says.add("kind", std::string("pagerduty")).add("routing_key", pager.routing_key);
  says.add("url", pager.url).add("api_token", pager.api_token).add("api_url", pager.api_url);
  says.add(pager.http);
}
void add_kind(const EmailReceiver& email, Says& says) {
  says.add("kind", std::string("email")).add("server", email.server);
  says.add("tls", std::string(to_string(email.security))).add("username", email.username);
  says.add("password", email.password).add("ca_file", email.ca_file);
  says.add("from", email.from).add("to", email.to);
}
void add_kind(const WebhookReceiver& webhook, Says& says) {
  says.add("kind", std::string("webhook")).add("url", webhook.url);
  says.add("signing_secret", webhook.signing_secret).add("path", webhook.path);
  says.add("body", webhook.body).add("content_type", webhook.content_type);
  for (const HttpHeader& header : webhook.headers)
    says.add(fmt::format("header {}", header.name), header.value);
  says.add(webhook.http);
}

std::vector<std::string> texts_of(const std::vector<OwnLine>& lines) {
  std::vector<std::string> texts;
  texts.reserve(lines.size());
  for (const OwnLine& line : lines) texts.push_back(line.name + ": " + line.text);
  return texts;
}

Item describe(const ReceiverDefinition& definition) {
  Says says("receiver", definition.receiver.name);
  std::visit([&says](const auto& kind) { add_kind(kind, says); }, definition.kind);
  says.add("wakes", definition.receiver.wakes).add("by_key", definition.receiver.by_key);
  says.add("changes", definition.receiver.changes);
  says.add("fallback", definition.receiver.fallback);
  says.add("timeout", definition.timeout);
  says.add("title", definition.title).add("text", definition.text);
  if (definition.mark) says.add("mark", *definition.mark);
  if (definition.severity) says.add("severity", *definition.severity);
  if (definition.facts) says.add("facts", texts_of(*definition.facts));
  if (definition.next) says.add("next", *definition.next);
  if (definition.actions) says.add("actions", texts_of(*definition.actions));
  return says.take();
}

Item describe(const incident::Policy& policy) {
  Says says("policy", policy.name);
  says.add("repeat", policy.repeat).add("ack_expires", policy.ack_expires);
  says.add("group_interval", policy.group_interval).add("group_by", policy.group_by);
  says.add("group_by_rule", policy.group_by_rule).add("conference", policy.conference);
  std::map<int, std::string> levels;
  for (const incident::NotifyEntry& entry : policy.entries) {
    std::string& level = levels[entry.level];
    if (!level.empty()) level += "; ";
    level += fmt::format("after {} {}{}", format_duration(entry.after), fmt::join(entry.to, ", "),
                         entry.match.empty() ? "" : " where " + entry.match.to_string());
  }
  for (const auto& [level, text] : levels) says.add(fmt::format("level {}", level), text);
  return says.take();
}

Item describe(const incident::MaintenanceWindow& window) {
  Says says("maintenance", window.name);
  says.add("match", window.match.to_string()).add("when", incident::recurrence_text(window));
  says.add("reason", window.reason).add("author", window.author);
  return says.take();
}

Item tuning_of(const Tuning& tuning) {
  Says says("setting", "tuning");
  says.add("record_within", tuning.record_within);
  says.add("fallback_after", tuning.outbox.fallback_after);
  says.add("retry_first", tuning.outbox.retry_first).add("retry_most", tuning.outbox.retry_most);
  says.add("give_up_after", tuning.outbox.give_up_after);
  says.count("fold_from", tuning.outbox.fold_from);
  says.count("in_flight_by_key", tuning.outbox.in_flight_by_key);
  says.count("flap_transitions", tuning.flap_transitions).add("flap_window", tuning.flap_window);
  says.add("flap_steady", tuning.flap_steady).add("reopen_within", tuning.reopen_within);
  says.count("storm_incidents", tuning.storm_incidents).add("storm_window", tuning.storm_window);
  says.add("warm_up_at_most", tuning.warm_up_at_most).add("poll_every", tuning.poll_every);
  says.add("poll_before", tuning.poll_before);
  return says.take();
}

Item limits_of(const Limits& limits) {
  Says says("setting", "limits");
  says.count("series", limits.store.series);
  says.count("series_per_scrape", limits.store.series_per_scrape);
  says.count("labels_per_series", limits.store.labels_per_series);
  says.count("label_value_bytes", limits.store.label_value_bytes).count("alerts", limits.alerts);
  says.count("open_incidents", limits.open_incidents).count("outbox", limits.outbox);
  says.count("timeline", limits.timeline).count("silences", limits.silences);
  says.count("notice_alerts", limits.notice_alerts);
  return says.take();
}

void describe_settings(const Config& config, Description& out) {
  const EngineConfig& engine = config.engine;
  out.push_back(
      Says("setting", "host").add("name", engine.host).add("labels", engine.host_labels).take());
  out.push_back(Says("setting", "console_only").add("is", config.console_only).take());
  out.push_back(Says("setting", "time_zone").add("is", config.engine.time_zone.name()).take());
  out.push_back(Says("setting", "listen")
                    .add("address", config.listen.address)
                    .count("max_connections", config.listen.max_connections)
                    .add("external_url", config.listen.external_url)
                    .add("link_expires", config.listen.link_expires)
                    .take());
  out.push_back(Says("setting", "control")
                    .add("socket", config.control.socket)
                    .add("may_speak_for_others", config.control.may_speak_for_others)
                    .take());
  out.push_back(Says("setting", "storage")
                    .add("path", config.storage.path)
                    .add("history", config.storage.history)
                    .count("history_size", config.storage.history_bytes)
                    .add("history_every", config.storage.history_every)
                    .take());
  if (config.heartbeat) {
    out.push_back(Says("setting", "heartbeat")
                      .add("url", config.heartbeat->url)
                      .add("every", config.heartbeat->every)
                      .add("timeout", config.heartbeat->timeout)
                      .add(config.heartbeat->http)
                      .take());
  }
  out.push_back(limits_of(engine.limits));
  out.push_back(tuning_of(engine.tuning));
}

}  // namespace

Description describe(const Config& config) {
  Description all;
  for (const Source& each : config.sources) all.push_back(describe(each));
  for (const rule::Record& each : config.engine.records) all.push_back(describe(each));
  for (const rule::Rule& each : config.engine.rules) all.push_back(describe(each));
  for (const ReceiverDefinition& each : config.receivers) all.push_back(describe(each));
  for (const incident::Policy& each : config.engine.policies) all.push_back(describe(each));
  for (const incident::MaintenanceWindow& each : config.engine.maintenance)
    all.push_back(describe(each));
  describe_settings(config, all);
  return all;
}

}  // namespace tocsin::config
