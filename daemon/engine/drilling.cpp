// A drill: a person has a rule breach that nothing has measured, to see whom it reaches and how
// they answer. The alert is real from here on (incident, levels, receivers, acknowledgement,
// close), and marked wherever people see it.
#include <cmath>
#include <map>

#include "engine/impl.hpp"
#include "engine/unknown.hpp"
#include "tocsin/outbox/template.hpp"

namespace tocsin::engine {
namespace {

constexpr auto kLongestDrill = std::chrono::hours(24);
constexpr double kBeyond = 0.1;  // of the threshold

/// A little beyond the threshold that matters most.
std::optional<double> invented_value(const rule::Rule& rule) {
  if (!rule.threshold) return std::nullopt;
  const auto& threshold = *rule.threshold;
  const double limit = threshold.critical ? *threshold.critical : *threshold.warning;
  const double by = limit == 0 ? 1 : std::abs(limit) * kBeyond;
  return threshold.direction == rule::Direction::above ? limit + by : limit - by;
}

Severity invented_severity(const rule::Rule& rule) {
  if (!rule.threshold || !rule.threshold->warning || !rule.threshold->critical)
    return rule.severity;
  return Severity::critical;
}

/// As a real alert might have it.
std::string plausible(const std::string& label) {
  static const std::map<std::string, std::string, std::less<>> kValues = {
      {"mountpoint", "/"},         {"device", "sda1"},          {"fstype", "ext4"},
      {"name", "example.service"}, {"unit", "example.service"}, {"job", "example"},
      {"path", "/var/example"},    {"interface", "eth0"},       {"code", "500"},
      {"method", "GET"},           {"target", "http.example"},  {"source", "http.example"},
      {"receiver", "example"},     {"state", "failed"},         {"cpu", "0"},
  };
  const auto known = kValues.find(label);
  return known == kValues.end() ? "example-" + label : known->second;
}

}  // namespace

/// Whom it is of, and what the rule's texts name of an alert: a text that says "(no mountpoint)"
/// would not be the one that people get.
Labels Engine::Impl::invented_labels(const rule::Rule& rule) const {
  std::map<std::string, std::string> invented{{"drill", "yes"}, {"instance", config.host}};
  for (const std::string* text : {&rule.summary, &rule.description}) {
    for (const auto& [offset, name] : outbox::template_labels(*text)) {
      if (!rule.labels.get(name).empty() || !config.host_labels.get(name).empty()) continue;
      if (name == "host" || name == "rule" || name == "alertname" || name == "severity" ||
          name == "impact")
        continue;
      invented.try_emplace(name, plausible(name));
    }
  }
  std::vector<Label> all;
  all.reserve(invented.size());
  for (const auto& [name, value] : invented) all.push_back({name, value});
  return Labels(all);
}

AlertEntry* Engine::Impl::drill_of(const std::string& name) {
  const auto rule = rules.find(name);
  if (rule == rules.end()) return nullptr;
  for (auto& [labels, entry] : rule->second.alerts) {
    if (entry.alert.drill_ends) return &entry;
  }
  return nullptr;
}

void Engine::Impl::drill(const Command& command, const DrillCommand& what) {
  const auto found = rules.find(what.rule);
  if (found == rules.end())
    return answer_unknown(command, unknown_text("rule", what.rule, config.rules));
  if (what.lasts < std::chrono::seconds(1) || what.lasts > kLongestDrill)
    return answer(command, false, "a drill lasts between 1 s and 24 h");
  if (const auto* running = drill_of(what.rule)) {
    return answer(command, false,
                  "a drill of " + what.rule + " runs already: " + named(running->alert.incident),
                  running->alert.incident.value);
  }
  if (alerts_kept >= config.limits.alerts ||
      open_incidents.size() >= config.limits.open_incidents) {
    return answer(command, false, "there are as many alerts or incidents as the limits allow");
  }
  auto& rule = found->second;
  const Labels labels = invented_labels(*rule.rule);
  auto& entry = rule.alerts[labels];
  ++alerts_kept;
  auto& alert = entry.alert;
  alert.key = {what.rule, labels};
  alert.severity = invented_severity(*rule.rule);
  alert.value = alert.worst_value = invented_value(*rule.rule);
  alert.breach_since = now;
  alert.drill_ends = stamp_of(now.boot + what.lasts);
  alert_timers.emplace(alert.drill_ends->boot, alert.key);
  entry.looked_at = now.boot;
  transitioned(rule, entry, rule::force(alert, AlertState::firing, AlertReason::drilled, now));
  auto& incident = *find(alert.incident);
  timeline(incident.incident, TimelineKind::note,
           "a drill: " + command.by + " asked for it; it ends at " + shown(alert.drill_ends->wall));
  const bool told = withheld(entry, now.boot) == Withheld::none;
  answer(command, true,
         named(alert.incident) + " is a drill of " + what.rule + " until " +
             shown(alert.drill_ends->wall) + ": " +
             (told ? "its policy's receivers are told, level by level"
                   : "nobody is told: " + why_withheld(entry, now.boot)),
         alert.incident.value);
}

void Engine::Impl::end_drill(const Command& command, const EndDrillCommand& what) {
  auto* entry = drill_of(what.rule);
  if (entry == nullptr) return answer(command, false, "no drill of \"" + what.rule + "\" runs");
  const auto incident = entry->alert.incident;
  if (auto* told = find(incident))
    timeline(told->incident, TimelineKind::note, command.by + " has ended the drill");
  drill_over(*entry);
  answer(command, true, named(incident) + " is over: whoever was told gets its close",
         incident.value);
}

void Engine::Impl::drill_over(AlertEntry& entry) {
  const auto key = entry.alert.key;
  auto& rule = rules.find(key.rule)->second;
  entry.looked_at = now.boot;
  transitioned(rule, entry,
               rule::force(entry.alert, AlertState::inactive, AlertReason::drill_over, now));
  dirty_alerts.insert(key);
  rule.alerts.erase(key.labels);
  --alerts_kept;
}

}  // namespace tocsin::engine
