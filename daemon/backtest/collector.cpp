#include "backtest/collector.hpp"

#include <algorithm>

namespace tocsin::backtest {
namespace {

constexpr std::size_t kInstancesKept = 20;
constexpr std::size_t kTroublesKept = 1000;

bool is_ring(const Delivery& delivery) {
  return delivery.action == DeliveryAction::open && delivery.notice.kind != NoticeKind::test;
}

}  // namespace

void Collector::away(Duration away) {
  // What it had learned in its last hour is not what a gap is about.
  for (LearnedBaseline& each : engine().baselines()) life_.keep(std::move(each));
  series::Memory memory = life_.memory(engine(), moment().boot + away);
  restart(life_.records(), away, std::nullopt);
  remember(std::move(memory));
}

void Collector::took(const engine::Step& step) {
  for (const Record& record : step.records) {
    life_.keep(record);
    if (const auto* alert = std::get_if<Alert>(&record)) {
      note(*alert);
    } else if (const auto* incident = std::get_if<Incident>(&record)) {
      note(*incident);
    } else if (const auto* erased = std::get_if<Erased>(&record)) {
      if (erased->kind == Erased::Kind::alert) end_firing(erased->alert, moment().wall);
    }
  }
  for (const engine::LogLine& line : step.log) {
    if (line.level != engine::LogLine::Level::info && !line.about.rule.empty()) note(line);
  }
}

void Collector::note(const engine::LogLine& line) {
  const std::string prefix = "rule " + line.about.rule + ": ";
  const std::string text =
      line.text.starts_with(prefix) ? line.text.substr(prefix.size()) : line.text;
  const auto known = std::find_if(troubles_.begin(), troubles_.end(), [&](const Trouble& each) {
    return each.rule == line.about.rule && each.text == text;
  });
  if (known != troubles_.end()) {
    ++known->times;
  } else if (troubles_.size() < kTroublesKept) {
    troubles_.push_back({line.about.rule, text, moment().wall});
  }
}

void Collector::note(const Alert& alert) {
  const bool fires = alert.state == AlertState::firing || alert.state == AlertState::clearing;
  if (fires) {
    firing_.emplace(alert.key, alert.since.wall);
  } else {
    end_firing(alert.key, alert.since.wall);
  }
  if (!alert.incident) return;
  Episode& episode = episodes_[alert.incident];
  episode.rules.insert(alert.key.rule);
  if (episode.instances.contains(alert.key.labels)) return;
  if (episode.instances.size() < kInstancesKept) episode.instances.insert(alert.key.labels);
  ++episode.instances_total;
}

void Collector::end_firing(const AlertKey& key, WallTime at) {
  const auto found = firing_.find(key);
  if (found == firing_.end()) return;
  if (at >= count_from_) {
    firings_.push_back({key.rule, key.labels, std::max(found->second, count_from_), at});
  }
  firing_.erase(found);
}

void Collector::note(const Incident& incident) {
  Episode& episode = episodes_[incident.id];
  episode.id = incident.id;
  episode.policy = incident.policy;
  episode.group_key = incident.group_key;
  episode.opened = incident.opened.wall;
  episode.closed.reset();
  if (incident.closed) episode.closed = incident.closed->wall;
  episode.close_reason = incident.close_reason;
  episode.severity = incident.worst_severity;
  episode.storm = incident.storm;
}

std::optional<DeliveryOutcome> Collector::received(const Delivery& delivery) {
  if (is_ring(delivery) && delivery.incident) {
    Episode& episode = episodes_[delivery.incident];
    episode.rings.push_back(
        {moment().wall, delivery.receiver, delivery.level, delivery.wakes, delivery.notice.kind});
    for (const NoticeAlert& alert : delivery.notice.alerts) episode.rules.insert(alert.rule);
  }
  return DeliveryOutcome{};
}

void Collector::note_rules() {
  for (const engine::RuleStatus& rule : engine().status(moment()).rules) {
    if (rule.last_evaluation && !rule.nothing_since) found_series_.insert(rule.name);
  }
}

void Collector::finish(Outcome& outcome) {
  note_rules();
  for (auto& [id, episode] : episodes_) {
    const bool counts = episode.closed.value_or(count_from_) >= count_from_;
    if (episode.id && counts) outcome.episodes.push_back(std::move(episode));
  }
  std::stable_sort(outcome.episodes.begin(), outcome.episodes.end(),
                   [](const Episode& a, const Episode& b) { return a.opened < b.opened; });
  outcome.firings = std::move(firings_);
  outcome.baselines = engine().baselines();
  outcome.troubles = std::move(troubles_);
  for (const auto& [key, from] : firing_) {
    outcome.firings.push_back({key.rule, key.labels, std::max(from, count_from_), std::nullopt});
  }
  for (const engine::RuleStatus& rule : engine().status(moment()).rules) {
    outcome.rules.push_back({rule.name, found_series_.contains(rule.name), rule.last_error});
  }
}

}  // namespace tocsin::backtest
