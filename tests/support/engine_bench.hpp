// A virtual run in which targets, storage and receivers answer as a test has told them.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tocsin/backtest/life.hpp"
#include "tocsin/engine/virtual_run.hpp"

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

class Bench : public engine::VirtualRun {
 public:
  explicit Bench(const config::EngineConfig& config = usual_config())
      : VirtualRun(config, WallTime{std::chrono::hours(500'000)},
                   [](const config::Target&, std::size_t) { return Scrape{}; }) {}

  // ── the world, as the test sets it ──
  std::map<std::string, std::string> bodies{{"app", "x 0\n"}};  ///< by target; none: it times out
  std::map<std::string, std::string> details;  ///< by target: the trouble that it tells of
  std::function<DeliveryOutcome(const Delivery&)> answer = [](const Delivery&) {
    return DeliveryOutcome{};
  };
  bool commits = true;    ///< storage answers, at once
  bool stores = true;     ///< storage keeps what it is given; where not, the next start knows it
  bool receivers = true;  ///< receivers answer at once

  // ── what came of it ──
  std::vector<Delivery> sent;
  std::vector<Reply> replies;
  std::vector<engine::AckPoll> polls;
  std::vector<engine::LogLine> log;

  void run(Duration span) { run_until(elapsed(moment().boot) + span); }
  void command(decltype(Command::what) what, std::string by = "ada") {
    static_cast<void>(VirtualRun::command(std::move(what), std::move(by)));
  }
  /// The process ends here and now; what storage has is what the next one knows.
  void restart(Duration away = Duration::zero(),
               std::optional<std::string> new_boot = std::nullopt) {
    VirtualRun::restart(stored(), away, std::move(new_boot));
  }

  [[nodiscard]] Now now() const { return moment(); }
  [[nodiscard]] Records stored() const {
    Records records = life_.records();
    records.may_lack_tail = lacks_tail_;
    return records;
  }
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
    const auto all = engine().incidents();
    REQUIRE(all.size() == 1);
    return *all.front();
  }
  [[nodiscard]] std::string story() const {
    std::string text;
    for (const auto& [key, line] : timeline_)
      text += std::to_string(line.incident.value) + " " + std::string(to_string(line.kind)) + ": " +
              line.text + "\n";
    return text;
  }
  /// Whom the stories say that each line rang, those of one line joined by "+".
  [[nodiscard]] std::vector<std::string> rung() const {
    std::vector<std::string> all;
    for (const auto& [key, line] : timeline_) {
      std::string names;
      for (const auto& name : line.told) names += (names.empty() ? "" : "+") + name;
      if (!names.empty()) all.push_back(names);
    }
    return all;
  }

  /// Whom the stories say that they were to wake, in order.
  [[nodiscard]] std::vector<std::string> woken() const {
    std::vector<std::string> all;
    for (const auto& [key, line] : timeline_)
      all.insert(all.end(), line.woke.begin(), line.woke.end());
    return all;
  }

 private:
  Scrape asked(const config::Target& target, std::size_t /*number*/) override {
    Scrape scrape;
    const auto body = bodies.find(target.name);
    if (body == bodies.end()) {
      scrape.outcome = ScrapeOutcome::timed_out;
    } else {
      scrape.body = body->second;
    }
    if (const auto detail = details.find(target.name); detail != details.end()) {
      scrape.detail = detail->second;
    }
    return scrape;
  }
  void took(const engine::Step& step) override {
    replies.insert(replies.end(), step.replies.begin(), step.replies.end());
    polls.insert(polls.end(), step.polls.begin(), step.polls.end());
    log.insert(log.end(), step.log.begin(), step.log.end());
  }
  std::optional<engine::CommitOutcome> committed(const engine::Step& step) override {
    if (!commits) return std::nullopt;
    if (!stores) {
      lacks_tail_ = true;
      return engine::CommitOutcome::failed;
    }
    for (const auto& record : step.records) keep(record);
    return engine::CommitOutcome::committed;
  }
  std::optional<DeliveryOutcome> received(const Delivery& delivery) override {
    sent.push_back(delivery);
    if (!receivers) return std::nullopt;
    return answer(delivery);
  }

  void keep(const Record& record) {
    life_.keep(record);
    if (const auto* line = std::get_if<TimelineEntry>(&record)) {
      timeline_[{line->incident.value, line->number}] = *line;
    }
  }

  bool lacks_tail_ = false;
  backtest::Life life_;
  std::map<std::pair<std::uint64_t, std::uint32_t>, TimelineEntry> timeline_;
};

}  // namespace tocsin::testing
