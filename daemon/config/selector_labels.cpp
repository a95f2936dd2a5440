#include "selector_labels.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "expressions.hpp"
#include "measured_labels.hpp"
#include "selectors.hpp"
#include "tocsin/base/text.hpp"
#include "tocsin/expr/kept_labels.hpp"
#include "tocsin/expr/lexer.hpp"

namespace tocsin::config {
namespace {

bool is_in(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_matcher(expr::TokenKind kind) {
  switch (kind) {
    case expr::TokenKind::assign:
    case expr::TokenKind::not_equal:
    case expr::TokenKind::match:
    case expr::TokenKind::no_match:
      return true;
    default:
      return false;
  }
}

/// Where the matcher of a label begins, in the text of its selector.
std::size_t offset_of(const std::string& text, const Wanted& wanted, const std::string& label) {
  const auto tokens = expr::tokens_of(text);
  if (!tokens) return wanted.span.offset;
  const auto end = wanted.span.offset + wanted.span.length;
  for (std::size_t i = 0; i + 1 < tokens->size(); ++i) {
    const expr::Token& token = (*tokens)[i];
    if (token.span.offset >= wanted.span.offset && token.span.offset < end && token.text == label &&
        is_matcher((*tokens)[i + 1].kind)) {
      return token.span.offset;
    }
  }
  return wanted.span.offset;
}

class LabelCheck {
 public:
  LabelCheck(const std::vector<Source>& sources, Report& report)
      : report_(report), measured_(sources) {}

  void check(const Fields& fields, const expr::Expression& expression) {
    const Value* text = expression_text(fields);
    for (const Wanted& wanted : selectors_of(expression)) {
      const std::vector<std::string> known = measured_.of(wanted.selector->name);
      if (known.empty()) continue;
      for (const Matcher& matcher : wanted.selector->matchers) {
        check(*text, wanted, matcher, known);
      }
    }
  }

  /// `equal` speaks of labels that the rule's alerts have.
  void check_equal(const Fields& fields, const expr::Expression& expression, const Labels& given) {
    const Entry* equal = fields.find("equal");
    if (equal == nullptr) return;
    std::vector<std::string> known = measured_.everywhere();
    for (const LabelView& label : given) known.emplace_back(label.name);
    for (const Wanted& wanted : selectors_of(expression)) {
      for (const Matcher& matcher : wanted.selector->matchers) known.push_back(matcher.label());
      const std::vector<std::string> labels = measured_.of(wanted.selector->name);
      known.insert(known.end(), labels.begin(), labels.end());
    }
    const expr::KeptLabels kept = expr::kept_labels(expression.root());
    if (!kept.all_but) known.insert(known.end(), kept.names.begin(), kept.names.end());
    for (const Value& item : equal->value.items) {
      if (item.kind != Kind::text || is_in(known, item.text)) continue;
      if (const std::string other = nearly(item.text, known); !other.empty()) {
        report_.warning(item.within(0, item.text.size()),
                        fmt::format("the rule's alerts have no label `{}`", item.text),
                        fmt::format("did you mean `{}`?", other));
      }
    }
  }

 private:
  void check(const Value& text, const Wanted& wanted, const Matcher& matcher,
             const std::vector<std::string>& known) {
    const std::string& label = matcher.label();
    if (is_in(known, label)) return;
    const std::string other = nearly(label, known);
    if (other.empty() && (measured_.strangers() || matcher.matches(""))) return;
    report_.warning(text.within(offset_of(text.text, wanted, label), label.size()),
                    fmt::format("`{}` has no label `{}`", wanted.selector->name, label),
                    other.empty() ? fmt::format("it has {}", fmt::join(known, ", "))
                                  : fmt::format("did you mean `{}`?", other));
  }

  Report& report_;
  MeasuredLabels measured_;
};

}  // namespace

void check_selector_labels(const std::vector<ReadRecord>& records,
                           const std::vector<ReadRule>& rules, const std::vector<Source>& sources,
                           Report& report) {
  LabelCheck check(sources, report);
  for (const ReadRecord& read : records) {
    check.check(Fields("record.*", {read.table}, read.place), read.record.expression);
  }
  for (const ReadRule& read : rules) {
    if (!read.parsed) continue;
    const Fields fields("rule.*", read.tables, read.place);
    check.check(fields, read.rule.expression);
    check.check_equal(fields, read.rule.expression, read.rule.labels);
  }
}

}  // namespace tocsin::config
