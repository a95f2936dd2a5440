#include "hearing.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tocsin::config {
namespace {

constexpr std::size_t kMostTried = 4096;
/// A value that nobody writes into a matcher.
constexpr std::string_view kAnyOther = "something else";

using Assignment = std::map<std::string, std::string, std::less<>>;

/// Values that tell the matchers of one label apart: those that they name, none, and another.
std::set<std::string> interesting(const std::vector<const Matcher*>& matchers) {
  std::set<std::string> values{"", std::string(kAnyOther)};
  for (const Matcher* matcher : matchers) {
    std::string_view rest = matcher->value();
    values.emplace(rest);
    while (!rest.empty()) {
      const std::size_t bar = rest.find('|');
      values.emplace(rest.substr(0, bar));
      if (bar == std::string_view::npos) break;
      rest.remove_prefix(bar + 1);
    }
  }
  return values;
}

class HearingCheck {
 public:
  explicit HearingCheck(const HearingInput& input) : input_(input) {
    for (const ReceiverDefinition& each : input.receivers) {
      if (input.console_only || !std::holds_alternative<ConsoleReceiver>(each.kind)) {
        somebody_.insert(each.receiver.name);
      }
    }
  }

  /// Labels under which nobody hears of an alert of this rule.
  [[nodiscard]] std::optional<Assignment> unheard(const rule::Rule& rule,
                                                  const incident::Policy& policy) const {
    for (const Severity severity : severities(rule)) {
      Assignment known = input_.host;
      known["alertname"] = rule.name;
      known["rule"] = rule.name;
      for (const LabelView& label : rule.labels) known[std::string(label.name)] = label.value;
      known["severity"] = to_string(severity);
      known["impact"] = to_string(rule.impact);
      if (auto found = search(known, policy)) return found;
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] static std::vector<Severity> severities(const rule::Rule& rule) {
    if (rule.threshold && rule.threshold->warning && rule.threshold->critical) {
      return {Severity::warning, Severity::critical};
    }
    return {rule.severity};
  }

  [[nodiscard]] bool heard(const Assignment& labels, const incident::Policy& policy) const {
    return std::any_of(policy.entries.begin(), policy.entries.end(), [&](const auto& entry) {
      const bool somebody = std::any_of(entry.to.begin(), entry.to.end(), [this](const auto& name) {
        return somebody_.contains(name);
      });
      return somebody && entry.match.matches([&labels](std::string_view name) -> std::string_view {
        const auto found = labels.find(name);
        return found == labels.end() ? std::string_view() : found->second;
      });
    });
  }

  /// Tries every combination of values that the policy's matchers can tell apart.
  [[nodiscard]] std::optional<Assignment> search(const Assignment& known,
                                                 const incident::Policy& policy) const {
    std::map<std::string, std::vector<const Matcher*>> open;
    for (const incident::NotifyEntry& entry : policy.entries) {
      for (const Matcher& matcher : entry.match.all()) {
        if (!known.contains(matcher.label())) open[matcher.label()].push_back(&matcher);
      }
    }
    std::vector<std::pair<std::string, std::vector<std::string>>> choices;
    std::size_t combinations = 1;
    for (const auto& [label, matchers] : open) {
      const std::set<std::string> values = interesting(matchers);
      choices.emplace_back(label, std::vector<std::string>(values.begin(), values.end()));
      combinations = std::min(kMostTried, combinations * values.size());
    }
    for (std::size_t number = 0; number < combinations; ++number) {
      Assignment labels = known;
      std::size_t rest = number;
      for (const auto& [label, values] : choices) {
        labels[label] = values[rest % values.size()];
        rest /= values.size();
      }
      if (!heard(labels, policy)) return labels;
    }
    return std::nullopt;
  }

  const HearingInput& input_;
  std::set<std::string, std::less<>> somebody_;
};

std::string described(const Assignment& labels, const rule::Rule& rule, const Assignment& host) {
  const bool by_value = rule.threshold && rule.threshold->warning && rule.threshold->critical;
  std::string out;
  for (const auto& [name, value] : labels) {
    const bool fixed = rule.labels.has(name) || host.contains(name) || name == "alertname" ||
                       name == "rule" || name == "impact" || (name == "severity" && !by_value);
    if (fixed) continue;
    if (!out.empty()) out += ", ";
    out += value.empty()        ? fmt::format("no `{}`", name)
           : value == kAnyOther ? fmt::format("another `{}`", name)
                                : fmt::format("{} = {}", name, value);
  }
  return out;
}

}  // namespace

void check_hearing(const HearingInput& input, Report& report) {
  const HearingCheck check(input);
  for (const incident::Policy& policy : input.policies) {
    std::vector<const ReadRule*> rules;
    Assignment labels;
    for (const ReadRule& read : input.rules) {
      if (read.rule.policy != policy.name) continue;
      const auto found = check.unheard(read.rule, policy);
      if (!found) continue;
      if (rules.empty()) labels = *found;
      rules.push_back(&read);
    }
    if (rules.empty()) continue;
    const Found* header = input.survey.named("policy.*", policy.name);
    Place place = header != nullptr ? header->place : rules.front()->place;
    if (header == nullptr && !report.input().files.empty() &&
        report.input().files[place.file].pack) {
      place = Place{};
    }
    const rule::Rule& first = rules.front()->rule;
    std::string which = fmt::format("`{}`", first.name);
    if (rules.size() == 2) which += fmt::format(" or `{}`", rules.back()->rule.name);
    if (rules.size() > 2) which += fmt::format(" or {} other rules", rules.size() - 1);
    const std::string when = described(labels, first, input.host);
    std::string message = fmt::format("policy `{}`: an alert of {}{} would be heard by nobody{}",
                                      policy.name, which, when.empty() ? "" : " with " + when,
                                      input.console_only ? "" : " but the console");
    if (input.console_only) {
      report.warning(place, std::move(message));
    } else {
      report.error(place, std::move(message),
                   "tell a receiver that reaches people, or say console_only = true");
    }
  }
}

}  // namespace tocsin::config
