#include "configure.hpp"

#include <fmt/format.h>

#include "tocsin/base/check.hpp"

namespace tocsin::simulation {
namespace {

std::string expression(const RulePlan& rule) {
  switch (rule.shape) {
    case Shape::gauge:
      return rule.variant == 0 ? rule.metric : fmt::format("({})", rule.metric);
    case Shape::rate:
      return rule.variant == 0 ? fmt::format("rate({}[2m])", rule.metric)
                               : fmt::format("rate({}[120s])", rule.metric);
    case Shape::filter:
      return rule.variant == 0 ? fmt::format("{} == 0", rule.metric)
                               : fmt::format("{} < 1", rule.metric);
    case Shape::sum:
      return rule.variant == 0 ? fmt::format("sum({})", rule.metric)
                               : fmt::format("sum by () ({})", rule.metric);
    case Shape::up:
      return rule.variant == 0 ? "up == 0" : "up < 1";
  }
  return "";
}

rule::OnMissing on_missing(Missing missing) {
  switch (missing) {
    case Missing::close_after:
      return rule::OnMissing::close_after;
    case Missing::keep:
      return rule::OnMissing::keep;
    case Missing::fire:
      return rule::OnMissing::fire;
    case Missing::clear:
      return rule::OnMissing::clear;
  }
  return rule::OnMissing::close_after;
}

rule::Rule rule_of(const RulePlan& plan) {
  rule::Rule rule;
  rule.name = plan.name;
  auto parsed = expr::Expression::parse(expression(plan));
  TOCSIN_CHECK(parsed.has_value());
  rule.expression = *parsed;
  if (plan.warning || plan.critical) {
    rule::Threshold threshold;
    threshold.direction = plan.above ? rule::Direction::above : rule::Direction::below;
    threshold.warning = plan.warning;
    threshold.critical = plan.critical;
    threshold.clear = plan.clear;
    rule.threshold = threshold;
  }
  if (plan.of > 0) {
    rule.hold = rule::BadOf{plan.bad, plan.of};
  } else {
    rule.hold = rule::HoldFor{plan.hold};
  }
  rule.keep_firing_for = plan.keep_firing_for;
  rule.on_missing = on_missing(plan.on_missing);
  rule.missing_for = plan.missing_for;
  rule.severity = plan.severity;
  rule.impact = plan.impact;
  rule.policy = plan.policy;
  rule.labels = plan.labels;
  rule.summary = "{{rule}} is at {{value}} on {{labels.instance}}";
  rule.inhibited_by = plan.inhibited_by;
  rule.equal = plan.equal;
  return rule;
}

incident::Policy policy_of(const PolicyPlan& plan) {
  incident::Policy policy;
  policy.name = plan.name;
  policy.repeat = plan.repeat;
  policy.ack_expires = plan.ack_expires;
  policy.group_interval = plan.group_interval;
  policy.group_by = plan.group_by;
  for (const EntryPlan& entry : plan.entries) {
    policy.entries.push_back(
        {.level = entry.level, .after = entry.after, .match = entry.matchers, .to = entry.to});
  }
  return policy;
}
}  // namespace

config::EngineConfig engine_config(const Plan& plan) {
  config::EngineConfig config;
  config.host = "simulated";
  for (const TargetPlan& target : plan.targets) {
    config.targets.push_back({.name = target.name,
                              .every = target.every,
                              .timeout = target.timeout,
                              .labels = Labels{{"instance", target.instance}},
                              .honor_labels = false});
  }
  for (const RulePlan& rule : plan.rules) config.rules.push_back(rule_of(rule));
  for (const PolicyPlan& policy : plan.policies) config.policies.push_back(policy_of(policy));
  for (const ReceiverPlan& receiver : plan.receivers) {
    config.receivers.push_back({.name = receiver.name,
                                .wakes = receiver.wakes,
                                .by_key = receiver.by_key,
                                .can_poll = receiver.can_poll,
                                .changes = receiver.changes,
                                .fallback = receiver.fallback,
                                .definition = receiver.name});
  }
  if (plan.unhurried) config.tuning.wait_per_1000_samples = seconds(60);
  return config;
}

}  // namespace tocsin::simulation
