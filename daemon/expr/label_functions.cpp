// label_replace and label_join.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "tocsin/base/text.hpp"
#include "tocsin/expr/functions.hpp"
#include "tocsin/expr/parser.hpp"

namespace tocsin::expr {
namespace {

using Outcome = Result<Intermediate>;
/// A value that has grown beyond this is not built any further.
constexpr std::size_t kMaxValueBytes = 1'048'576;
constexpr auto kString = ValueType::string;

Result<std::string> text_of(Evaluator& evaluator, const Node& node, Millis at) {
  auto value = evaluator.evaluate(node, at);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  return std::move(value->text);
}

Result<std::vector<std::string>> texts_behind(Evaluator& evaluator, const Call& call, Millis at) {
  std::vector<std::string> texts;
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    auto text = text_of(evaluator, *call.arguments[i], at);
    if (!text) return tl::unexpected<Error>(std::move(text.error()));
    texts.push_back(std::move(*text));
  }
  return texts;
}

Result<void> check_label_name(const std::string& name) {
  if (!name.empty() && valid_utf8(name) == name) return {};
  return fail(ErrorCode::invalid, fmt::format("\"{}\" is no label name", printable(name)));
}

/// Gives the item's labels `label` with another value.
Result<void> set_label(Evaluator& evaluator, Item& item, const std::string& label,
                       const std::string& value) {
  if (value.size() > kMaxValueBytes) {
    return fail(ErrorCode::exhausted,
                fmt::format("a label's value would have more than {} bytes", kMaxValueBytes));
  }
  if (auto counted = evaluator.count_text(value.size()); !counted) return counted;
  Labels labels = item.labels.copy();
  labels.set(label, value);
  item.labels = {evaluator.keep(std::move(labels)), false};
  return {};
}

/// Two elements that become alike are an error at once.
Outcome checked(Evaluator& evaluator, Outcome result) {
  if (auto distinct = evaluator.check_distinct(result->items); !distinct) {
    return tl::unexpected<Error>(std::move(distinct.error()));
  }
  result->distinct_nameless = result->items.size() < 2;
  return result;
}

/// A regular expression with what it matched, for $1 and ${name}.
class Capture {
 public:
  explicit Capture(const std::string& pattern) : regex_(pattern, options()) {
    if (regex_.ok()) {
      groups_.resize(static_cast<std::size_t>(regex_.NumberOfCapturingGroups()) + 1);
    }
  }

  [[nodiscard]] bool ok() const { return regex_.ok(); }
  [[nodiscard]] const std::string& error() const { return regex_.error(); }

  /// Of the whole value.
  bool match(std::string_view value) {
    return regex_.Match({value.data(), value.size()}, 0, value.size(), RE2::ANCHOR_BOTH,
                        groups_.data(), static_cast<int>(groups_.size()));
  }

  /// `$1`, `$name` (as many letters, digits and _ as there are), `${…}`; `$$` is a dollar.
  [[nodiscard]] std::string expand(std::string_view text) const {
    std::string out;
    while (!text.empty() && out.size() <= kMaxValueBytes) {
      const std::size_t dollar = text.find('$');
      out += text.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      if (!text.empty() && text.front() == '$') {
        out += '$';
        text.remove_prefix(1);
        continue;
      }
      const bool braced = !text.empty() && text.front() == '{';
      const std::size_t start = braced ? 1 : 0;
      std::size_t end = start;
      while (end < text.size() && is_name(text[end])) ++end;
      const bool closed = !braced || (end < text.size() && text[end] == '}');
      if (end == start || !closed) {
        out += '$';
        continue;
      }
      out += group(text.substr(start, end - start));
      text.remove_prefix(end + (braced ? 1 : 0));
    }
    return out;
  }

 private:
  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true);
    return options;
  }
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
  /// "" where there is no such group, or it took no part.
  [[nodiscard]] std::string_view group(std::string_view name) const {
    std::size_t number = groups_.size();
    if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      number = 0;
      for (const char c : name.substr(0, 6))
        number = number * 10 + static_cast<std::size_t>(c - '0');
    } else {
      const auto& named = regex_.NamedCapturingGroups();
      const auto found = named.find(std::string(name));
      if (found != named.end()) number = static_cast<std::size_t>(found->second);
    }
    if (number >= groups_.size()) return {};
    return {groups_[number].data(), groups_[number].size()};
  }

  RE2 regex_;
  std::vector<re2::StringPiece> groups_;
};

Outcome label_replace(Evaluator& evaluator, const Call& call, Millis at) {
  auto result = evaluator.evaluate(*call.arguments[0], at);
  if (!result) return result;
  auto texts = texts_behind(evaluator, call, at);
  if (!texts) return tl::unexpected<Error>(std::move(texts.error()));
  const std::string& target = (*texts)[0];
  const std::string& replacement = (*texts)[1];
  const std::string& source = (*texts)[2];
  const std::string& pattern = (*texts)[3];
  if (auto valid = check_label_name(target); !valid) {
    return tl::unexpected<Error>(std::move(valid.error()));
  }
  if (pattern.size() > kMaxRegexBytes) {
    return fail(ErrorCode::exhausted,
                fmt::format("a regular expression may have {} bytes", kMaxRegexBytes));
  }
  Capture capture(pattern);
  if (!capture.ok()) {
    return fail(ErrorCode::invalid,
                fmt::format("\"{}\" is no regular expression: {}", pattern, capture.error()));
  }
  for (Item& item : result->items) {
    const std::string value(item.labels.get(source));
    if (!capture.match(value)) continue;
    const std::string expanded = capture.expand(replacement);
    if (auto set = set_label(evaluator, item, target, expanded); !set) {
      return tl::unexpected<Error>(std::move(set.error()));
    }
  }
  return checked(evaluator, std::move(result));
}

Outcome label_join(Evaluator& evaluator, const Call& call, Millis at) {
  auto result = evaluator.evaluate(*call.arguments[0], at);
  if (!result) return result;
  auto texts = texts_behind(evaluator, call, at);
  if (!texts) return tl::unexpected<Error>(std::move(texts.error()));
  const std::string& target = (*texts)[0];
  const std::string& separator = (*texts)[1];
  for (std::size_t i = 0; i < texts->size(); ++i) {
    if (i == 1) continue;
    if (auto valid = check_label_name((*texts)[i]); !valid) {
      return tl::unexpected<Error>(std::move(valid.error()));
    }
  }
  for (Item& item : result->items) {
    std::string joined;
    for (std::size_t i = 2; i < texts->size() && joined.size() <= kMaxValueBytes; ++i) {
      if (i > 2) joined += separator;
      joined += item.labels.get((*texts)[i]);
    }
    if (auto set = set_label(evaluator, item, target, joined); !set) {
      return tl::unexpected<Error>(std::move(set.error()));
    }
  }
  return checked(evaluator, std::move(result));
}

}  // namespace

void add_label_functions(std::vector<Function>& table) {
  Function replace;
  replace.name = "label_replace";
  replace.parameters = {ValueType::vector, kString, kString, kString, kString};
  replace.body = label_replace;
  table.push_back(std::move(replace));
  Function join;
  join.name = "label_join";
  join.parameters = {ValueType::vector, kString, kString, kString};
  join.optional = 1;
  join.repeats_last = true;
  join.body = label_join;
  table.push_back(std::move(join));
}

}  // namespace tocsin::expr
