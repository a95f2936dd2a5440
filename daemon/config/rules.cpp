#include "rules.hpp"

#include <algorithm>

#include "baselines.hpp"
#include "cycles.hpp"
#include "expressions.hpp"
#include "fields.hpp"
#include "groups.hpp"
#include "thresholds.hpp"
#include "words.hpp"

namespace tocsin::config {
namespace {

rule::OnMissing on_missing_from(std::string_view text) {
  if (text == "keep") return rule::OnMissing::keep;
  if (text == "fire") return rule::OnMissing::fire;
  if (text == "clear") return rule::OnMissing::clear;
  return rule::OnMissing::close_after;
}

/// Of a rule whose value does not decide it.
Severity read_severity(const Fields& fields, const std::optional<rule::Threshold>& threshold) {
  const Entry* limit = fields.find(fields.has("above") ? "above" : "below");
  if (threshold && limit != nullptr && limit->value.kind == Kind::table) {
    return threshold->warning ? Severity::warning : Severity::critical;
  }
  return severity_from(fields.text("severity")).value_or(Severity::warning);
}

class RuleReader {
 public:
  RuleReader(const Survey& survey, const std::vector<incident::Policy>& policies, Report& report)
      : survey_(survey),
        report_(report),
        groups_(survey, report),
        rule_names_(survey.names("rule.*")) {
    for (const incident::Policy& each : policies) policy_names_.push_back(each.name);
  }

  std::vector<ReadRule> run() {
    check_overrides();
    std::vector<ReadRule> rules;
    for (const Found* found : survey_.of("rule.*")) {
      std::vector<const Value*> tables{found->table};
      if (const Found* tuned = survey_.named("override.*", found->name)) {
        tables.insert(tables.begin(), tuned->table);
      }
      groups_.join(*found, tables);
      const Fields fields("rule.*", tables, found->place);
      if (!fields.flag("enabled")) continue;
      rules.push_back(read(*found, fields, std::move(tables)));
    }
    groups_.check_matched();
    check_inhibition(rules);
    return rules;
  }

 private:
  void check_overrides() {
    for (const Found* tuned : survey_.of("override.*")) {
      if (survey_.named("rule.*", tuned->name) != nullptr) continue;
      report_.unknown(tuned->place, fmt::format("no rule is called `{}`", tuned->name),
                      did_you_mean(tuned->name, rule_names_,
                                   "[packs] enable must name the pack that it ships in"));
    }
  }

  ReadRule read(const Found& found, const Fields& fields, std::vector<const Value*> tables) {
    ReadRule read;
    read.place = found.place;
    read.tables = std::move(tables);
    rule::Rule& rule = read.rule;
    rule.name = found.name;
    if (auto expression = read_expression(fields, report_)) {
      rule.expression = std::move(*expression);
      read.parsed = true;
    }
    rule.threshold = read_threshold(fields, report_);
    rule.normal = read_normal(fields, report_);
    rule.unit = read_unit(fields, rule.threshold);
    if (const Entry* hold = fields.find("for")) {
      if (const auto value = to_hold(hold->value)) rule.hold = *value;
    }
    rule.keep_firing_for = fields.duration("keep_firing_for");
    rule.on_missing = on_missing_from(fields.text("on_missing"));
    rule.missing_for = fields.duration("missing_for");
    rule.every = fields.maybe_duration("every");
    rule.severity = read_severity(fields, rule.threshold);
    rule.impact = impact_from(fields.text("impact")).value_or(Impact::medium);
    rule.policy = fields.text("policy");
    if (std::find(policy_names_.begin(), policy_names_.end(), rule.policy) == policy_names_.end()) {
      report_.unknown(fields.place("policy"), fmt::format("no policy is called `{}`", rule.policy),
                      did_you_mean(rule.policy, policy_names_, all_of("policies", policy_names_)));
    }
    rule.labels = fields.labels("labels");
    rule.summary = fields.text("summary");
    rule.description = fields.text("description");
    rule.runbook = fields.text("runbook");
    rule.inhibited_by = fields.texts("inhibited_by");
    rule.equal = fields.texts("equal");
    if (fields.has("equal") && rule.inhibited_by.empty()) {
      report_.error(fields.place("equal"), "`equal` without `inhibited_by`");
    }
    if (read.parsed) check_against_expression(fields, rule);
    return read;
  }

  void check_against_expression(const Fields& fields, const rule::Rule& rule) {
    check_single_values(fields, rule.expression, "a rule judges", report_);
    if (rule.expression.type() == expr::ValueType::scalar && !rule.threshold && !rule.normal) {
      const Value* text = expression_text(fields);
      report_.error(text->within(0, text->text.size()),
                    "a number without a threshold is always a breach",
                    "give it `above` or `below`");
    }
    check_percentage(fields, rule, report_);
    check_unit(fields, rule, report_);
    check_normal(fields, rule, report_);
  }

  void check_inhibition(const std::vector<ReadRule>& rules) {
    std::vector<std::string> names;
    names.reserve(rules.size());
    for (const ReadRule& each : rules) names.push_back(each.rule.name);
    Graph graph;
    for (const ReadRule& each : rules) {
      const Fields fields("rule.*", each.tables, each.place);
      const Entry* entry = fields.find("inhibited_by");
      if (entry == nullptr) continue;
      for (const NamedAt& cause : names_at(entry->value)) {
        if (std::find(names.begin(), names.end(), cause.name) != names.end()) {
          graph.push_back({each.rule.name, cause.name, cause.place});
        } else if (std::find(rule_names_.begin(), rule_names_.end(), cause.name) ==
                   rule_names_.end()) {
          report_.unknown(cause.place, fmt::format("no rule is called `{}`", cause.name),
                          did_you_mean(cause.name, rule_names_));
        }
      }
    }
    for (const Cycle& cycle : cycles(graph)) {
      report_.error(cycle.place,
                    fmt::format("rules inhibit each other in a circle: {}", cycle.text),
                    "a cause cannot be its own effect");
    }
  }

  const Survey& survey_;
  Report& report_;
  Groups groups_;
  std::vector<std::string> rule_names_;
  std::vector<std::string> policy_names_;
};

}  // namespace

std::vector<ReadRule> read_rules(const Survey& survey,
                                 const std::vector<incident::Policy>& policies, Report& report) {
  return RuleReader(survey, policies, report).run();
}

}  // namespace tocsin::config
