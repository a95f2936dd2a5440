#include "tocsin/ruletest/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "expectations.hpp"
#include "tocsin/base/quantity.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/config/diagnostic.hpp"

namespace tocsin::ruletest {
namespace {

constexpr std::size_t kShownBefore = 6;
constexpr std::size_t kShownAfter = 3;

Scrape answer(const Test& test, const config::Target& target, std::size_t number) {
  Scrape scrape;
  const auto script =
      std::find_if(test.targets.begin(), test.targets.end(),
                   [&target](const ScriptedTarget& each) { return each.name == target.name; });
  if (script == test.targets.end()) return scrape;
  const Duration at = target.every * static_cast<Duration::rep>(number);
  for (const Outage& outage : script->outages) {
    if (at < outage.from || (outage.until && at >= *outage.until)) continue;
    scrape.outcome = ScrapeOutcome::timed_out;
    scrape.detail = "the test says so";
    return scrape;
  }
  for (const ScriptedSeries& series : script->series) {
    if (number >= series.values.size() || !series.values[number]) continue;
    scrape.body += series.text + " " + format_number(*series.values[number]) + "\n";
  }
  return scrape;
}

class Runner {
 public:
  Runner(const config::EngineConfig& config, const Test& test)
      : test_(test),
        run_(config, test.start, [&test](const config::Target& target, std::size_t number) {
          return answer(test, target, number);
        }) {}

  std::vector<Failure> run() {
    for (const Duration at : moments()) {
      run_.run_until(at);
      for (const PersonSays& says : test_.commands) {
        if (says.at == at) say(says);
      }
      for (const ExpectedAlert& expected : test_.alerts) {
        if (expected.at == at) check_alert(run_, expected, findings_);
      }
    }
    check_notices(run_, test_, findings_);
    std::vector<Failure> failures;
    for (Finding& finding : findings_) {
      finding.failure.around = history(finding);
      failures.push_back(std::move(finding.failure));
    }
    std::stable_sort(failures.begin(), failures.end(), [](const Failure& a, const Failure& b) {
      return a.place.line < b.place.line;
    });
    return failures;
  }

 private:
  [[nodiscard]] std::set<Duration> moments() const {
    std::set<Duration> all{test_.until};
    for (const PersonSays& says : test_.commands) all.insert(says.at);
    for (const ExpectedAlert& expected : test_.alerts) all.insert(expected.at);
    return all;
  }

  void say(const PersonSays& says) {
    using What = PersonSays::What;
    if (says.what == What::silence) {
      return accepted(
          says, SilenceCommand{says.about, *says.lasts, says.note.empty() ? "a test" : says.note});
    }
    const std::vector<IncidentId> open = open_incidents(says.about);
    if (open.size() != 1) {
      return refused(says, fmt::format("{} open incidents of {}", open.size(), says.about));
    }
    if (says.what == What::ack) {
      return accepted(says, AcknowledgeCommand{open.front(), says.lasts, says.note});
    }
    if (says.what == What::unack) return accepted(says, UnacknowledgeCommand{open.front()});
    accepted(says, AssessCommand{open.front(), says.impact});
  }

  [[nodiscard]] std::vector<IncidentId> open_incidents(const std::string& rule) {
    std::set<IncidentId> all;
    for (const Alert* alert : run_.engine().alerts()) {
      if (alert->key.rule != rule || !alert->incident) continue;
      const Incident* incident = run_.engine().incident(alert->incident);
      if (incident != nullptr && incident->open()) all.insert(incident->id);
    }
    return {all.begin(), all.end()};
  }

  void accepted(const PersonSays& says, decltype(Command::what) what) {
    const Reply reply = run_.command(std::move(what), says.by);
    if (!reply.accepted) refused(says, reply.text);
  }

  void refused(const PersonSays& says, std::string why) {
    findings_.push_back(
        {{says.place, "the command was refused", "it is accepted", std::move(why), {}},
         says.at,
         says.what == PersonSays::What::silence ? "" : says.about});
  }

  /// What happened before that moment and a little after it, the rule's own where it has one.
  [[nodiscard]] std::vector<std::string> history(const Finding& finding) const {
    std::vector<std::pair<Duration, std::string>> all;
    const std::string rule = "alert " + finding.rule;
    for (const engine::RunLog& each : run_.log()) {
      const std::string& text = each.line.text;
      const bool other = text.starts_with("alert ") && !finding.rule.empty() &&
                         !(text.starts_with(rule + "{") || text.starts_with(rule + ":"));
      const bool told_below = !each.line.about.receiver.empty();
      if (!other && !told_below) all.emplace_back(each.at, format_duration(each.at) + " " + text);
    }
    for (const engine::Telling& told : run_.told())
      all.emplace_back(told.at, format_duration(told.at) + " told " + line_of(told.delivery));
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    const auto after = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const auto& each) { return each.first <= finding.at; }));
    std::vector<std::string> lines;
    for (std::size_t i = after - std::min(after, kShownBefore);
         i < std::min(all.size(), after + kShownAfter); ++i) {
      lines.push_back(std::move(all[i].second));
    }
    return lines;
  }

  const Test& test_;
  engine::VirtualRun run_;
  std::vector<Finding> findings_;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// The word stands before the first line only.
void append_lines(std::string& text, std::string_view word, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    text += fmt::format("    {:<10}{}\n", word, printable(line));
    word = "";
  }
}

}  // namespace

std::vector<Failure> run(const config::EngineConfig& config, const Test& test) {
  return Runner(config, test).run();
}

std::string render(const Suite& suite, const Test& test, const Failure& failure) {
  std::string text =
      config::render(config::diagnostic_at(suite.files, config::Level::error, failure.place,
                                           fmt::format("{}: {}", test.name, failure.what)));
  append_lines(text, "expected", lines_of(failure.expected));
  append_lines(text, "got", lines_of(failure.got));
  append_lines(text, "around", failure.around);
  return text;
}

}  // namespace tocsin::ruletest
