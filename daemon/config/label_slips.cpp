#include "label_slips.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "feeds.hpp"
#include "measured_labels.hpp"
#include "selectors.hpp"
#include "tocsin/expr/ast.hpp"
#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/kept_labels.hpp"
#include "tocsin/model/matcher.hpp"
#include "tocsin/outbox/template.hpp"

namespace tocsin::config {
namespace {

constexpr std::size_t kSlipsInLabel = 2;
constexpr std::size_t kShortestLabel = 4;  ///< shorter names look alike without a slip

using Places = std::map<std::string, std::vector<Place>, std::less<>>;

Places given(const std::vector<ReadRule>& rules) {
  Places places;
  for (const ReadRule& read : rules) {
    for (const Value* table : read.tables) {
      const Entry* labels = table->find("labels");
      if (labels == nullptr) continue;
      for (const Entry& entry : labels->value.entries) places[entry.key].push_back(entry.place);
    }
  }
  return places;
}

Places asked_for(const Survey& survey) {
  Places places;
  for (const Found* found : survey.of("policy.*.notify[]")) {
    const Entry* match = found->table->find("match");
    if (match == nullptr || match->value.kind != Kind::text) continue;
    const Result<Matchers> matchers = Matchers::parse(match->value.text);
    if (!matchers) continue;
    for (const Matcher& matcher : matchers->all()) {
      const std::size_t at = match->value.text.find(matcher.label());
      places[matcher.label()].push_back(match->value.within(at, matcher.label().size()));
    }
  }
  return places;
}

/// Of the labels that are known, the one that this one was meant to be.
std::string meant(const std::string& label, const Places& known) {
  if (label.size() < kShortestLabel || known.contains(label)) return "";
  std::vector<std::string> names;
  for (const auto& [name, places] : known) names.push_back(name);
  return nearest(label, names, kSlipsInLabel);
}

void warn(const std::vector<Place>& places, std::string_view what, const std::string& label,
          const std::string& other, Report& report) {
  for (const Place& place : places) {
    report.warning(place, fmt::format("{} label `{}`", what, label),
                   fmt::format("did you mean `{}`?", other));
  }
}

/// Labels that the expression speaks of.
void add_labels_of(const expr::Node& node, std::vector<std::string>& names) {
  const auto add = [&names](const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
  };
  const auto add_matched = [&names](const expr::VectorSelector& selector) {
    for (const Matcher& matcher : selector.selector.matchers) names.push_back(matcher.label());
  };
  if (const auto* selector = std::get_if<expr::VectorSelector>(&node.what)) add_matched(*selector);
  if (const auto* matrix = std::get_if<expr::MatrixSelector>(&node.what))
    add_matched(matrix->vector);
  if (const auto* aggregate = std::get_if<expr::Aggregate>(&node.what)) add(aggregate->labels);
  if (const auto* binary = std::get_if<expr::Binary>(&node.what)) {
    add(binary->matching.labels);
    add(binary->matching.included);
  }
  for (const expr::Node* child : expr::children_of(node)) add_labels_of(*child, names);
}

/// What is known of the labels that the alerts of a rule have.
struct AlertLabels {
  std::vector<std::string> given;     ///< whatever the expression gives
  std::vector<std::string> named;     ///< in the expression
  expr::KeptLabels kept;              ///< of the expression
  std::vector<std::string> measured;  ///< of the metrics that are known
  /// A metric that it reads is known, and so are all others with all their labels.
  std::string metric;
};

/// Whether it gives labels of its own making to what it was given.
bool makes_labels(const expr::Node& node) {
  if (const auto* call = std::get_if<expr::Call>(&node.what)) {
    const std::string_view name = call->function->name;
    if (name == "label_replace" || name == "label_join") return true;
  }
  const auto* aggregate = std::get_if<expr::Aggregate>(&node.what);
  if (aggregate != nullptr && aggregate->op == expr::AggregateOp::count_values) return true;
  const auto below = expr::children_of(node);
  return std::any_of(below.begin(), below.end(),
                     [](const expr::Node* child) { return makes_labels(*child); });
}

/// Whether one of the sources gives it, with the labels of the table.
bool is_fed(std::string_view metric, const std::vector<Source>& sources) {
  return std::any_of(sources.begin(), sources.end(), [metric](const Source& source) {
    return by_name(source, metric) == Feeds::surely;
  });
}

void add_measured(const expr::Expression& expression, const MeasuredLabels& known,
                  const std::vector<Source>& sources, AlertLabels& alert) {
  bool all_known = !known.strangers() && !makes_labels(expression.root());
  for (const Wanted& wanted : selectors_of(expression)) {
    const std::string& name = wanted.selector->name;
    const std::vector<std::string> labels = known.of(name);
    all_known = all_known && !labels.empty() && is_fed(name, sources);
    alert.measured.insert(alert.measured.end(), labels.begin(), labels.end());
    if (alert.metric.empty()) alert.metric = name;
  }
  if (!all_known) alert.metric.clear();
}

void check_label(const Value& text, const outbox::TemplateLabel& label, const AlertLabels& alert,
                 Report& report) {
  const auto is_in = [&label](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), label.name) != names.end();
  };
  if (is_in(alert.given)) return;
  const Place place = text.within(label.offset, label.name.size());
  if (!is_in(alert.named) && label.name.size() >= kShortestLabel) {
    std::vector<std::string> known = alert.given;
    known.insert(known.end(), alert.named.begin(), alert.named.end());
    known.insert(known.end(), alert.measured.begin(), alert.measured.end());
    if (is_in(alert.measured)) known.clear();
    if (const std::string other = nearest(label.name, known, kSlipsInLabel); !other.empty()) {
      report.warning(
          place, fmt::format("neither the rule nor its expression names a label `{}`", label.name),
          fmt::format("did you mean `{}`?", other));
      return;
    }
  }
  if (alert.kept.may_have(label.name)) {
    if (alert.metric.empty() || is_in(alert.named) || is_in(alert.measured)) return;
    std::vector<std::string> has = alert.measured;
    std::sort(has.begin(), has.end());
    has.erase(std::unique(has.begin(), has.end()), has.end());
    report.warning(place, fmt::format("`{}` has no label `{}`", alert.metric, label.name),
                   fmt::format("it has {}", fmt::join(has, ", ")));
    return;
  }
  report.warning(place, fmt::format("the expression drops the label `{}`", label.name),
                 fmt::format("in an aggregation, `by ({})` keeps it", label.name));
}

}  // namespace

