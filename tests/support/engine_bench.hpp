// Drives one engine through virtual minutes: scrapes at the ticks, storage and receivers that
// answer as told.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/engine/engine.hpp"

namespace tocsin::testing {

inline expr::Expression parse(std::string_view text) {
  auto parsed = expr::Expression::parse(text);
  REQUIRE_MESSAGE(parsed.has_value(), text);
  return *parsed;
}

inline rule::Rule gauge_rule(std::string name, std::string_view expression, double above) {
  rule::Rule rule;
  rule.name = std::move(name);
  rule.expression = parse(expression);
  rule.threshold = rule::Threshold{rule::Direction::above, above, std::nullopt, above, Unit::none};
  return rule;
}

inline incident::NotifyEntry entry(int level, Duration after, std::vector<std::string> to,
                                   std::string_view match = "") {
  incident::NotifyEntry made;
  made.level = level;
  made.after = after;
  made.to = std::move(to);
  if (!match.empty()) made.match = *Matchers::parse(match);
  return made;
}

/// One target "app" each minute, a chat, a pager, a conference pager; levels 1, 2 and 3 at 0, 5 and
/// 10 minutes.
inline config::EngineConfig usual_config() {
  config::EngineConfig config;
  config.host = "web1";
  config::Target target;
  target.name = "app";
  target.labels = Labels{{"job", "app"}, {"instance", "app:80"}};
  config.targets.push_back(target);
  incident::Policy policy;
  policy.name = "default";
  policy.conference = "https://meet.example.com/war-room";
  policy.entries = {entry(1, Duration::zero(), {"chat"}),
                    entry(2, std::chrono::minutes(5), {"pager"}),
                    entry(3, std::chrono::minutes(10), {"pager", "chat"})};
  config.policies.push_back(policy);
  outbox::Receiver chat;
  chat.name = "chat";
  outbox::Receiver pager;
  pager.name = "pager";
  pager.wakes = true;
  pager.by_key = true;
  config.receivers = {chat, pager};
  return config;
}

class Bench {
 public:
  explicit Bench(config::EngineConfig config = usual_config(), std::string boot = "boot-1")
      : boot_id_(std::move(boot)),
        now_{BootTime{std::chrono::hours(1)}, WallTime{std::chrono::hours(500'000)}},
        engine_(config, boot_id_, 1, now_),
        config_(std::move(config)) {}

  // ── the world, as the test sets it ──
  std::map<std::string, std::string> bodies{{"app", "x 0\n"}};  ///< by target; none: it times out
  std::map<std::string, std::string> details;  ///< by target: the trouble that it tells of
  std::function<DeliveryOutcome(const Delivery&)> answer = [](const Delivery&) {
    return DeliveryOutcome{};
  };
  bool commits = true;    ///< storage answers at once
  bool stores = true;     ///< storage keeps what it is given; where not, the next start knows it
  bool receivers = true;  ///< receivers answer at once

  // ── what came of it ──
  std::vector<Delivery> sent;
  std::vector<Reply> replies;
  std::vector<engine::AckPoll> polls;
  std::vector<StepNumber> uncommitted;
  std::map<std::string, std::string> log;

  /// Lets time pass to the next scrapes and deadlines, one by one.
  void run(Duration span) {
    const auto end = now_.boot + span;
    while (true) {
      auto next = std::min(end, next_tick_);
      if (wake_ && *wake_ < next) next = std::max(*wake_, now_.boot);
      now_.wall += next - now_.boot;
      now_.boot = next;
      if (now_.boot >= next_tick_) {
        scrape();
        continue;
      }
      if (wake_ && *wake_ <= now_.boot) {
        take(engine_.woke(now_));
        continue;
      }
      if (next == end) return;
    }
  }

  /// All targets, at the tick that has come.
  void scrape() {
    const auto tick = next_tick_;
    next_tick_ += std::chrono::minutes(1);
    for (const auto& target : config_.targets) {
      Scrape scrape;
      scrape.target = engine_.target(target.name);
      scrape.tick = tick;
      const auto body = bodies.find(target.name);
      if (body == bodies.end()) {
        scrape.outcome = ScrapeOutcome::timed_out;
      } else {
        scrape.body = body->second;
      }
      if (const auto detail = details.find(target.name); detail != details.end()) {
        scrape.detail = detail->second;
      }
      take(engine_.scraped(scrape, now_));
    }
  }

  void command(decltype(Command::what) what, std::string by = "ada") {
    take(engine_.commanded(Command{RequestId(++requests_), std::move(by), std::move(what)}, now_));
  }
  void reload(config::EngineConfig config) {
    config_ = config;
    take(engine_.configured(std::move(config), now_));
  }
  /// The process ends here and now; what storage has is what the next one knows.
  void restart(Duration away = Duration::zero(),
               std::optional<std::string> new_boot = std::nullopt) {
    now_.wall += away;
    now_.boot += away;
    if (new_boot) {
      boot_id_ = *new_boot;
      now_.boot = BootTime{std::chrono::seconds(30)};
    }
    while (next_tick_ <= now_.boot || new_boot) {
      next_tick_ = config::tick_at_or_before(now_.boot, std::chrono::minutes(1), offset()) +
                   std::chrono::minutes(1);
      new_boot.reset();
    }
    engine_ = engine::Engine(config_, boot_id_, 2, now_);
    wake_.reset();
    uncommitted.clear();
    take(engine_.restored(recorded(), now_));
  }
  void clock_step(Duration by) { now_.wall += by; }
  void commit(StepNumber step, engine::CommitOutcome outcome) {
    take(engine_.committed(step, outcome, now_));
  }
  void delivered(const Delivery& delivery, const DeliveryOutcome& outcome) {
    take(engine_.delivered(delivery.id, outcome, now_));
  }

  [[nodiscard]] engine::Engine& engine() { return engine_; }
  [[nodiscard]] Now now() const { return now_; }
  [[nodiscard]] Records stored() const { return recorded(); }
  /// What was sent to a receiver, as "kind level action" words.
  [[nodiscard]] std::vector<std::string> told(std::string_view receiver) const {
    std::vector<std::string> words;
    for (const auto& delivery : sent) {
      if (delivery.receiver != receiver) continue;
      words.push_back(std::string(to_string(delivery.action)) + " " +
                      std::to_string(delivery.level));
    }
    return words;
  }
  [[nodiscard]] const Incident& only_incident() {
    const auto all = engine_.incidents();
    REQUIRE(all.size() == 1);
    return *all.front();
  }
  [[nodiscard]] std::string story() const {
    std::string text;
    for (const auto& [key, line] : timeline_) text += line + "\n";
    return text;
  }

 private:
  [[nodiscard]] Duration offset() const {
    return config::host_offset(config_.host, std::chrono::minutes(1));
  }

  void take(engine::Step step) {
    std::deque<engine::Step> steps;
    steps.push_back(std::move(step));
    while (!steps.empty()) {
      auto current = std::move(steps.front());
      steps.pop_front();
      wake_ = current.wake;
      for (auto& reply : current.replies) replies.push_back(reply);
      for (auto& poll : current.polls) polls.push_back(poll);
      if (!current.records.empty()) {
        if (commits && !stores) {
          lacks_tail_ = true;
          steps.push_back(engine_.committed(current.number, engine::CommitOutcome::failed, now_));
        } else if (commits) {
          for (const auto& record : current.records) keep(record);
          steps.push_back(
              engine_.committed(current.number, engine::CommitOutcome::committed, now_));
        } else {
          uncommitted.push_back(current.number);
        }
      }
      for (const auto& delivery : current.send) {
        sent.push_back(delivery);
        if (receivers) steps.push_back(engine_.delivered(delivery.id, answer(delivery), now_));
      }
    }
  }

  void keep(const Record& record) {
    if (const auto* state = std::get_if<EngineState>(&record)) engine_state_ = *state;
    if (const auto* alert = std::get_if<Alert>(&record)) alerts_[alert->key] = *alert;
    if (const auto* incident = std::get_if<Incident>(&record)) incidents_[incident->id] = *incident;
    if (const auto* delivery = std::get_if<Delivery>(&record))
      deliveries_[delivery->id] = *delivery;
    if (const auto* silence = std::get_if<Silence>(&record)) silences_[silence->id] = *silence;
    if (const auto* retired = std::get_if<RetiredReceiver>(&record))
      retired_[retired->name] = *retired;
    if (const auto* line = std::get_if<TimelineEntry>(&record)) {
      timeline_[{line->incident.value, line->number}] = std::to_string(line->incident.value) + " " +
                                                        std::string(to_string(line->kind)) + ": " +
                                                        line->text;
    }
    if (const auto* erased = std::get_if<Erased>(&record)) {
      switch (erased->kind) {
        case Erased::Kind::alert:
          alerts_.erase(erased->alert);
          break;
        case Erased::Kind::incident:
          incidents_.erase(IncidentId(erased->number));
          break;
        case Erased::Kind::delivery:
          deliveries_.erase(DeliveryId(erased->number));
          break;
        case Erased::Kind::silence:
          silences_.erase(SilenceId(erased->number));
          break;
        case Erased::Kind::retired_receiver:
          retired_.erase(erased->name);
          break;
      }
    }
  }

  [[nodiscard]] Records recorded() const {
    Records records;
    records.engine = engine_state_;
    records.may_lack_tail = lacks_tail_;
    for (const auto& [key, alert] : alerts_) records.alerts.push_back(alert);
    for (const auto& [id, incident] : incidents_) records.incidents.push_back(incident);
    for (const auto& [id, delivery] : deliveries_) records.deliveries.push_back(delivery);
    for (const auto& [id, silence] : silences_) records.silences.push_back(silence);
    for (const auto& [name, retired] : retired_) records.retired_receivers.push_back(retired);
    return records;
  }

  std::string boot_id_;
  Now now_;
  engine::Engine engine_;
  config::EngineConfig config_;
  std::optional<BootTime> wake_;
  BootTime next_tick_ = config::tick_at_or_before(now_.boot, std::chrono::minutes(1), offset()) +
                        std::chrono::minutes(1);
  std::uint64_t requests_ = 0;
  bool lacks_tail_ = false;
  EngineState engine_state_;
  std::map<AlertKey, Alert> alerts_;
  std::map<IncidentId, Incident> incidents_;
  std::map<DeliveryId, Delivery> deliveries_;
  std::map<SilenceId, Silence> silences_;
  std::map<std::string, RetiredReceiver> retired_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::string> timeline_;
};

}  // namespace tocsin::testing
