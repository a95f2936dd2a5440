// What alerts of a rule are at a moment, against what they should be.
#include <fmt/format.h>

#include <algorithm>

#include "expectations.hpp"

namespace tocsin::ruletest {
namespace {

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

/// As a notice shows it: that is as exactly as it is compared.
std::string value_text(const rule::Rule& rule, double value) {
  return format_quantity(value, rule.unit);
}

class AlertCheck {
 public:
  AlertCheck(engine::VirtualRun& run, const ExpectedAlert& expected, const rule::Rule& rule)
      : run_(run), expected_(expected), rule_(rule) {}

  std::vector<Finding> check() {
    const std::vector<const Alert*> alerts = matching();
    if (expected_.state == AlertState::inactive) {
      if (!alerts.empty())
        fail(shown(alerts));
      else
        check_measured();
    } else if (alerts.empty()) {
      fail("inactive; " + why_inactive());
    } else if (expected_.count && alerts.size() != *expected_.count) {
      fail(fmt::format("{} alerts: {}", alerts.size(), shown(alerts)));
    } else {
      for (const Alert* alert : alerts) {
        if (!as_expected(*alert)) fail(shown({alert}));
      }
    }
    return std::move(findings_);
  }

 private:
  /// Whether it has the labels that the expectation names, its own or the rule's.
  [[nodiscard]] bool labelled(const Labels& labels) const {
    return std::all_of(expected_.labels.begin(), expected_.labels.end(),
                       [&](const LabelView& wanted) {
                         const std::string_view own = labels.get(wanted.name);
                         return (own.empty() ? rule_.labels.get(wanted.name) : own) == wanted.value;
                       });
  }

  [[nodiscard]] std::vector<const Alert*> matching() const {
    std::vector<const Alert*> all;
    for (const Alert* alert : run_.engine().alerts()) {
      if (alert->key.rule == expected_.rule && alert->state != AlertState::inactive &&
          labelled(alert->key.labels)) {
        all.push_back(alert);
      }
    }
    return all;
  }

  [[nodiscard]] bool as_expected(const Alert& alert) const {
    const bool value = !expected_.value || (alert.value && value_text(rule_, *alert.value) ==
                                                               value_text(rule_, *expected_.value));
    return alert.state == expected_.state && value &&
           (!expected_.severity || alert.severity == *expected_.severity) &&
           (!expected_.no_data || alert.no_data == *expected_.no_data) &&
           (!expected_.summary || run_.engine().shown(alert).summary == *expected_.summary);
  }

  /// What the rule's expression gave when it was evaluated last.
  [[nodiscard]] std::vector<std::pair<Labels, double>> measured() {
    std::vector<std::pair<Labels, double>> all;
    const auto status = rule_status();
    if (!status || !status->last_evaluation) return all;
    const auto result =
        run_.engine().query(rule_.expression, status->last_evaluation->boot, run_.moment());
    if (!result) return all;
    if (const auto* scalar = std::get_if<double>(&result->value))
      all.emplace_back(Labels{}, *scalar);
    if (const auto* vector = std::get_if<expr::Vector>(&result->value)) {
      for (const expr::Element& element : *vector) all.emplace_back(element.labels, element.value);
    }
    std::erase_if(all, [this](const auto& each) { return !labelled(each.first); });
    return all;
  }

  void check_measured() {
    if (!expected_.value) return;
    const auto all = measured();
    const bool good = std::all_of(all.begin(), all.end(), [this](const auto& each) {
      return value_text(rule_, each.second) == value_text(rule_, *expected_.value);
    });
    if (all.empty() || !good) fail("inactive; " + why_inactive());
  }

  [[nodiscard]] std::optional<engine::RuleStatus> rule_status() {
    for (auto& status : run_.engine().status(run_.moment()).rules) {
      if (status.name == rule_.name) return std::move(status);
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string why_inactive() {
    const auto status = rule_status();
    if (!status || !status->last_evaluation) return "the rule has not been evaluated";
    const std::string at = format_duration(run_.elapsed(status->last_evaluation->boot));
    if (!status->last_error.empty()) return fmt::format("at {}: {}", at, status->last_error);
    const auto all = measured();
    if (all.empty()) return fmt::format("at {} its expression gave nothing", at);
    std::string text = fmt::format("at {} it measured ", at);
    for (std::size_t i = 0; i < all.size() && i < 5; ++i) {
      if (i > 0) text += ", ";
      text += value_text(rule_, all[i].second);
      if (all.size() > 1) text += " " + all[i].first.to_string();
    }
    if (status->reason == AlertReason::warming_up) text += ", still warming up";
    return text;
  }

  /// All that the expectation speaks of.
  [[nodiscard]] std::string shown(const std::vector<const Alert*>& alerts) const {
    std::string text;
    for (const Alert* alert : alerts) {
      if (!text.empty()) text += "; ";
      text += fmt::format("{}{} {} since {} ({})", alert->key.rule, alert->key.labels.to_string(),
                          to_string(alert->state), format_duration(run_.elapsed(alert->since.boot)),
                          to_string(alert->reason));
      text += fmt::format(", {}", to_string(alert->severity));
      if (alert->value) text += ", value " + value_text(rule_, *alert->value);
      if (alert->no_data || expected_.no_data) text += ", no data: " + yes_or_no(alert->no_data);
      if (expected_.summary) {
        text += fmt::format(", summary \"{}\"", run_.engine().shown(*alert).summary);
      }
    }
    return text;
  }

  [[nodiscard]] std::string wanted() const {
    std::string text = expected_.count ? fmt::format("{} × ", *expected_.count) : "";
    text += fmt::format("{}{} {}", expected_.rule,
                        expected_.labels.empty() ? "" : expected_.labels.to_string(),
                        to_string(expected_.state));
    if (expected_.severity) text += fmt::format(", {}", to_string(*expected_.severity));
    if (expected_.value) text += ", value " + value_text(rule_, *expected_.value);
    if (expected_.no_data) text += ", no data: " + yes_or_no(*expected_.no_data);
    if (expected_.summary) text += fmt::format(", summary \"{}\"", *expected_.summary);
    return text;
  }

  void fail(std::string got) {
    Finding finding;
    finding.failure.place = expected_.place;
    finding.failure.what =
        fmt::format("at {} {} is not as expected", format_duration(expected_.at), expected_.rule);
    finding.failure.expected = wanted();
    finding.failure.got = std::move(got);
    finding.at = expected_.at;
    finding.rule = expected_.rule;
    findings_.push_back(std::move(finding));
  }

  engine::VirtualRun& run_;
  const ExpectedAlert& expected_;
  const rule::Rule& rule_;
  std::vector<Finding> findings_;
};

}  // namespace

void check_alert(engine::VirtualRun& run, const ExpectedAlert& expected,
                 std::vector<Finding>& findings) {
  const rule::Rule* rule = run.engine().config().rule(expected.rule);
  if (rule == nullptr) return;
  for (Finding& each : AlertCheck(run, expected, *rule).check()) {
    findings.push_back(std::move(each));
  }
}

}  // namespace tocsin::ruletest
