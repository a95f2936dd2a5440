// What a notice says, as plain values: the receivers render it.
#include <algorithm>
#include <cmath>

#include "engine/impl.hpp"
#include "tocsin/outbox/template.hpp"

namespace tocsin::engine {
namespace {

constexpr int kLevelOfDecision =
    3;  ///< from here on a notice carries the verdict and the conference

constexpr Duration kTimeToDecide = std::chrono::minutes(5);
constexpr std::size_t kAlsoOpen = 3;
constexpr std::size_t kIncidentsLookedAt = 200;
constexpr std::size_t kMembersLookedAt = 5;

std::optional<double> limit_of(const rule::Rule& rule, Severity severity) {
  if (!rule.threshold) return std::nullopt;
  const auto& threshold = *rule.threshold;
  if (severity == Severity::critical && threshold.critical) return threshold.critical;
  return threshold.warning ? threshold.warning : threshold.critical;
}

}  // namespace

std::string Engine::Impl::threshold_text(const rule::Rule& rule, Severity severity) {
  if (!rule.threshold && rule.normal) {
    const auto& tuning = rule.normal->tuning;
    return format_quantity(tuning.by, Unit::ratio) +
           (tuning.side == rule::Side::drop ? " below normal" : " above normal");
  }
  const auto limit = limit_of(rule, severity);
  if (!limit) return {};
  const auto* word = rule.threshold->direction == rule::Direction::above ? "above " : "below ";
  return word + format_quantity(*limit, rule.unit);
}

std::string Engine::Impl::summary_of(const AlertEntry& entry) const {
  const auto& alert = entry.alert;
  const auto found = rules.find(alert.key.rule);
  if (found == rules.end() || found->second.rule == nullptr)
    return alert.key.rule + alert.key.labels.to_string();
  const auto& rule = *found->second.rule;
  const auto normal = found->second.baseline ? normal_of(found->second) : std::string();
  if (rule.summary.empty()) {
    return rule.name + alert.key.labels.to_string() + (normal.empty() ? "" : ": " + normal);
  }
  return filled_in(rule.summary, entry, rule, normal);
}

std::string Engine::Impl::filled_in(std::string_view text, const AlertEntry& entry,
                                    const rule::Rule& rule, const std::string& normal) const {
  const auto& alert = entry.alert;
  outbox::TemplateValues values;
  values.rule = rule.name;
  values.host = config.host;
  values.value = alert.value ? format_quantity(*alert.value, rule.unit) : "no value";
  values.normal = normal;
  values.threshold = threshold_text(rule, alert.severity);
  values.label = [&](std::string_view name) { return std::string(label_of(entry, name)); };
  return outbox::render_template(text, values);
}

/// The last hour, or as many buckets as make a chart.
void Engine::Impl::show_band(const RuleState& rule, NoticeAlert& shown) {
  const Duration bucket = rule.rule->normal->tuning.bucket;
  const auto count = std::clamp<std::int64_t>(Duration(std::chrono::hours(1)) / bucket, 12, 60);
  const auto points = rule.baseline->recent(static_cast<std::size_t>(count));
  const bool judged = std::any_of(points.begin(), points.end(),
                                  [](const auto& point) { return std::isfinite(point.expected); });
  if (!judged) return;
  shown.recent.clear();
  for (const auto& point : points) {
    shown.recent.push_back(point.value);
    shown.band.expected.push_back(point.expected);
    shown.band.lower.push_back(point.lower);
    shown.band.upper.push_back(point.upper);
  }
}

NoticeAlert Engine::Impl::notice_alert(const AlertEntry& entry) const {
  const auto& alert = entry.alert;
  NoticeAlert shown;
  shown.rule = alert.key.rule;
  shown.labels = alert.key.labels;
  shown.summary = summary_of(entry);
  shown.severity = alert.severity;
  shown.since = alert.breach_since.wall;
  shown.firing = alert.state == AlertState::firing || alert.state == AlertState::clearing;
  shown.no_data = alert.no_data;
  shown.targets_say = targets_say(entry);
  shown.recent.assign(entry.recent.begin(), entry.recent.end());
  const auto found = rules.find(alert.key.rule);
  if (found != rules.end() && found->second.rule != nullptr) {
    const auto& rule = *found->second.rule;
    if (alert.value) shown.value = format_quantity(*alert.value, rule.unit);
    shown.threshold = threshold_text(rule, alert.severity);
    shown.limit = limit_of(rule, alert.severity);
    if (found->second.baseline) show_band(found->second, shown);
  }
  return shown;
}

std::string Engine::Impl::targets_say(const AlertEntry& entry) const {
  std::string all;
  std::optional<TargetId> last;  // `up` and what was scraped are two feeds of one target
  for (const auto& feed : feeds.members(entry.feeds)) {
    const auto& target = targets[feed.target.value - 1];
    if (target.detail.empty() || feed.target == last) continue;
    last = feed.target;
    all += (all.empty() ? "" : "; ") + target.spec.name + ": " + target.detail;
  }
  return all;
}

Notice Engine::Impl::notice(IncidentEntry& entry, const View& view, NoticeKind kind, int level,
                            std::string reason) {
  const auto& incident = entry.incident;
  const auto& policy = policy_of(entry);
  Notice notice;
  notice.kind = kind;
  notice.incident = incident.id;
  notice.host = config.host;
  notice.host_labels = config.host_labels;
  notice.level = level;
  notice.severity = kind == NoticeKind::closed ? incident.worst_severity : incident.severity;
  notice.impact = incident.effective_impact();
  notice.policy = policy.name;
  notice.at = now.wall;
  notice.opened = incident.opened.wall;
  notice.lasted = now.boot - incident.opened.boot;
  notice.reason = std::move(reason);
  notice.recorded = incident.recorded;
  notice.drill = incident.drill;
  const auto& shown = view.active.empty() ? view.members : view.active;
  notice.alerts_total = shown.size();
  for (const auto* alert : shown) {
    if (notice.alerts.size() >= config.limits.notice_alerts) break;
    notice.alerts.push_back(notice_alert(*alert));
  }
  notice.title = entry.summary.empty() ? incident.group_key : entry.summary;
  const auto many = kind == NoticeKind::closed ? entry.widest : shown.size();
  if (many > 1 && !incident.storm) notice.title += " and " + std::to_string(many - 1) + " more";
  if (!shown.empty()) {
    const auto& worst = *shown.front();
    const auto found = rules.find(worst.alert.key.rule);
    if (found != rules.end() && found->second.rule != nullptr) {
      const auto& rule = *found->second.rule;
      const auto normal = found->second.baseline ? normal_of(found->second) : std::string();
      notice.description = filled_in(rule.description, worst, rule, normal);
      notice.runbook = rule.runbook;
    }
  }
  if (incident.storm) {
    notice.title =
        std::to_string(entry.storm_members.size()) + " incidents at once; worst: " + notice.title;
    for (const auto id : entry.storm_members) {
      const auto* member = find(id);
      if (member == nullptr || notice.lines.size() >= config.limits.notice_alerts) continue;
      notice.lines.push_back(std::string(to_string(member->incident.severity)) + ": " +
                             member->summary + (member->incident.open() ? "" : " (over)"));
    }
    std::stable_sort(notice.lines.begin(), notice.lines.end());
    if (entry.storm_members.size() > notice.lines.size()) {
      notice.lines.push_back(
          "and " + std::to_string(entry.storm_members.size() - notice.lines.size()) + " more");
    }
  }
  if (level >= kLevelOfDecision && kind != NoticeKind::closed) {
    notice.verdict = verdict_of(incident);
    notice.conference = policy.conference;
  }
  if (incident.acknowledged) {
    notice.acknowledged_by = incident.acknowledged->by;
    notice.acknowledged_until = incident.acknowledged->at.wall + incident.acknowledged->lasts;
  }
  notice.last_change = last_change(incident, shown);
  if (kind != NoticeKind::closed) notice.also_open = also_open(entry);
  if (kind != NoticeKind::closed) notice.next = next_step(entry, view, policy, now);
  return notice;
}

/// The clock time at which the five minutes are over, counted from when the level was told.
std::string Engine::Impl::verdict_of(const Incident& incident) const {
  const Impact impact = incident.effective_impact();
  std::string verdict(rollback_verdict(impact));
  if (impact != Impact::critical && impact != Impact::high) return verdict;
  BootTime told = now.boot;
  for (const auto& ring : incident.rings)
    if (ring.level >= kLevelOfDecision) told = std::min(told, ring.at.boot);
  const Duration left = told + kTimeToDecide - now.boot;
  const std::string at = format_clock(now.wall + left, config.time_zone);
  return verdict + (left > Duration::zero() ? "; by " + at : "; that was until " + at);
}

std::set<std::string> Engine::Impl::hosts_of(const IncidentEntry& entry) const {
  std::set<std::string> hosts;
  std::size_t looked_at = 0;
  for (const auto& key : entry.members) {
    if (++looked_at > kMembersLookedAt) break;
    const std::string_view instance = key.labels.get("instance");
    hosts.insert(instance.empty() ? config.host
                                  : std::string(instance.substr(0, instance.rfind(':'))));
  }
  return hosts;
}

std::vector<std::string> Engine::Impl::also_open(const IncidentEntry& entry) const {
  std::vector<std::string> out;
  if (entry.incident.storm) return out;
  const auto hosts = hosts_of(entry);
  std::size_t looked_at = 0;
  for (const auto id : open_incidents) {
    if (++looked_at > kIncidentsLookedAt) break;
    const auto& other = incidents.find(id)->second;
    const auto& incident = other.incident;
    const bool apart = id != entry.incident.id && !incident.storm && !incident.storm_of &&
                       incident.drill == entry.incident.drill;
    if (!apart || !incident.announced) continue;
    const auto there = hosts_of(other);
    if (std::none_of(there.begin(), there.end(),
                     [&](const auto& host) { return hosts.contains(host); }))
      continue;
    if (out.size() >= kAlsoOpen) {
      out.emplace_back("and more");
      break;
    }
    out.push_back("#" + std::to_string(id.value) + " " + incident.group_key + ", level " +
                  std::to_string(std::max(incident.level, 1)));
  }
  return out;
}

std::optional<NextStep> Engine::Impl::next_step(const IncidentEntry& entry, const View& view,
                                                const incident::Policy& policy, Now at) const {
  const auto& incident = entry.incident;
  if (!incident.open() || view.matched.size() != policy.entries.size()) return std::nullopt;
  NextStep next;
  const auto receivers_of = [&](int level) {
    for (std::size_t i = 0; i < policy.entries.size(); ++i) {
      if (!view.matched[i] || policy.entries[i].level != level) continue;
      for (const auto& name : policy.entries[i].to) {
        if (std::find(next.receivers.begin(), next.receivers.end(), name) == next.receivers.end()) {
          next.receivers.push_back(name);
        }
      }
    }
  };
  const auto wall_at = [&](BootTime moment) { return at.wall + (moment - at.boot); };
  if (incident.acknowledged) {
    next.level = std::max(incident.level, 1);
    next.again = true;
    next.at = incident.acknowledged->at.wall + incident.acknowledged->lasts;
    receivers_of(next.level);
    return next;
  }
  const auto shows = incident::elapsed(incident.clock, at.boot);
  if (const auto up = incident::upcoming(policy, view.matched, incident, shows)) {
    next.level = up->level;
    next.at = wall_at(at.boot + (up->after - shows));
    receivers_of(next.level);
    return next;
  }
  const int last = incident::last_level(policy, view.matched);
  if (last == 0) return std::nullopt;
  next.level = last;
  next.again = true;
  next.at = wall_at(incident.last_rang.value_or(at).boot + policy.repeat);
  receivers_of(last);
  return next;
}

}  // namespace tocsin::engine
