#include "parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "expressions.hpp"
#include "selectors.hpp"
#include "tocsin/expr/expression.hpp"
#include "tocsin/series/exposition.hpp"

namespace tocsin::config {
namespace {

struct Parameter {
  Place place;  ///< of its name
  const Value* text = nullptr;
  expr::Expression expression;
  const series::Selector* selector = nullptr;  ///< where it is no more than one
  bool pack = false;
  bool used = false;
};

/// What a selector asks of labels, as PromQL writes it between its braces.
std::string matchers_of(const series::Selector& selector) {
  std::string text;
  for (const Matcher& matcher : selector.matchers) {
    text += (text.empty() ? "" : ",") + matcher.to_string();
  }
  return text;
}

/// Puts `fresh` where `length` bytes stand; all of its bytes are at their place.
void splice(Value& value, std::size_t offset, std::size_t length, const std::string& fresh) {
  if (!value.stretches.empty()) {
    const Place there = value.within(offset, length);
    const Place after = value.within(offset + length, 1);
    std::vector<Stretch> stretches;
    for (const Stretch& each : value.stretches) {
      if (each.offset < offset) stretches.push_back(each);
    }
    stretches.push_back({offset, there.line, there.column, there.length});
    stretches.push_back({offset + fresh.size(), after.line, after.column, 0});
    for (Stretch each : value.stretches) {
      if (each.offset <= offset + length) continue;
      each.offset = each.offset - length + fresh.size();
      stretches.push_back(each);
    }
    value.stretches = std::move(stretches);
  }
  value.text.replace(offset, length, fresh);
}

class Parameters {
 public:
  Parameters(const Input& input, Report& report) : report_(report) {
    for (const bool packs : {true, false}) {
      for (std::size_t at = 0; at < input.roots.size(); ++at) {
        if (input.files[at].pack == packs) read(input.roots[at], packs);
      }
    }
  }

  [[nodiscard]] bool empty() const { return all_.empty(); }

  void expand(Input& input) {
    for (Value& root : input.roots) {
      for (const std::string_view family : {"rule", "override", "record"}) {
        for (Entry& entry : root.entries) {
          if (entry.key != family) continue;
          for (Entry& member : entry.value.entries) {
            expand_member(fmt::format("[{}.{}]", family, member.key), member.value);
          }
        }
      }
    }
    check_used();
  }

 private:
  void read(const Value& root, bool pack) {
    const Entry* family = root.find("parameter");
    if (family == nullptr) return;
    for (const Entry& entry : family->value.entries) {
      const Entry* text = entry.value.find("expr");
      if (text == nullptr || text->value.kind != Kind::text) continue;
      const auto known = all_.find(entry.key);
      if (known != all_.end() && (pack || !known->second.pack)) continue;  // defined twice
      if (auto parameter = parsed(entry, text->value)) {
        parameter->pack = pack;
        all_.insert_or_assign(entry.key, std::move(*parameter));
      }
    }
  }

  std::optional<Parameter> parsed(const Entry& entry, const Value& text) {
    if (!series::is_metric_name(entry.key)) {
      report_.error(entry.place,
                    fmt::format("`{}` cannot stand for a metric in an expression", entry.key),
                    "letters, digits, _ and :, and no digit first");
      return std::nullopt;
    }
    auto expression = parsed_expression(text, report_);
    if (!expression) return std::nullopt;
    Parameter parameter{entry.place, &text, std::move(*expression)};
    if (parameter.expression.type() == expr::ValueType::matrix ||
        parameter.expression.type() == expr::ValueType::string) {
      report_.error(text.within(0, text.text.size()), "a parameter stands for values at one time",
                    "leave the range to the rules: metric{label=\"value\"}");
      return std::nullopt;
    }
    const auto* vector = std::get_if<expr::VectorSelector>(&parameter.expression.root().what);
    if (vector != nullptr && vector->shift.offset == Duration::zero() && !vector->shift.at) {
      parameter.selector = &vector->selector;
    }
    return parameter;
  }

  void expand_member(const std::string& header, Value& table) {
    for (Entry& entry : table.entries) {
      if (entry.key == "expr") expand_text(header, entry.value);
      if (entry.key != "drop" && entry.key != "rise") continue;
      for (Entry& inner : entry.value.entries) {
        if (inner.key == "of") expand_text(header, inner.value);
      }
    }
  }

  void expand_text(const std::string& header, Value& value) {
    if (value.kind != Kind::text) return;
    const auto expression = expr::Expression::parse(value.text);
    if (!expression) return;  // is reported where it is read
    std::vector<Wanted> selectors = selectors_of(*expression);
    std::sort(selectors.begin(), selectors.end(), [](const Wanted& a, const Wanted& b) {
      return a.span.offset > b.span.offset;  // from the end, so that offsets stay right
    });
    for (const Wanted& wanted : selectors) {
      const std::string& name = wanted.selector->name;
      const auto found = all_.find(name);
      if (found == all_.end() || value.text.compare(wanted.span.offset, name.size(), name) != 0) {
        continue;
      }
      found->second.used = true;
      put(header, found->first, found->second, value, wanted.span);
    }
  }

  void put(const std::string& header, const std::string& name, const Parameter& parameter,
           Value& value, expr::Span span) {
    if (parameter.selector != nullptr) return put_selector(*parameter.selector, name, value, span);
    if (span.length > name.size()) {
      report_.error(parameter.text->within(0, parameter.text->text.size()),
                    fmt::format("{} asks for labels, a range or an offset of `{}`: that takes "
                                "series by their name",
                                header, name),
                    "metric, or metric{label=\"value\"}");
      return;
    }
    splice(value, span.offset, name.size(), "(" + parameter.expression.text() + "\n)");
  }

  /// As a person would write it: without empty braces, without a comma before the closing one.
  static void put_selector(const series::Selector& selector, const std::string& name, Value& value,
                           expr::Span span) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::string matchers = matchers_of(selector);
    const std::size_t brace = value.text.find_first_not_of(kBlank, span.offset + name.size());
    if (brace >= span.offset + span.length || value.text[brace] != '{') {
      return splice(value, span.offset, name.size(),
                    matchers.empty() ? selector.name : selector.name + "{" + matchers + "}");
    }
    const bool more = value.text[value.text.find_first_not_of(kBlank, brace + 1)] != '}';
    splice(value, span.offset, brace + 1 - span.offset,
           selector.name + "{" + matchers + (more && !matchers.empty() ? "," : ""));
  }

  void check_used() {
    if (!report_.complete()) return;
    std::vector<std::string> asked_for;
    for (const auto& [name, parameter] : all_) {
      if (parameter.used) asked_for.push_back(name);
    }
    for (const auto& [name, parameter] : all_) {
      if (parameter.used || parameter.pack) continue;
      report_.warning(parameter.place, fmt::format("no rule asks for `{}`", name),
                      did_you_mean(name, asked_for, all_of("parameters", asked_for)));
    }
  }

  Report& report_;
  std::map<std::string, Parameter, std::less<>> all_;
};

}  // namespace

std::optional<Input> with_parameters(const Input& input, Report& report) {
  Parameters parameters(input, report);
  if (parameters.empty()) return std::nullopt;
  Input expanded = input;
  parameters.expand(expanded);
  return expanded;
}

}  // namespace tocsin::config
