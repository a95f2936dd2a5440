#include "scenario.hpp"

#include <algorithm>

#include "tocsin/base/check.hpp"

namespace tocsin::simulation {
namespace {

EntryPlan entry(int level, Duration after, std::string match, std::vector<std::string> to) {
  auto parsed = Matchers::parse(match);
  TOCSIN_CHECK(parsed.has_value());
  return {.level = level,
          .after = after,
          .match = std::move(match),
          .matchers = *parsed,
          .to = std::move(to)};
}

std::vector<TargetPlan> targets(bool disks) {
  std::vector<TargetPlan> all;
  all.push_back({.name = "prometheus.a",
                 .instance = "a",
                 .metrics = {{.name = "cpu"},
                             {.name = "memory", .falls = true},
                             {.name = "errors_total", .counter = true},
                             {.name = "queue"},
                             {.name = "latency"},
                             {.name = "db_up", .binary = true},
                             {.name = "api_time"},
                             {.name = "load"}}});
  all.push_back({.name = "prometheus.b",
                 .instance = "b",
                 .metrics = {{.name = "cpu"},
                             {.name = "memory", .falls = true},
                             {.name = "db_up", .binary = true},
                             {.name = "api_time"},
                             {.name = "load"}}});
  all.push_back({.name = "prometheus.c",
                 .instance = "c",
                 .metrics = {{.name = "cpu"},
                             {.name = "queue"},
                             {.name = "job", .falls = true},
                             {.name = "cache"},
                             {.name = "kept"},
                             {.name = "load"}}});
  if (disks) {
    all.push_back({.name = "prometheus.store",
                   .instance = "store",
                   .every = minutes(5),
                   .metrics = {{.name = "disk", .disks = 28}}});
  }
  return all;
}

RulePlan above(std::string name, std::string metric, double threshold, double clear) {
  RulePlan rule;
  rule.name = std::move(name);
  rule.metric = std::move(metric);
  rule.warning = threshold;
  rule.clear = clear;
  rule.policy = "main";
  return rule;
}

/// Of different kinds, each; the figures of the values are in target.cpp.
std::vector<RulePlan> rules_of_kinds() {
  std::vector<RulePlan> all;
  RulePlan rule = above("CpuHigh", "cpu", 50, 40);
  rule.labels = Labels{{"component", "host"}};
  all.push_back(rule);

  rule = above("MemoryLow", "memory", 50, 60);
  rule.above = false;
  rule.critical = 20;
  rule.labels = Labels{{"component", "database"}};
  all.push_back(rule);

  rule = above("ErrorRate", "errors_total", 50, 40);
  rule.shape = Shape::rate;
  rule.critical = rule.warning;
  rule.warning.reset();
  rule.severity = Severity::critical;
  rule.labels = Labels{{"component", "api"}, {"revenue", "yes"}};
  all.push_back(rule);

  rule = above("QueueLong", "queue", 50, 40);
  rule.hold = minutes(2);
  rule.keep_firing_for = minutes(3);
  all.push_back(rule);

  rule = above("LatencyHigh", "latency", 50, 40);
  rule.bad = 3;
  rule.of = 5;
  rule.policy = "default";
  all.push_back(rule);

  rule = RulePlan{};
  rule.name = "DatabaseDown";
  rule.shape = Shape::filter;
  rule.metric = "db_up";
  rule.severity = Severity::critical;
  rule.impact = Impact::high;
  rule.policy = "main";
  rule.labels = Labels{{"component", "database"}, {"revenue", "yes"}};
  all.push_back(rule);

  rule = above("ApiSlow", "api_time", 50, 40);
  rule.inhibited_by = {"DatabaseDown"};
  rule.equal = {"instance"};
  all.push_back(rule);

  rule = above("LoadHigh", "load", 100, 60);
  rule.shape = Shape::sum;
  all.push_back(rule);
  return all;
}

/// Kinds of which a seed takes some.
std::vector<RulePlan> more_rules() {
  std::vector<RulePlan> all;
  RulePlan rule = above("JobDead", "job", 50, 60);
  rule.above = false;
  rule.on_missing = Missing::fire;
  rule.policy = "default";
  all.push_back(rule);

  rule = above("CacheCold", "cache", 50, 40);
  rule.on_missing = Missing::clear;
  rule.policy = "default";
  all.push_back(rule);

  rule = above("KeptFull", "kept", 50, 40);
  rule.critical = 80;
  rule.on_missing = Missing::keep;
  all.push_back(rule);

  rule = RulePlan{};
  rule.name = "TargetDown";
  rule.shape = Shape::up;
  rule.bad = 2;
  rule.of = 3;
  rule.severity = Severity::critical;
  rule.policy = "main";
  all.push_back(rule);
  return all;
}

std::vector<PolicyPlan> policies(bool disks) {
  std::vector<PolicyPlan> all;
  PolicyPlan main;
  main.name = "main";
  main.entries = {entry(1, minutes(0), "", {"chat"}),
                  entry(1, minutes(0), R"({severity="critical"})", {"mail"}),
                  entry(2, minutes(5), "", {"pager"}),
                  entry(2, minutes(5), R"({component="database"})", {"phone"}),
                  entry(3, minutes(10), "", {"pager", "boss"}),
                  entry(4, minutes(15), R"({revenue="yes"})", {"ceo"})};
  all.push_back(main);
  PolicyPlan chat;
  chat.name = "default";
  chat.repeat = hours(4);
  chat.entries = {entry(1, minutes(0), "", {"mail"})};
  all.push_back(chat);
  if (disks) {
    PolicyPlan store;
    store.name = "disks";
    store.group_by = {"instance", "disk"};
    store.entries = {entry(1, minutes(0), "", {"chat"}), entry(2, minutes(10), "", {"pager"})};
    all.push_back(store);
  }
  return all;
}

std::vector<ReceiverPlan> receivers() {
  return {{.name = "chat", .changes = true, .fallback = {"mail"}},
          {.name = "mail", .fallback = {}},
          {.name = "pager",
           .wakes = true,
           .by_key = true,
           .can_poll = true,
           .changes = true,
           .fallback = {"phone", "chat"}},
          {.name = "phone", .wakes = true, .fallback = {}},
          {.name = "boss", .fallback = {"mail"}},
          {.name = "ceo", .wakes = true, .by_key = true, .fallback = {}}};
}

RulePlan* some_rule(Plan& plan, Random& random) {
  return plan.rules.empty() ? nullptr : &plan.rules[random.below(plan.rules.size())];
}

void without_receiver(Plan& plan, const std::string& name) {
  std::erase_if(plan.receivers, [&](const ReceiverPlan& one) { return one.name == name; });
  for (ReceiverPlan& one : plan.receivers) std::erase(one.fallback, name);
  for (PolicyPlan& policy : plan.policies) {
    for (EntryPlan& each : policy.entries) std::erase(each.to, name);
    std::erase_if(policy.entries, [](const EntryPlan& each) { return each.to.empty(); });
  }
}

void change_policy(Plan& plan, Random& random) {
  PolicyPlan& policy = plan.policies.front();
  const Duration shift = minutes(random.below(3));
  for (EntryPlan& each : policy.entries) {
    if (each.level == 2) each.after = minutes(5) + shift;
    if (each.level == 3) each.after = minutes(10) + shift;
  }
  policy.repeat = random.one_in(2) ? minutes(10) : minutes(15);
}
}  // namespace

Plan draw_plan(Random& random, const Swarm& swarm) {
  const bool disks = swarm.on(Fault::many_at_once);
  Plan plan;
  plan.targets = targets(disks);
  plan.rules = rules_of_kinds();
  for (RulePlan& rule : more_rules()) {
    if (random.one_in(2)) plan.rules.push_back(rule);
  }
  if (disks) {
    RulePlan full = above("DiskFull", "disk", 50, 40);
    full.policy = "disks";
    plan.rules.push_back(full);
  }
  plan.policies = policies(disks);
  plan.receivers = receivers();
  plan.unhurried = random.one_in(3);
  return plan;
}

Plan changed_plan(const Plan& now, const Plan& base, Fault reload, Random& random) {
  Plan plan = now;
  RulePlan* rule = some_rule(plan, random);
  switch (reload) {
    case Fault::reload_threshold:
      if (rule != nullptr && rule->warning && rule->shape == Shape::gauge && rule->above) {
        rule->warning = *rule->warning == 50 ? 55 : *rule->warning == 55 ? 70 : 50;
      }
      break;
    case Fault::reload_labels:
      if (rule != nullptr) {
        rule->labels.set("component", random.one_in(2) ? "database" : "host");
      }
      break;
    case Fault::reload_severity:
      if (rule != nullptr && rule->warning && !rule->critical) {
        std::swap(rule->warning, rule->critical);
        rule->severity = Severity::critical;
      }
      break;
    case Fault::reload_expression:
      if (rule != nullptr) rule->variant = 1 - rule->variant;
      break;
    case Fault::reload_rule_gone:
      if (plan.rules.size() < base.rules.size()) {
        plan.rules = base.rules;
      } else {
        plan.rules.erase(plan.rules.begin() + static_cast<long>(random.below(plan.rules.size())));
      }
      break;
    case Fault::reload_receiver_gone:
      if (plan.receivers.size() < base.receivers.size()) {
        plan.receivers = base.receivers;
        plan.policies = base.policies;
      } else {
        without_receiver(plan, random.one_in(2) ? "boss" : "ceo");
      }
      break;
    case Fault::reload_policy:
      change_policy(plan, random);
      break;
    default:
      break;
  }
  return plan;
}

}  // namespace tocsin::simulation
