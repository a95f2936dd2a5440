#include "tocsin/backtest/wanted.hpp"

#include <algorithm>
#include <set>

#include "config/selectors.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::backtest {
namespace {

constexpr Duration kStartUp = std::chrono::minutes(15);

bool known_selector(const std::vector<series::Selector>& all, const series::Selector& one) {
  return std::any_of(all.begin(), all.end(),
                     [&one](const series::Selector& each) { return each.key == one.key; });
}

Duration hold_of(const rule::Rule& rule) {
  if (const auto* hold = std::get_if<rule::HoldFor>(&rule.hold)) return hold->span;
  const auto& of = std::get<rule::BadOf>(rule.hold);
  return of.of * rule.every.value_or(std::chrono::minutes(1));
}

}  // namespace

Wanted::Wanted(const config::EngineConfig& config) {
  Duration records{};
  const auto add = [&](const expr::Expression& expression) {
    for (const config::Wanted& each : config::selectors_of(expression)) {
      if (!known_selector(selectors_, *each.selector) &&
          config.record(each.selector->name) == nullptr) {
        selectors_.push_back(*each.selector);
      }
    }
  };
  for (const rule::Record& record : config.records) {
    add(record.expression);
    records += record.expression.reach();
  }
  for (const rule::Rule& rule : config.rules) {
    add(rule.expression);
    lead_ = std::max(lead_, rule.expression.reach() + hold_of(rule));
    if (!rule.normal || !rule.normal->of) continue;
    add(*rule.normal->of);
    lead_ = std::max(lead_, rule.normal->of->reach());
  }
  lead_ += records + kStartUp;
}

bool Wanted::takes(const Labels& labels) const {
  const std::string_view name = labels.get(kNameLabel);
  return std::any_of(selectors_.begin(), selectors_.end(), [&](const series::Selector& each) {
    return (each.name.empty() || each.name == name) && each.matches(labels);
  });
}

std::vector<std::string> Wanted::selectors() const {
  std::vector<std::string> all;
  for (const series::Selector& each : selectors_) {
    const bool plain = series::is_metric_name(each.name);
    std::string inner;
    const auto add = [&inner](const std::string& matcher) {
      inner += (inner.empty() ? "" : ",") + matcher;
    };
    if (!plain && !each.name.empty()) {
      add(Matcher::make(std::string(kNameLabel), MatchOp::equal, each.name)->to_string());
    }
    for (const Matcher& matcher : each.matchers) add(matcher.to_string());
    all.push_back((plain ? each.name : "") + (inner.empty() && plain ? "" : "{" + inner + "}"));
  }
  return all;
}

void Wanted::join(const Wanted& other) {
  for (const series::Selector& each : other.selectors_) {
    if (!known_selector(selectors_, each)) selectors_.push_back(each);
  }
  lead_ = std::max(lead_, other.lead_);
}

config::EngineConfig restricted(config::EngineConfig config,
                                const std::vector<std::string>& rules) {
  if (rules.empty()) return config;
  std::set<std::string> kept;
  std::vector<std::string> next = rules;
  while (!next.empty()) {
    const std::string name = std::move(next.back());
    next.pop_back();
    const rule::Rule* const rule = config.rule(name);
    if (rule == nullptr || !kept.insert(name).second) continue;
    next.insert(next.end(), rule->inhibited_by.begin(), rule->inhibited_by.end());
  }
  std::erase_if(config.rules,
                [&kept](const rule::Rule& rule) { return !kept.contains(rule.name); });
  return config;
}

}  // namespace tocsin::backtest
