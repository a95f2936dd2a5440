#include "tocsin/config/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "feeding.hpp"
#include "fields.hpp"
#include "filters.hpp"
#include "hearing.hpp"
#include "judging.hpp"
#include "label_slips.hpp"
#include "maintenance.hpp"
#include "parameters.hpp"
#include "policies.hpp"
#include "receivers.hpp"
#include "report.hpp"
#include "rules.hpp"
#include "secret_references.hpp"
#include "selector_labels.hpp"
#include "sources.hpp"
#include "survey.hpp"
#include "url.hpp"
#include "zone_values.hpp"

namespace tocsin::config {
namespace {

Tuning read_tuning(const Fields& fields) {
  Tuning tuning;
  tuning.record_within = fields.duration("record_within");
  tuning.outbox.fallback_after = fields.duration("fallback_after");
  tuning.outbox.retry_first = fields.duration("retry_first");
  tuning.outbox.retry_most = fields.duration("retry_most");
  tuning.outbox.give_up_after = fields.duration("give_up_after");
  tuning.outbox.fold_from = fields.count("fold_from");
  tuning.outbox.in_flight_by_key = fields.count("in_flight_by_key");
  tuning.flap_transitions = static_cast<std::uint32_t>(fields.count("flap_transitions"));
  tuning.flap_window = fields.duration("flap_window");
  tuning.flap_steady = fields.duration("flap_steady");
  tuning.reopen_within = fields.duration("reopen_within");
  tuning.storm_incidents = static_cast<std::uint32_t>(fields.count("storm_incidents"));
  tuning.storm_window = fields.duration("storm_window");
  tuning.warm_up_at_most = fields.duration("warm_up_at_most");
  tuning.poll_every = fields.duration("poll_every");
  tuning.poll_before = fields.duration("poll_before");
  return tuning;
}

void check_tuning(const Fields& fields, const Tuning& tuning, Report& report) {
  if (tuning.outbox.retry_first > tuning.outbox.retry_most) {
    const bool first = fields.has("retry_first");
    report.error(fields.place(first ? "retry_first" : "retry_most"),
                 fmt::format("`retry_first` ({}) is longer than `retry_most` ({})",
                             format_duration(tuning.outbox.retry_first),
                             format_duration(tuning.outbox.retry_most)));
  }
}

Limits read_limits(const Fields& fields) {
  Limits limits;
  limits.store.series = fields.count("series");
  limits.store.series_per_scrape = fields.count("series_per_scrape");
  limits.store.labels_per_series = fields.count("labels_per_series");
  limits.store.label_value_bytes = fields.size("label_value_bytes");
  limits.alerts = fields.count("alerts");
  limits.open_incidents = fields.count("open_incidents");
  limits.outbox = fields.count("outbox");
  limits.timeline = fields.count("timeline");
  limits.silences = fields.count("silences");
  limits.notice_alerts = fields.count("notice_alerts");
  return limits;
}

constexpr std::size_t kExternalUrlBytes = 500;

/// A link is as good as a signature under an acknowledgement: it travels encrypted, or not at all.
std::string read_external_url(const Fields& listen, Report& report) {
  std::string text = listen.text("external_url");
  if (text.empty()) return text;
  const Place place = listen.place("external_url");
  const Result<Url> url = parse_url(text);
  if (!url) return "";
  const bool address = url->host.find_first_not_of("0123456789.") == std::string::npos;
  const bool here = url->host == "localhost" || url->host == "[::1]" ||
                    (address && url->host.starts_with("127."));
  if (!url->tls && !here) {
    report.error(place, "links to acknowledge would travel unencrypted",
                 "name the https:// address of a proxy in front of [listen] address");
  } else if (text.find_first_of("?#@") != std::string::npos) {
    report.error(place, "`external_url` takes no query, fragment or user",
                 "only https://HOST and a path, if the proxy has one");
  } else if (text.size() > kExternalUrlBytes) {
    report.error(
        place,
        fmt::format("`external_url` has {} bytes: receivers would cut its links", text.size()),
        fmt::format("at most {}", kExternalUrlBytes));
  } else if (listen.text("address").empty()) {
    report.error(place, "there is no listener that links could lead to",
                 "give [listen] an `address`");
  }
  while (text.ends_with('/')) text.pop_back();
  return text;
}

void read_places(const Survey& found, Config& config, Report& report) {
  const Fields listen("listen", found);
  config.listen.address = listen.text("address");
  config.listen.max_connections = static_cast<std::uint32_t>(listen.count("max_connections"));
  config.listen.external_url = read_external_url(listen, report);
  config.listen.link_expires = listen.duration("link_expires");
  const Fields control("control", found);
  config.control.socket = control.text("socket");
  config.control.may_speak_for_others = control.texts("may_speak_for_others");
  const Fields storage("storage", found);
  config.storage.path = storage.text("path");
  config.storage.history = storage.duration("history");
  config.storage.history_bytes = storage.size("history_size");
  config.storage.history_every = storage.duration("history_every");
}

std::optional<Heartbeat> read_heartbeat(const Survey& found, Report& report) {
  if (found.of("heartbeat").empty()) return std::nullopt;
  const Fields fields("heartbeat", found);
  Heartbeat heartbeat;
  heartbeat.url = fields.secret("url");
  heartbeat.every = fields.duration("every");
  heartbeat.timeout = read_timeout(fields, heartbeat.every, "a ping", report);
  heartbeat.http.ca_file = fields.text("ca_file");
  heartbeat.http.proxy = fields.text("proxy");
  return heartbeat;
}

void check_files(const Input& input, Report& report) {
  for (std::size_t at = 0; at < input.files.size(); ++at) {
    if (!input.files[at].writable_by_others) continue;
    Place place;
    place.file = static_cast<std::uint32_t>(at);
    report.warning(place, "anybody on this host can write this file",
                   "whoever writes it decides who is paged: chmod o-w");
  }
}

/// A policy that no rule takes, of nearly the name of another: its levels were meant for that one.
void check_unused(const Survey& found, const std::vector<ReadRule>& rules, Report& report) {
  for (const Found* policy : found.of("policy.*")) {
    if (policy->name == "default" ||
        std::any_of(rules.begin(), rules.end(),
                    [policy](const ReadRule& read) { return read.rule.policy == policy->name; })) {
      continue;
    }
    std::vector<std::string> others = found.names("policy.*");
    std::erase(others, policy->name);
    others.emplace_back("default");
    constexpr std::size_t kSlips = 2;
    const std::string meant = nearest(policy->name, others, kSlips);
    if (meant.empty()) continue;
    report.warning(policy->place, fmt::format("no rule takes policy `{}`", policy->name),
                   fmt::format("did you mean `{}`?", meant));
  }
}

/// What a matcher sees of the host where the alert has no such label.
std::map<std::string, std::string, std::less<>> host_of(const EngineConfig& engine) {
  std::map<std::string, std::string, std::less<>> labels;
  for (const LabelView& label : engine.host_labels) labels[std::string(label.name)] = label.value;
  labels["host"] = engine.host;
  return labels;
}

Config read_all(const Survey& found, const Options& options, Report& report) {
  Config config;
  EngineConfig& engine = config.engine;
  const Fields host("host", found);
  engine.host = host.text("name").empty() ? options.host_name : host.text("name");
  engine.host_labels = host.labels("labels");
  if (const Entry* zone = Fields("", found).find("time_zone"))
    engine.time_zone = named_zone(zone->value, report);
  const Fields tuning("tuning", found);
  engine.tuning = read_tuning(tuning);
  check_tuning(tuning, engine.tuning, report);
  engine.limits = read_limits(Fields("limits", found));
  read_places(found, config, report);
  config.heartbeat = read_heartbeat(found, report);
  config.console_only = options.console_only || Fields("", found).flag("console_only");
  config.sources = read_sources(found, engine.host, report);
  config.receivers = read_receivers(found, report);
  engine.policies = read_policies(found, config.receivers, report);
  engine.maintenance = read_maintenance(found, report);
  // Who is wrongly named, or stands in a file that is broken, would only seem to hear nothing.
  const bool telling = report.complete() && report.errors() == 0;
  std::vector<ReadRule> rules = read_rules(found, engine.policies, report);
  std::vector<ReadRecord> records = read_records(found, report);
  if (!options.fed_elsewhere) {
    check_feeding(records, rules, config.sources, report);
    check_selector_labels(records, rules, config.sources, report);
  }
  check_template_labels(rules, engine.host_labels,
                        options.fed_elsewhere ? std::vector<Source>() : config.sources, report);
  if (report.complete()) {
    check_unused(found, rules, report);
    check_label_slips(found, rules, report);
  }
  if (telling) {
    // A threshold that is misspelt is not missing.
    if (report.errors() == 0) check_filters(records, rules, report);
    if (!options.fed_elsewhere && report.errors() == 0)
      check_judging({found, rules, records, config.sources}, report);
    check_hearing(
        {found, rules, engine.policies, config.receivers, host_of(engine), config.console_only},
        report);
  }
  for (const Source& source : config.sources) engine.targets.push_back(source.target);
  for (const ReceiverDefinition& each : config.receivers) {
    engine.receivers.push_back(each.receiver);
  }
  for (ReadRecord& read : records) engine.records.push_back(std::move(read.record));
  for (ReadRule& read : rules) engine.rules.push_back(std::move(read.rule));
  std::vector<std::string> names;
  for (const rule::Rule& rule : engine.rules) names.push_back(rule.name);
  check_maintenance(found, engine.maintenance, names, report);
  return config;
}

}  // namespace

Loaded validate(const Input& input, const Options& options, std::vector<Diagnostic> found) {
  Loaded loaded;
  loaded.diagnostics = std::move(found);
  Report report(input, loaded.diagnostics);
  check_files(input, report);
  const std::optional<Input> in_full = with_parameters(input, report);
  const Survey surveyed = survey(in_full ? *in_full : input, report);
  Config config = read_all(surveyed, options, report);
  loaded.secrets = secret_references(surveyed, input);
  sort_diagnostics(loaded.diagnostics, input.files);
  if (!has_errors(loaded.diagnostics)) loaded.config = std::move(config);
  return loaded;
}

PackWishes wished_packs(const Input& input) {
  PackWishes wishes;
  for (const Value& root : input.roots) {
    const Entry* packs = root.find("packs");
    if (packs == nullptr) continue;
    if (const Entry* path = packs->value.find("path");
        path != nullptr && path->value.kind == Kind::text) {
      wishes.path = path->value.text;
    }
    const Entry* enable = packs->value.find("enable");
    if (enable == nullptr) continue;
    const Value& value = enable->value;
    if (value.kind == Kind::text) wishes.enable.push_back({value.text, value.place});
    for (const Value& item : value.items) {
      if (item.kind == Kind::text) wishes.enable.push_back({item.text, item.place});
    }
  }
  return wishes;
}

std::vector<std::string> wished_zones(const Input& input) {
  std::set<std::string> names;
  for (const Value& root : input.roots) {
    const auto wish = [&names](const Value& table, std::string_view key = "zone") {
      const Entry* zone = table.find(key);
      if (zone != nullptr && zone->value.kind == Kind::text) names.insert(zone->value.text);
    };
    wish(root, "time_zone");
    if (const Entry* windows = root.find("maintenance")) {
      for (const Entry& window : windows->value.entries) wish(window.value);
    }
    for (const char* section : {"rule", "override"}) {
      const Entry* rules = root.find(section);
      if (rules == nullptr) continue;
      for (const Entry& rule : rules->value.entries) {
        for (const char* key : {"drop", "rise"}) {
          if (const Entry* baseline = rule.value.find(key)) wish(baseline->value);
        }
      }
    }
  }
  return {names.begin(), names.end()};
}

Result<ReceiverDefinition> receiver_alone(const Input& input) {
  std::vector<Diagnostic> diagnostics;
  Report report(input, diagnostics);
  const Survey found = survey(input, report);
  const std::vector<const Found*> receivers = found.of("receiver.*");
  if (receivers.size() != 1) {
    return fail(ErrorCode::invalid, "the definition does not hold one receiver");
  }
  ReceiverDefinition definition = read_receiver(*receivers.front(), report);
  for (const Diagnostic& each : diagnostics) {
    if (each.level == Level::error) return fail(ErrorCode::invalid, each.message);
  }
  return definition;
}

}  // namespace tocsin::config