void check_template_labels(const std::vector<ReadRule>& rules, const Labels& host,
                           const std::vector<Source>& sources, Report& report) {
  const MeasuredLabels known(sources);
  for (const ReadRule& read : rules) {
    if (!read.parsed) continue;
    AlertLabels alert{{"host", "alertname", "rule", "severity", "impact"},
                      {"instance", "job"},
                      expr::kept_labels(read.rule.expression.root()),
                      {},
                      {}};
    add_measured(read.rule.expression, known, sources, alert);
    for (const LabelView& label : read.rule.labels) alert.given.emplace_back(label.name);
    for (const LabelView& label : host) alert.given.emplace_back(label.name);
    add_labels_of(read.rule.expression.root(), alert.named);
    for (const Value* table : read.tables) {
      for (const Entry& entry : table->entries) {
        const Key* key = find_key("rule.*", entry.key);
        if (key != nullptr && key->type == Type::text_template)
          for (const auto& label : outbox::template_labels(entry.value.text))
            check_label(entry.value, label, alert, report);
      }
    }
  }
}

void check_label_slips(const Survey& survey, const std::vector<ReadRule>& rules, Report& report) {
  constexpr std::string_view kNotAsked = "no policy asks for";
  constexpr std::string_view kNotGiven = "no rule gives";
  const Places labels = given(rules);
  const Places wanted = asked_for(survey);
  for (const auto& [label, places] : labels) {
    const std::string other = meant(label, wanted);
    if (other.empty()) continue;
    const std::vector<Place>& asked = wanted.find(other)->second;
    // Of two names that stand on one side each, the rarer one is the slip.
    if (labels.contains(other) || places.size() < asked.size()) {
      warn(places, kNotAsked, label, other, report);
    } else {
      warn(asked, kNotGiven, other, label, report);
    }
  }
  Places agreed;
  for (const auto& [label, places] : labels) {
    if (wanted.contains(label)) agreed[label] = places;
  }
  for (const auto& [label, places] : wanted) {
    if (const std::string other = meant(label, agreed); !other.empty()) {
      warn(places, kNotGiven, label, other, report);
    }
  }
}

}  // namespace tocsin::config
